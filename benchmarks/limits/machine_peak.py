"""What the machine can do at the most, measured: multiply-accumulates a second in matrix products, and bytes a second."""

import time
from collections.abc import Callable, Mapping

import numpy as np

from edge_runtime.errors import BackendNotInstalledError
from export.onnx_session import graph_session

SIZES = (384, 768, 1536)
"""Sides of the square matrices that are multiplied."""
_FAR = 256 << 20
"""Bytes that no cache holds."""
_SECONDS = 0.25


Products = Mapping[int, Callable[[], None]]
"""Size of the matrices -> one product of them."""


def products(kind: str, threads: int) -> Products:
    """Products of square matrices in ONNX Runtime, ready to run, by size.

    Args:
        kind: `int8`: uint8 by int8 with int32 sums; `fp32`.
        threads: Of a product.

    Raises:
        BackendNotInstalledError: Package onnx, which writes the graphs, is not installed.
    """
    return {size: _product(kind, size, threads) for size in SIZES}


def _product(kind: str, size: int, threads: int) -> Callable[[], None]:
    try:
        import onnx
    except ImportError:
        raise BackendNotInstalledError("the machine's peak needs package onnx; run: pip install onnx") from None
    from onnx import helper, numpy_helper

    rng = np.random.default_rng(0)
    if kind == "int8":
        left = rng.integers(0, 255, (size, size), np.uint8)
        # Constant, so that the runtime packs it beforehand, as it does with a layer's weights.
        right = rng.integers(-64, 64, (size, size), np.int8)
        node = helper.make_node("MatMulInteger", ["left", "right"], ["out"])
        types = onnx.TensorProto.UINT8, onnx.TensorProto.INT32
    else:
        left = rng.normal(size=(size, size)).astype(np.float32)
        right = rng.normal(size=(size, size)).astype(np.float32)
        node = helper.make_node("MatMul", ["left", "right"], ["out"])
        types = onnx.TensorProto.FLOAT, onnx.TensorProto.FLOAT
    graph = helper.make_graph(
        [node],
        "product",
        [helper.make_tensor_value_info("left", types[0], [size, size])],
        [helper.make_tensor_value_info("out", types[1], [size, size])],
        [numpy_helper.from_array(right, "right")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    session = graph_session(model, threads)
    return lambda: session.run(None, {"left": left})


def peak(runs: Products) -> tuple[float, int]:
    """The best rate of all sizes.

    Args:
        runs: Of `products`.

    Returns:
        Multiply-accumulates a second, and the size of the matrices at which they were reached.
    """
    rates = {size: size**3 / _fastest(run) for size, run in runs.items()}
    best = max(rates, key=lambda size: rates[size])
    return rates[best], best


def bandwidth(size: int) -> float:
    """Bytes a second that one core reads over and over.

    Args:
        size: Bytes of what is read; where a cache holds it, this is the cache's rate.
    """
    source = np.ones(max(1, size // 8), np.int64)
    return source.nbytes / _fastest(lambda: source.max())


def memory_bandwidth() -> float:
    """Bytes a second that one core reads from memory, beyond every cache."""
    return bandwidth(_FAR)


def _fastest(run: Callable[[], object]) -> float:
    """Seconds of the fastest of many runs: what the machine can do when nothing else happens."""
    run()
    times: list[float] = []
    end = time.perf_counter() + _SECONDS
    while len(times) < 3 or time.perf_counter() < end:
        begun = time.perf_counter()
        run()
        times.append(time.perf_counter() - begun)
    return min(times)
