"""Which operators a variant really runs, by the runtimes' own accounts, after all their rewriting."""

import json
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

from edge_runtime.backends.litert_graph import open_interpreter
from edge_runtime.backends.onnx_runtime import onnx_runtime
from edge_runtime.backends.tensors import Wanted, encoder_tensors, step_tensors
from edge_runtime.bundle.manifest import Variant
from edge_runtime.bundle.reader import Bundle


def run_operators(bundle: Bundle, variant: Variant) -> dict[str, dict[str, int]]:
    """Operators that one run of the encoder and one decoder step execute, most frequent first, by graph.

    For LiteRT, what XNNPACK has taken over is counted with `xnnpack` as the number of its partitions.

    Args:
        bundle: The bundle.
        variant: One of its variants.
    """
    wanted = {"encoder": encoder_tensors(bundle.manifest), "decoder_step": step_tensors(bundle.manifest)}
    if variant.backend == "litert":
        return {name: dict(_litert(bundle, variant, name).most_common()) for name in wanted}
    return {name: dict(_onnx(bundle, variant, name, tensors).most_common()) for name, tensors in wanted.items()}


def _onnx(bundle: Bundle, variant: Variant, name: str, wanted: Wanted) -> Counter[str]:
    onnxruntime = onnx_runtime()

    with tempfile.TemporaryDirectory() as folder:
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        options.enable_profiling = True
        options.profile_file_prefix = str(Path(folder) / "profile")
        weights = variant.files.get("decoder_weights")
        if weights and name != "encoder":
            held = bundle.read(weights)
            options.add_external_initializers_from_files_in_memory([weights.path], [held], [len(held)])
        content = bundle.read(variant.files[name])
        session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
        session.run(
            None, {tensor: np.zeros([n or 1 for n in shape], kind) for tensor, (kind, shape) in wanted.inputs.items()}
        )
        events = json.loads(Path(session.end_profiling()).read_text())
    return Counter(
        e["args"]["op_name"] for e in events if e.get("cat") == "Node" and e["name"].endswith("_kernel_time")
    )


def _litert(bundle: Bundle, variant: Variant, name: str) -> Counter[str]:
    file = variant.files[name]
    interpreter = open_interpreter(bundle.read(file), f"{bundle.path}/{file.path}", 1)
    interpreter.allocate_tensors()
    details: list[dict[str, Any]] = interpreter._get_ops_details()
    return Counter("xnnpack" if op["op_name"] == "DELEGATE" else str(op["op_name"]) for op in details)
