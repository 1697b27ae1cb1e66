"""Graphs as functions, for comparing their outputs; the device's own way of running them is `edge_runtime.backends`."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from export.calibration.ranges import Feeds
from export.onnx.session import graph_session

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
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(model_content=graph, num_threads=1)
    inputs = {details["name"]: details["index"] for details in interpreter.get_input_details()}
    places = {details["name"]: details["index"] for details in interpreter.get_output_details()}
    shapes: dict[str, tuple[int, ...]] = {}

    def run(feeds: Feeds) -> Sequence[npt.NDArray[Any]]:
        new = {name: value.shape for name, value in feeds.items()}
        if new != shapes:
            for name, shape in new.items():
                interpreter.resize_tensor_input(inputs[name], shape)
            interpreter.allocate_tensors()
            shapes.update(new)
        for name, value in feeds.items():
            interpreter.set_tensor(inputs[name], value)
        interpreter.invoke()
        return [interpreter.get_tensor(places[name]) for name in outputs]

    return run
