"""Networks of `keras.applications`: what they say of a picture is what Keras's own say of its preprocessed pixels."""

from pathlib import Path
from typing import Any, NamedTuple

import keras
import numpy as np
import numpy.typing as npt
import pytest
import skimage.data

from edge_runtime.pictures.preprocess import load_input
from train.encoders.applications import CAFFE, SIGNED
from train.encoders.random_weights import draw_weights
from train.encoders.registry import build_encoder, encoder_spec, find_weights
from train.errors import WeightsError

_SIZE = 72
"""The smallest that Keras builds an Xception for is 71."""


class _Network(NamedTuple):
    function: str
    norm: str
    """Behind the first convolution."""
    options: dict[str, Any] = {}  # noqa: RUF012
    reversed: bool = False
    difference: float = 1e-3
    """Of features, relative to the largest: what the padded border of the first convolution makes of them."""


_NETWORKS = {
    "xception": _Network("Xception", "block1_conv1_bn", difference=2e-5),
    "resnet50": _Network("ResNet50", "conv1_bn", reversed=True, difference=0.15),
    "mobilenet_v2": _Network("MobileNetV2", "bn_Conv1"),
    "mobilenet_v3_small": _Network("MobileNetV3Small", "conv_bn", {"include_preprocessing": False}),
    "mobilenet_v3_large": _Network("MobileNetV3Large", "conv_bn", {"include_preprocessing": False}),
}


def _plain(name: str, top: bool = False) -> Any:
    """The network as Keras has it, without weights."""
    network = _NETWORKS[name]
    return getattr(keras.applications, network.function)(
        weights=None, include_top=top, input_shape=(_SIZE, _SIZE, 3), **network.options
    )


def _filled(name: str) -> Any:
    """With weights of which none is like another."""
    plain = _plain(name)
    draw_weights(plain, 0)
    random = np.random.default_rng(1)
    for layer in plain.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            gamma, beta, *statistics = layer.get_weights()
            layer.set_weights(
                [gamma * random.uniform(0.8, 1.2, gamma.shape), random.normal(0, 0.2, beta.shape), *statistics]
            )
    return plain


def _with_top(name: str, plain: Any) -> Any:
    whole = _plain(name, top=True)
    for layer, filled in zip(_weighted(whole), _weighted(plain), strict=False):
        layer.set_weights(filled.get_weights())
    return whole


def _weighted(model: Any) -> list[Any]:
    return [layer for layer in model.layers if layer.weights]


def _nested(plain: Any) -> Any:
    image = keras.Input((_SIZE, _SIZE, 3))
    pooled = keras.layers.GlobalAveragePooling2D()(plain(image))
    return keras.Model(image, keras.layers.Dense(6)(keras.layers.Dense(20)(pooled)))


def _save(plain: Any, name: str, form: str, folder: Path) -> Path:
    import h5py
    from keras.src.legacy.saving.legacy_h5_format import save_weights_to_hdf5_group

    file = folder / form.replace(" ", "_")
    if form == "nested .keras":
        _nested(plain).save(file)
    elif form == "with top .keras":
        _with_top(name, plain).save(file)
    elif form == "plain .weights.h5":
        plain.save_weights(file)
    else:
        with h5py.File(file, "w") as group:
            save_weights_to_hdf5_group(group, _with_top(name, plain) if form == "with top .h5" else plain)
    return file


def _pictures() -> npt.NDArray[np.uint8]:
    return np.stack([load_input(picture(), _SIZE, _SIZE) for picture in (skimage.data.chelsea, skimage.data.coffee)])


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("xception", "nested .keras"),
        ("resnet50", "plain .h5"),
        ("mobilenet_v2", "plain .weights.h5"),
        ("mobilenet_v3_small", "with top .keras"),
        ("mobilenet_v3_large", "with top .h5"),
    ],
)
def test_preprocessing_is_folded_in(name: str, form: str, tmp_path: Path) -> None:
    network, plain = _NETWORKS[name], _filled(name)
    spec = encoder_spec(name)
    encoder = build_encoder(spec, find_weights(spec, _save(plain, name, form, tmp_path)), _SIZE)
    pictures = _pictures()
    mode = "caffe" if network.reversed else "tf"
    pixels = keras.applications.imagenet_utils.preprocess_input(pictures.astype(np.float32), mode=mode)

    first, wanted_first = (keras.Model(model.input, model.get_layer(network.norm).output) for model in (encoder, plain))
    found, wanted = first(pictures).numpy()[:, 2:-2, 2:-2], wanted_first(pixels).numpy()[:, 2:-2, 2:-2]
    np.testing.assert_allclose(found, wanted, atol=2e-6 * np.abs(wanted).max())

    for layer, reference in zip(_weighted(encoder)[2:], _weighted(plain)[2:], strict=True):
        for array, expected in zip(layer.get_weights(), reference.get_weights(), strict=True):
            np.testing.assert_array_equal(array, expected)

    found, wanted = encoder(pictures).numpy(), plain(pixels).numpy()
    assert wanted.std() > 0.1
    np.testing.assert_allclose(found, wanted, atol=network.difference * np.abs(wanted).max())


