from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from edge_runtime.backends.onnx import OnnxBackend
from edge_runtime.bundle.reader import DEFAULT_BUNDLE, Bundle
from train.decoders.attention import AttentionDecoder
from train.decoders.base import DecoderConfig
from train.decoders.lstm import LstmDecoder
from train.encoders.registry import build_encoder, encoder_spec, find_weights
from train.errors import RunError
from train.runs.bundle_start import BundleStart


def test_the_model_that_ships_is_read_back() -> None:
    """The filled network says what the graphs say, of a picture and of the next word."""
    bundle = Bundle(DEFAULT_BUNDLE)
    manifest = bundle.manifest
    if "onnx-fp32" not in manifest.variants:
        pytest.skip("the default bundle holds no float variant")
    spec = encoder_spec(manifest.encoder)
    encoder = build_encoder(spec, find_weights(spec), manifest.input.height)
    decoder = AttentionDecoder(DecoderConfig(manifest.sizes.vocabulary, spec.channels, manifest.sizes.width))
    start = BundleStart(DEFAULT_BUNDLE)
    start.fill(decoder, encoder)
    assert start.read_vocabulary().words == bundle.vocabulary().words

    side = manifest.input.height
    pixels = np.random.default_rng(1).integers(0, 256, (1, side, side, 3), np.uint8)
    graphs = OnnxBackend(bundle, manifest.variants["onnx-fp32"], 1).encode(pixels)
    wanted, _ = graphs.step(np.array([1], np.int32), graphs.state)
    grid = encoder(pixels, training=False)
    context, state = decoder.picture(np.reshape(grid, (1, -1, spec.channels)))
    found, _ = decoder.step(np.array([1], np.int32), state, context)
    sayable = wanted > -1e3
    np.testing.assert_allclose(found.numpy()[sayable], wanted[sayable], atol=1e-3)


def test_a_decoder_of_other_sizes_is_refused() -> None:
    decoder = AttentionDecoder(DecoderConfig(100, 1280, 64))
    with pytest.raises(ValueError, match="shape"):
        BundleStart(DEFAULT_BUNDLE).fill(decoder, None)


def test_a_bundle_without_the_float_variant(tiny_bundle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    manifest = Bundle(tiny_bundle).manifest
    renamed = replace(manifest, variants={"onnx-int8": manifest.variants["onnx-fp32"]})
    monkeypatch.setattr("train.runs.bundle_start.Bundle", lambda path: type("Opened", (), {"manifest": renamed}))
    with pytest.raises(RunError, match="no variant 'onnx-fp32' to go on from"):
        BundleStart(tiny_bundle)


def test_the_plain_decoder_is_not_read_back() -> None:
    with pytest.raises(RunError, match="gone on from with the attention decoder alone; pass its run folder"):
        BundleStart(DEFAULT_BUNDLE).fill(LstmDecoder(DecoderConfig(100, 1280, 64)), None)
