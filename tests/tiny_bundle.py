"""A bundle whose every sentence can be worked out by hand: it says whether a picture is dark or bright.

Encoder: mean pixel / 255 - 0.5 = b. Decoder: the scores of the next word are a table's row of the word before, plus b for
"bright" and -b for "dark". So a dark picture is "a dark picture", a bright one "a bright picture".
"""

import hashlib
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from edge_runtime.bundle.decoder_spec import NEXT, DecoderSpec

WORDS = ("<pad>", "<start>", "<end>", "<unk>", "a", "dark", "bright", "picture")
SIZE, REGIONS, WIDTH = 32, 4, 8
SPEC = DecoderSpec.recurrent("attention", REGIONS, WIDTH)


def _table() -> np.ndarray[Any, np.dtype[np.float32]]:
    table = np.full((len(WORDS), len(WORDS)), -20.0, np.float32)
    after = {
        "<start>": ["a"],
        "a": ["dark", "bright"],
        "dark": ["picture"],
        "bright": ["picture"],
        "picture": ["<end>"],
    }
    for before, words in after.items():
        for word in words:
            table[WORDS.index(before), WORDS.index(word)] = 5.0
    return table


def _constant(name: str, value: Any) -> onnx.TensorProto:
    return numpy_helper.from_array(np.asarray(value), name)


def _tensor(name: str, shape: list[Any], kind: int = TensorProto.FLOAT) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, kind, shape)


def _save(graph: onnx.GraphProto) -> bytes:
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model, full_check=True)
    content: bytes = model.SerializeToString(deterministic=True)
    return content


def encoder(spec: DecoderSpec = SPEC) -> bytes:
    nodes = [
        helper.make_node("Cast", ["image"], ["pixels"], to=TensorProto.FLOAT),
        helper.make_node("ReduceMean", ["pixels"], ["mean"], axes=[1, 2, 3], keepdims=0),
        helper.make_node("Div", ["mean", "range"], ["share"]),
        helper.make_node("Sub", ["share", "half"], ["bright"]),
        *(helper.make_node("Mul", [f"ones/{name}", "bright"], [name]) for name in spec.names),
    ]
    constants = [
        _constant("range", np.float32(255)),
        _constant("half", np.float32(0.5)),
        *(_constant(f"ones/{tensor.name}", np.ones((1, *tensor.shape), np.float32)) for tensor in spec.tensors),
    ]
    outputs = [_tensor(tensor.name, [1, *tensor.shape]) for tensor in spec.tensors]
    image = _tensor("image", [1, SIZE, SIZE, 3], TensorProto.UINT8)
    return _save(helper.make_graph(nodes, "encoder", [image], outputs, constants))


def decoder_step(spec: DecoderSpec = SPEC) -> bytes:
    """It leans by the first number of the first state, and reads the context for nothing."""
    first, last = spec.state[0], spec.context[-1].name
    direction = np.zeros((first.numbers, len(WORDS)), np.float32)
    direction[0, WORDS.index("bright")], direction[0, WORDS.index("dark")] = 1, -1
    context = [tensor.name for tensor in spec.context]
    nodes = [
        helper.make_node("Gather", ["table", "token"], ["row"]),
        helper.make_node("Flatten", [first.name], ["flat"], axis=1),
        helper.make_node("MatMul", ["flat", "direction"], ["lean"]),
        *(helper.make_node("ReduceMean", [name], [f"mean/{name}"], keepdims=0) for name in context),
        *(helper.make_node("Sub", [f"mean/{name}", f"mean/{last}"], [f"zero/{name}"]) for name in context),
        helper.make_node("Sum", ["row", "lean", *(f"zero/{name}" for name in context)], ["scores"]),
        helper.make_node("LogSoftmax", ["scores"], ["log_probs"], axis=-1),
        *(helper.make_node("Identity", [tensor.name], [NEXT + tensor.name]) for tensor in spec.state),
    ]
    inputs = [
        _tensor("token", ["B"], TensorProto.INT32),
        *(_tensor(tensor.name, ["B", *tensor.shape]) for tensor in spec.state),
        *(_tensor(tensor.name, [1, *tensor.shape]) for tensor in spec.context),
    ]
    outputs = [
        _tensor("log_probs", ["B", len(WORDS)]),
        *(_tensor(NEXT + tensor.name, ["B", *tensor.shape]) for tensor in spec.state),
    ]
    constants = [_constant("table", _table()), _constant("direction", direction)]
    return _save(helper.make_graph(nodes, "decoder_step", inputs, outputs, constants))


def write_bundle(folder: Path, spec: DecoderSpec = SPEC, **changes: Any) -> Path:
    """Write the bundle for a decoder with any tensors; `changes` replace top-level facts of its manifest, None takes one away."""
    folder.mkdir(parents=True, exist_ok=True)

    def add(name: str, content: bytes) -> dict[str, Any]:
        (folder / name).write_bytes(content)
        return {"path": name, "sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}

    files = {
        "encoder": add("encoder.onnx", encoder(spec)),
        "decoder_step": add("decoder_step.onnx", decoder_step(spec)),
    }
    manifest = {
        "schema_version": 2,
        "name": "tiny",
        "encoder": "mean",
        "input": {
            "height": SIZE,
            "width": SIZE,
            "layout": "NHWC",
            "channel_order": "RGB",
            "dtype": "uint8",
            "value_range": [0, 255],
        },
        "sizes": {"regions": REGIONS, "width": WIDTH, "vocabulary": len(WORDS)},
        "decoder": asdict(spec),
        "special_ids": {"pad": 0, "start": 1, "end": 2, "unknown": 3},
        "max_length": 6,
        "decode": {"beam_width": 2, "length_penalty": 0.7},
        "default_variant": "onnx-fp32",
        "variants": {"onnx-fp32": {"backend": "onnx", "precision": "fp32", "files": files}},
        "files": {"vocabulary": add("vocabulary.txt", ("\n".join(WORDS) + "\n").encode())},
        "quality": {},
        "parity": {},
        "provenance": {},
        "license": "Apache-2.0",
    }
    facts = {name: fact for name, fact in {**manifest, **changes}.items() if fact is not None}
    (folder / "manifest.json").write_text(json.dumps(facts))
    return folder
