"""Graphs as functions, for comparing their outputs."""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from edge_runtime.backends.litert_graph import LitertGraph
from export.calibration.ranges import Feeds
from export.onnx_session import graph_session

Run = Callable[[Feeds], Sequence[npt.NDArray[np.float32]]]


def onnx_runner(graph: bytes) -> Run:
    """From an ONNX graph's inputs to its outputs, in its own order."""
    session = graph_session(graph)
    return lambda feeds: session.run(None, dict(feeds))


def litert_runner(graph: bytes, outputs: Sequence[str]) -> Run:
    """From a TFLite graph's inputs to its outputs, in the order asked for.

    Args:
        graph: As a bundle holds it, its tensors named.
        outputs: Names.
    """
    return LitertGraph(graph, "the graph", 1, outputs).run_any