def test_the_first_layer_is_the_quantisation_of_pixels() -> None:
    """See docs/decisions/004: one scale and one whole zero point for all channels."""
    assert (SIGNED.zero_point, CAFFE.zero_point) == (128, 115)
    for name in _NETWORKS:
        model = encoder_spec(name).build(_SIZE, _SIZE, False)
        first = model.layers[1]
        assert first.name == "rescale"
        assert -first.offset / first.scale == pytest.approx(115 if name == "resnet50" else 128, abs=1e-9)


@pytest.mark.parametrize("name", ["xception", "mobilenet_v3_small"])
def test_layer_names_stay_the_same(name: str) -> None:
    """Keras numbers nameless layers on and on; runs freeze layers by name."""
    first, second = ([layer.name for layer in encoder_spec(name).build(_SIZE, _SIZE, False).layers] for _ in range(2))
    assert first == second
    assert len(set(first)) == len(first)
    if name == "xception":
        assert {"block2_shortcut_conv", "block13_shortcut_bn", "block2_add", "block13_add"} <= set(first)
        assert all(layer.startswith(("image", "rescale", "block")) for layer in first)


def test_the_weights_of_another_network(tmp_path: Path) -> None:
    file = _save(_plain("mobilenet_v3_small"), "mobilenet_v3_small", "plain .weights.h5", tmp_path)
    with pytest.raises(WeightsError) as caught:
        build_encoder(encoder_spec("mobilenet_v2"), find_weights(encoder_spec("mobilenet_v2"), file), _SIZE)
    assert str(caught.value) == (
        f"{file}: layer 'Conv1' needs the shapes (3, 3, 3, 32), the file has (3, 3, 3, 16) ('conv2d'); "
        "name the weights of mobilenet_v2"
    )
    spec = encoder_spec("mobilenet_v3_large")
    with pytest.raises(
        WeightsError, match=r"layer 'expanded_conv_project' needs the shapes \(1, 1, 16, 16\), the file has"
    ):
        build_encoder(spec, find_weights(spec, file), _SIZE)
    file = _save(_plain("mobilenet_v2"), "mobilenet_v2", "plain .h5", tmp_path)
    spec = encoder_spec("mobilenet_v3_small")
    with pytest.raises(
        WeightsError, match=r"layer 'conv' needs the shapes \(3, 3, 3, 16\), the file has .* \('Conv1'\)"
    ):
        build_encoder(spec, find_weights(spec, file), _SIZE)


def test_weights_without_the_classifier_do_not_make_one(tmp_path: Path) -> None:
    spec = encoder_spec("mobilenet_v3_small")
    plain = _plain("mobilenet_v3_small")
    for form in ("plain .h5", "plain .weights.h5"):
        weights = find_weights(spec, _save(plain, "mobilenet_v3_small", form, tmp_path))
        with pytest.raises(
            WeightsError, match=r"layer 'conv_2' needs the shapes .* the file has none; name the weights"
        ):
            build_encoder(spec, weights, _SIZE, classifier=True)


def test_the_classifier_is_read_too(tmp_path: Path) -> None:
    spec, name = encoder_spec("mobilenet_v3_small"), "mobilenet_v3_small"
    plain = _filled(name)
    file = _save(plain, name, "with top .keras", tmp_path)
    encoder = build_encoder(spec, find_weights(spec, file), _SIZE, classifier=True)
    whole = keras.saving.load_model(file)
    wanted = keras.Model(whole.input, whole.get_layer("logits").output)(_pictures().astype(np.float32) / 127.5 - 1)
    wanted = wanted.numpy().reshape(2, 1000)
    np.testing.assert_allclose(encoder(_pictures()).numpy(), wanted, atol=1e-3 * np.abs(wanted).max())
