"""Multiply-accumulates and milliseconds of each operator of an ONNX graph, by ONNX Runtime's own profile."""

import math
import statistics
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy.typing as npt

from edge_runtime.backends.onnx import open_session
from edge_runtime.backends.tensors import GraphTensors
from edge_runtime.bundle.manifest import BundleFile
from edge_runtime.bundle.reader import Bundle
from export.calibration.onnx_session import operator_events

_WARMUP = 3
_CONVOLUTIONS = ("Conv", "FusedConv", "NhwcFusedConv", "QLinearConv", "ConvInteger")


@dataclass(frozen=True)
class Operator:
    """An operator of a graph as it ran.

    Attributes:
        name: Of its node, after the runtime's rewriting.
        kind: `QLinearConv`, ...
        milliseconds: Median.
        macs: Multiply-accumulates; 0 for what multiplies no matrices.
        weights: Shape of its weights; empty where it has none.
        output: Shape of its output.
    """

    name: str
    kind: str
    milliseconds: float
    macs: int
    weights: tuple[int, ...]
    output: tuple[int, ...]


def operators(
    bundle: Bundle,
    file: BundleFile,
    wanted: GraphTensors,
    feeds: Sequence[Mapping[str, npt.NDArray[Any]]],
    threads: int,
    weights: BundleFile | None = None,
) -> list[Operator]:
    """Run a graph with its profile taken.

    Args:
        bundle: The bundle.
        file: An ONNX graph in it.
        wanted: Its inputs and outputs.
        feeds: Its inputs, a run each.
        threads: Of a run.
        weights: The file of its weights, where they are apart.

    Returns:
        In the order of the graph.

    Raises:
        BundleError: The graph cannot be run.
    """
    with tempfile.TemporaryDirectory() as folder:
        prefix = str(Path(folder) / "profile")
        session = open_session(bundle, file, threads, wanted, weights, prefix)
        for feed in [feeds[0]] * _WARMUP + [*feeds]:
            session.run(None, dict(feed))
        events = operator_events(session)
        shapes = _constant_shapes(prefix + ".onnx")
    ran: dict[str, list[dict[str, Any]]] = {}
    for event in events:
        ran.setdefault(event["name"].removesuffix("_kernel_time"), []).append(event)
    return [_operator(name, found[_WARMUP:], shapes.get(name, ())) for name, found in ran.items()]


def _constant_shapes(path: str) -> dict[str, tuple[int, ...]]:
    """Return shape of the weights that each product and convolution of a graph reads, by node."""
    import onnx

    graph = onnx.load(path, load_external_data=False).graph
    shapes = {tensor.name: tuple(tensor.dims) for tensor in graph.initializer}
    found = {}
    for node in graph.node:
        read = [shapes[name] for name in node.input if len(shapes.get(name, ())) >= 2]
        if read:
            found[node.name] = read[0]
    return found


def _operator(name: str, events: Sequence[Mapping[str, Any]], constant: tuple[int, ...]) -> Operator:
    facts = events[0]["args"]
    kind = facts["op_name"]
    shapes = [_shape(entry) for entry in facts.get("input_type_shape", [])]
    output = _shape(facts["output_type_shape"][0]) if facts.get("output_type_shape") else ()
    multiplies = kind in _CONVOLUTIONS or "MatMul" in kind or "Gemm" in kind
    # The profile leaves out what was packed beforehand, and has what is no constant.
    weights = constant or next((shape for shape in shapes[1:] if len(shape) >= 2), ()) if multiplies else ()
    depth = 0
    if weights:
        # A convolution's weights are [out, in / groups, height, width], a product's [in, out].
        depth = math.prod(weights[1:]) if kind in _CONVOLUTIONS else weights[-2]
    taken = statistics.median(event["dur"] for event in events) / 1e3
    return Operator(name, kind, taken, math.prod(output) * depth, weights, output)


def _shape(entry: Mapping[str, Sequence[int]]) -> tuple[int, ...]:
    return tuple(int(length) for length in next(iter(entry.values())))


def slowest(found: Sequence[Operator], count: int) -> list[Operator]:
    """Return those that take the longest, the longest first."""
    return sorted(found, key=lambda operator: -operator.milliseconds)[:count]


def total_macs(found: Sequence[Operator]) -> int:
    """Return multiply-accumulates of all of them."""
    return sum(operator.macs for operator in found)
