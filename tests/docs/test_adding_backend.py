"""The worked example of a backend: one line registers it, and it captions, searches and refuses as the others do."""

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from edge_runtime import Captioner
from edge_runtime.backends.opening import BACKENDS
from edge_runtime.errors import BackendNotInstalledError, BundleError
from tests.tiny_bundle import write_bundle


@pytest.fixture
def registered(monkeypatch: pytest.MonkeyPatch) -> None:
    """The one line."""
    monkeypatch.setitem(BACKENDS, "reference", "examples.adding.backend:ReferenceBackend")


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """A bundle with one more variant, of the same graphs."""
    folder = write_bundle(tmp_path / "bundle")
    manifest = _manifest(folder)
    other = {**manifest["variants"]["onnx-fp32"], "backend": "reference"}
    manifest["variants"]["reference-fp32"] = other
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder


def _manifest(folder: Path) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text())
    return manifest


@pytest.mark.usefixtures("registered")
@pytest.mark.parametrize("beam", [1, 2])
def test_it_says_what_onnx_runtime_says(bundle: Path, dark: Path, bright: Path, beam: int) -> None:
    ours = Captioner.load(bundle, variant="reference-fp32")
    theirs = Captioner.load(bundle, variant="onnx-fp32")
    for path, sentence in ((dark, "a dark picture"), (bright, "a bright picture")):
        found, wanted = ours.caption(path, beam=beam), theirs.caption(path, beam=beam)
        assert (found.text, found.variant) == (sentence, "reference-fp32")
        np.testing.assert_allclose(found.token_log_probs, wanted.token_log_probs, atol=1e-5)
    assert list(ours.stream(bright)) == ["a", "bright", "picture"]


def test_without_the_line_it_is_refused(bundle: Path) -> None:
    with pytest.raises(BundleError, match="no backend 'reference' in this edge-caption; update it"):
        Captioner.load(bundle, variant="reference-fp32")


@pytest.mark.usefixtures("registered")
def test_without_its_package_it_says_what_to_install(bundle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(BackendNotInstalledError, match="pip install onnx"):
        Captioner.load(bundle, variant="reference-fp32")


@pytest.mark.usefixtures("registered")
def test_an_altered_graph_is_refused(bundle: Path) -> None:
    graph = bundle / "encoder.onnx"
    graph.write_bytes(graph.read_bytes()[:-1] + b"\0")
    with pytest.raises(BundleError, match="altered since the bundle was made"):
        Captioner.load(bundle, variant="reference-fp32")


@pytest.mark.usefixtures("registered")
def test_a_graph_of_other_shapes_is_refused(bundle: Path) -> None:
    manifest = _manifest(bundle)
    manifest["decoder"]["context"][0]["shape"][0] += 1
    (bundle / "manifest.json").write_text(json.dumps(manifest))
    captioner = Captioner.load(bundle, variant="reference-fp32")
    with pytest.raises(BundleError, match="another shape than the manifest says"):
        captioner.caption(np.asarray(Image.new("RGB", (32, 32))))
