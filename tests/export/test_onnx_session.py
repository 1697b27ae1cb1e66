"""Tests of export.onnx_session."""

import ast
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import helper, numpy_helper

from edge_runtime.backends.onnx_runtime import onnx_runtime
from export.onnx_session import graph_session

ROOT = Path(__file__).parents[2]


def _graph() -> onnx.ModelProto:
    """`out` = `in` times two, plus one: what ONNX Runtime makes one node of."""
    floats = onnx.TensorProto.FLOAT
    two, one = (numpy_helper.from_array(np.full(shape, n, np.float32), name) for shape, n, name in _CONSTANTS)
    graph = helper.make_graph(
        [helper.make_node("MatMul", ["in", "two"], ["product"]), helper.make_node("Add", ["product", "one"], ["out"])],
        "graph",
        [helper.make_tensor_value_info("in", floats, [1, 1])],
        [helper.make_tensor_value_info("out", floats, [1, 1])],
        [two, one],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)


_CONSTANTS = [((1, 1), 2.0, "two"), ((1,), 1.0, "one")]


@pytest.mark.parametrize("serialised", [False, True])
def test_a_graph_and_its_bytes_run(serialised: bool) -> None:
    model = _graph()
    session = graph_session(model.SerializeToString() if serialised else model)
    assert session.run(None, {"in": np.array([[3.0]], np.float32)})[0].tolist() == [[7.0]]


@pytest.mark.parametrize(
    ("disabled", "kinds"), [((), ["Gemm"]), (("MatMulAddFusion", "MatmulAddFusion"), ["MatMul", "Add"])]
)
def test_the_rewritten_graph_is_written_without_what_is_disabled(
    tmp_path: Path, disabled: tuple[str, ...], kinds: list[str]
) -> None:
    level = onnx_runtime().GraphOptimizationLevel.ORT_ENABLE_BASIC
    graph_session(_graph(), level=level, rewritten_to=tmp_path / "graph.onnx", disabled=disabled)
    assert [node.op_type for node in onnx.load(tmp_path / "graph.onnx").graph.node] == kinds


def test_no_other_file_sets_a_session_up() -> None:
    own = {"edge_runtime/backends/onnx.py", "export/onnx_session.py"}
    found = {
        str(file.relative_to(ROOT))
        for house in ("edge_runtime", "train", "export", "benchmarks", "deploy")
        for file in (ROOT / house).rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Attribute)
        and node.attr in ("InferenceSession", "SessionOptions")
        and isinstance(node.ctx, ast.Load)
    }
    assert found == own
