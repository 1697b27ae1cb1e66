"""Opens an ONNX graph that is being made; a bundle's graphs are opened as a device does, by `edge_runtime.backends.onnx`."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edge_runtime.backends.onnx_runtime import onnx_runtime

if TYPE_CHECKING:
    import onnx
    import onnxruntime


def graph_session(
    graph: "onnx.ModelProto | bytes",
    threads: int = 0,
    level: Any = None,
    rewritten_to: Path | None = None,
    disabled: Sequence[str] = (),
) -> "onnxruntime.InferenceSession":
    """A session of a graph on the CPU, which says nothing but errors.

    Args:
        graph: The graph, or a file's content.
        threads: Threads of a run; 0 takes all cores.
        level: Which rewrites, an `onnxruntime.GraphOptimizationLevel`; all of them where None.
        rewritten_to: File that gets the graph as it is run; none is written where None.
        disabled: Rewrites that are left out, by ONNX Runtime's names.
    """
    onnxruntime = onnx_runtime()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    if level is not None:
        options.graph_optimization_level = level
    if rewritten_to is not None:
        options.optimized_model_filepath = str(rewritten_to)
    content = graph if isinstance(graph, bytes) else graph.SerializeToString()
    return onnxruntime.InferenceSession(
        content, options, providers=["CPUExecutionProvider"], disabled_optimizers=list(disabled)
    )


def operator_events(session: "onnxruntime.InferenceSession") -> list[dict[str, Any]]:
    """End the profile of a session: one entry for every time that an operator ran, in their order, as ONNX Runtime writes it."""
    events = json.loads(Path(session.end_profiling()).read_text())
    return [e for e in events if e.get("cat") == "Node" and e["name"].endswith("_kernel_time")]
