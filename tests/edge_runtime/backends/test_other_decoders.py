"""Decoders with other tensors than an LSTM's, run by what the manifest lists of them."""

from pathlib import Path

import numpy as np
import pytest

from edge_runtime import Captioner
from edge_runtime.backends.opening import open_backend
from edge_runtime.backends.tensors import encoder_tensors, step_tensors
from edge_runtime.bundle.decoder_spec import DecoderSpec, TensorSpec
from edge_runtime.bundle.reader import Bundle
from edge_runtime.errors import BundleError
from tests.tiny_bundle import write_bundle

SPECS = (
    DecoderSpec("one", (TensorSpec("grid", (3,)),), (TensorSpec("memory", (5,)),)),
    DecoderSpec(
        "many",
        (TensorSpec("a", (2, 3)), TensorSpec("b", (4,)), TensorSpec("c", (2, 2, 2))),
        (TensorSpec("cache", (6, 4)), TensorSpec("filled", (6,)), TensorSpec("more", (2, 1, 3))),
    ),
)


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.kind)
def test_a_decoder_with_these_tensors_captions(spec: DecoderSpec, tmp_path: Path, dark: Path, bright: Path) -> None:
    captioner = Captioner.load(write_bundle(tmp_path / "b", spec))
    assert captioner.manifest.decoder == spec
    for beam in (1, 2, 3):
        assert captioner.caption(dark, beam).text == "a dark picture"
        assert captioner.caption(bright, beam).text == "a bright picture"


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.kind)
def test_its_graphs_are_asked_for_these_tensors(spec: DecoderSpec, tmp_path: Path) -> None:
    manifest = Bundle(write_bundle(tmp_path / "b", spec)).manifest
    assert [*encoder_tensors(manifest).outputs] == [*spec.names]
    step = step_tensors(manifest)
    assert [*step.inputs] == ["token", *(t.name for t in spec.state), *(t.name for t in spec.context)]
    assert [*step.outputs] == ["log_probs", *(f"next_{t.name}" for t in spec.state)]
    assert {kind for kind in step.inputs.values() if kind[0] == "float32"} == {
        *(("float32", (None, *t.shape)) for t in spec.state),
        *(("float32", (1, *t.shape)) for t in spec.context),
    }


def test_scenes_are_told_apart_by_the_last_tensor_of_the_context(tmp_path: Path, bright: Path) -> None:
    bundle = write_bundle(tmp_path / "b", SPECS[1])
    encoded = Captioner.load(bundle).encode(bright)
    assert encoded.features.shape == (8,)
    assert float(encoded.features @ encoded.features) == pytest.approx(1)


def test_a_state_of_another_shape_than_listed_is_refused(tmp_path: Path) -> None:
    bundle = Bundle(write_bundle(tmp_path / "b", SPECS[0]))
    backend = open_backend(bundle, bundle.manifest.variants["onnx-fp32"], 1)
    encoded = backend.encode(np.zeros((1, 32, 32, 3), np.uint8))
    with pytest.raises(BundleError, match="a graph of it failed while it ran"):
        encoded.step(np.array([1], np.int32), (np.zeros((1, 4), np.float32),))


def test_a_graph_that_lacks_a_listed_tensor_is_refused(tmp_path: Path) -> None:
    made = write_bundle(tmp_path / "b", SPECS[0])
    state = [{"name": "memory", "shape": [5]}, {"name": "second", "shape": [5]}]
    context = [{"name": "grid", "shape": [3]}]
    write_bundle(made, SPECS[0], decoder={"kind": "one", "context": context, "state": state})
    with pytest.raises(BundleError, match=r"encoder\.onnx: 'second' is None, the manifest says"):
        Captioner.load(made)
