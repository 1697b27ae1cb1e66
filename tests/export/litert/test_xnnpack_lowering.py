"""A small network with a hard-swish before convolution, sum and squeeze-and-excite, and a rectified sum that is read twice."""

from collections import Counter
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import pytest

from edge_runtime.bundle.decoder_spec import DecoderSpec
from export.calibration.ranges import ranges
from export.calibration.runners import litert_runner
from export.litert import convert as litert_graphs
from export.litert import quantise as litert_quantise
from export.litert.flatbuffer import operator, packed, unpacked
from export.litert.xnnpack_lowering import integer_form
from export.parity.measure import cosine
from train.decoders.attention import AttentionDecoder
from train.decoders.base import DecoderConfig

_OUTPUTS = DecoderSpec.recurrent("attention", 4, 8).names


def _encoder() -> keras.Model:
    layers = keras.layers
    image = keras.Input((32, 32, 3), dtype="uint8", name="image")
    x = layers.Rescaling(1.0, -115.0, name="rescale")(image)
    x = layers.ZeroPadding2D(3, name="pad")(x)
    x = layers.Conv2D(8, 7, 2, bias_initializer="ones", name="first")(x)
    x = swish = layers.Activation("hard_silu", name="first_swish")(layers.Rescaling(0.02)(x))
    x = layers.DepthwiseConv2D(3, padding="same", name="depthwise")(x)
    x = layers.Activation("hard_silu", name="second_swish")(x)
    mean = layers.GlobalAveragePooling2D(keepdims=True, name="squeeze")(x)
    gate = layers.Conv2D(8, 1, activation="hard_sigmoid", name="excite")(layers.Conv2D(4, 1, activation="relu")(mean))
    x = layers.Conv2D(8, 1, name="project")(layers.Multiply(name="gated")([x, gate]))
    x = layers.Add(name="sum")([x, swish])
    x = layers.Conv2D(8, 1, name="last")(layers.Add(name="again")([layers.ReLU(name="relu")(x), x]))
    return keras.Model(image, layers.Activation("hard_silu", name="features")(layers.MaxPooling2D(4, name="pool")(x)))


@pytest.fixture(scope="module")
def graph() -> bytes:
    keras.utils.set_random_seed(0)
    config = DecoderConfig(vocabulary_size=20, channels=8, width=16, embedding=8, heads=2)
    return litert_graphs.encoder_graph(_encoder(), AttentionDecoder(config))


def _pictures(count: int) -> list[dict[str, npt.NDArray[np.uint8]]]:
    rng = np.random.default_rng(1)
    return [{"image": rng.integers(0, 256, (1, 32, 32, 3), np.uint8)} for _ in range(count)]


def _kinds(model: Any) -> Counter[str]:
    return Counter(operator(model, node) for node in model.subgraphs[0].operators)


def test_it_says_the_same_without_hard_swishes(graph: bytes) -> None:
    plain = unpacked(graph)
    observed = litert_quantise.observe_graph(graph, _pictures(4))
    found, _ = integer_form(plain, ranges(observed, "min-max"))
    assert _kinds(plain)["HARD_SWISH"] == 3
    assert _kinds(plain)["RELU"] == 1
    assert _kinds(found)["HARD_SWISH"] == _kinds(found)["RELU"] == 0
    # Three hard-swishes, the gate, and one sixth that a sum cannot take up; that of the gate's own sigmoid has gone.
    assert _kinds(found)["MUL"] == _kinds(plain)["MUL"] + 3
    run, other = (litert_runner(packed(model), _OUTPUTS) for model in (plain, found))
    for feeds in _pictures(4):
        for one, two in zip(run(feeds), other(feeds), strict=True):
            assert np.abs(one - two).max() < 1e-5 * np.abs(one).max()


def test_its_integers_are_one_part_for_xnnpack(graph: bytes) -> None:
    from ai_edge_litert.interpreter import Interpreter

    observed = litert_quantise.observe_graph(graph, _pictures(20))
    weights = litert_quantise.rounded(graph, [], observed)
    small = litert_quantise.static_encoder(weights, ranges(observed, "percentile"))
    interpreter = Interpreter(model_content=small, num_threads=1)
    interpreter.allocate_tensors()
    ran = Counter(op["op_name"] for op in interpreter._get_ops_details())
    assert ran["DELEGATE"] == ran["QUANTIZE"] == ran["DEQUANTIZE"] == 1
    assert "CAST" not in ran
    run, other = (litert_runner(each, _OUTPUTS) for each in (packed(unpacked(graph)), small))
    found = [[cosine(one, two) for one, two in zip(run(f), other(f), strict=True)] for f in _pictures(8)]
    assert np.mean(found, 0).min() > 0.99


def test_a_dead_channels_bias_keeps_its_value(graph: bytes) -> None:
    model = unpacked(graph)
    inner = model.subgraphs[0]
    first = next(node for node in inner.operators if operator(model, node) == "CONV_2D")
    kernel, bias = (inner.tensors[place] for place in first.inputs[1:3])
    weights = np.frombuffer(model.buffers[kernel.buffer].data.tobytes(), np.float32).reshape(kernel.shape).copy()
    weights[2] *= 1e-13
    model.buffers[kernel.buffer].data = np.frombuffer(weights.tobytes(), np.uint8)
    model.buffers[bias.buffer].data = np.frombuffer(np.full(8, 2.0, np.float32).tobytes(), np.uint8)
    dead = packed(model, keep_names=True)
    observed = litert_quantise.observe_graph(dead, _pictures(20))
    small = litert_quantise.static_encoder(litert_quantise.rounded(dead, [], observed), ranges(observed, "min-max"))
    run, other = (litert_runner(each, _OUTPUTS) for each in (packed(unpacked(dead)), small))
    found = [[cosine(one, two) for one, two in zip(run(f), other(f), strict=True)] for f in _pictures(8)]
    assert np.mean(found, 0).min() > 0.99
