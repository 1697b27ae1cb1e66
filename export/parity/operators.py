"""Which operators a variant really runs, by the runtimes' own accounts, after all their rewriting."""

import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

from edge_runtime.backends.litert_graph import open_interpreter
from edge_runtime.backends.onnx import open_session
from edge_runtime.backends.tensors import GraphTensors, encoder_tensors, step_tensors
from edge_runtime.bundle.manifest import Variant
from edge_runtime.bundle.reader import Bundle
from export.calibration.onnx_session import operator_events


def run_operators(bundle: Bundle, variant: Variant) -> dict[str, dict[str, int]]:
    """Return operators that one run of the encoder and one decoder step execute, most frequent first, by graph.

    For LiteRT, what XNNPACK has taken over is counted with `xnnpack` as the number of its partitions.

    Args:
        bundle: The bundle.
        variant: One of its variants.
    """
    wanted = {"encoder": encoder_tensors(bundle.manifest), "decoder_step": step_tensors(bundle.manifest)}
    if variant.backend == "litert":
        return {name: dict(_litert(bundle, variant, name).most_common()) for name in wanted}
    return {name: dict(_onnx(bundle, variant, name, tensors).most_common()) for name, tensors in wanted.items()}


def _onnx(bundle: Bundle, variant: Variant, name: str, wanted: GraphTensors) -> Counter[str]:
    with tempfile.TemporaryDirectory() as folder:
        weights = None if name == "encoder" else variant.files.get("decoder_weights")
        session = open_session(bundle, variant.files[name], 1, wanted, weights, str(Path(folder) / "profile"))
        session.run(
            None, {tensor: np.zeros([n or 1 for n in shape], kind) for tensor, (kind, shape) in wanted.inputs.items()}
        )
        return Counter(event["args"]["op_name"] for event in operator_events(session))


def _litert(bundle: Bundle, variant: Variant, name: str) -> Counter[str]:
    file = variant.files[name]
    interpreter = open_interpreter(bundle.read(file), f"{bundle.path}/{file.path}", 1)
    interpreter.allocate_tensors()
    details: list[dict[str, Any]] = interpreter._get_ops_details()
    return Counter("xnnpack" if op["op_name"] == "DELEGATE" else str(op["op_name"]) for op in details)
