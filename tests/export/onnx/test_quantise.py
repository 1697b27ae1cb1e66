from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from edge_runtime.bundle.reader import Bundle
from export.onnx.pair_safe import pair_safe_scales


def _steps(weights: Any, scales: Any) -> Any:
    return np.clip(np.rint(weights / scales[:, None]), -128, 127)


@pytest.mark.parametrize("length", [1, 2, 7, 64, 1152])
def test_no_two_neighbours_can_saturate(length: int) -> None:
    weights = np.random.default_rng(0).normal(size=(50, length)).astype(np.float32)
    steps = _steps(weights, pair_safe_scales(weights))
    even = np.pad(steps, ((0, 0), (0, length % 2)))
    sums = (even[:, 0::2] + even[:, 1::2]).ravel()
    assert 255 * sums.max() <= 32767
    assert 255 * sums.min() >= -32768


def test_scales_are_as_fine_as_they_can_be() -> None:
    weights = np.array([[1.0, -1.0, 0.25, 0.5], [1.0, 1.0, 0, 0], [0, 0, 0, 0]], np.float32)
    assert pair_safe_scales(weights).tolist() == pytest.approx([1 / 127, 2 / 127, 1.0])


def test_the_bundle_that_ships_cannot_saturate(tmp_path: Path) -> None:
    """Every constant int8 weight of every product: neighbours of one sign stay within 128 steps."""
    bundle = Bundle()
    seen = 0
    files = bundle.variant("onnx-int8")[1].files
    (tmp_path / files["decoder_weights"].path).write_bytes(bundle.read(files["decoder_weights"]))
    for name in ("encoder", "decoder_step"):
        graph = onnx.load_from_string(bundle.read(files[name])).graph
        constants = {t.name: numpy_helper.to_array(t, str(tmp_path)) for t in graph.initializer}
        for node in graph.node:
            place = {"QLinearConv": 3, "MatMulIntegerToFloat": 1}.get(node.op_type)
            weights = constants.get(node.input[place]) if place else None
            if weights is None or weights.dtype != np.int8:
                continue
            seen += 1
            convolution = node.op_type == "QLinearConv"
            depthwise = convolution and weights.shape[1] == 1
            rows = (weights.transpose(0, 2, 3, 1).reshape(len(weights), -1) if convolution else weights.T).astype(int)
            even = np.pad(rows, ((0, 0), (0, rows.shape[1] % 2)))
            if not depthwise:
                assert np.abs(even[:, 0::2] + even[:, 1::2]).max() <= 128
    assert seen > 50


def test_an_encoder_that_does_not_begin_with_its_picture_is_refused() -> None:
    from export.errors import ExportError
    from export.onnx.quantise import static_encoder
    from export.onnx.rounded_weights import RoundedOnnx

    x = helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, 3, 8, 8])
    y = helper.make_tensor_value_info("y", TensorProto.FLOAT, None)
    weights = numpy_helper.from_array(np.ones((1, 3, 1, 1), np.float32), "w")
    graph = helper.make_graph([helper.make_node("Conv", ["image", "w"], ["y"])], "g", [x], [y], [weights])
    with pytest.raises(ExportError, match="not with cast, scale, shift"):
        static_encoder(RoundedOnnx(helper.make_model(graph), {}), {})
