import json
import shutil
import zipfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from edge_runtime import Captioner
from edge_runtime.bundle.decoder_spec import DecoderSpec
from edge_runtime.bundle.manifest import BundleFile, Manifest
from edge_runtime.bundle.reader import Bundle
from edge_runtime.errors import BundleError, BundleNotFoundError
from tests.tiny_bundle import write_bundle


def _copy(bundle: Path, target: Path) -> Path:
    return Path(shutil.copytree(bundle, target))


def test_folder_and_zip_are_the_same(tiny_bundle: Path, tmp_path: Path, dark: Path) -> None:
    zipped = tmp_path / "tiny.zip"
    with zipfile.ZipFile(zipped, "w") as archive:
        for file in tiny_bundle.iterdir():
            archive.write(file, file.name)
    assert Bundle(zipped).manifest == Bundle(tiny_bundle).manifest
    Bundle(zipped).verify()
    assert Captioner.load(zipped).caption(dark).text == "a dark picture"


def test_manifest_goes_there_and_back(tiny_bundle: Path) -> None:
    manifest = Bundle(tiny_bundle).manifest
    assert Manifest.from_json(manifest.to_json(), "again") == manifest
    assert manifest.input.value_range == (0, 255)


@pytest.mark.parametrize("name", ["encoder.onnx", "decoder_step.onnx", "vocabulary.txt"])
def test_an_altered_file_is_refused(tiny_bundle: Path, tmp_path: Path, name: str) -> None:
    bundle = _copy(tiny_bundle, tmp_path / "b")
    content = bytearray((bundle / name).read_bytes())
    content[len(content) // 2] ^= 1
    (bundle / name).write_bytes(content)
    with pytest.raises(BundleError, match=f"{name}: altered since the bundle was made"):
        Bundle(bundle).verify()
    with pytest.raises(BundleError, match=f"{name}: altered"):
        Captioner.load(bundle)


@pytest.mark.parametrize("name", ["encoder.onnx", "vocabulary.txt", "manifest.json"])
def test_a_missing_file_is_named(tiny_bundle: Path, tmp_path: Path, name: str) -> None:
    bundle = _copy(tiny_bundle, tmp_path / "b")
    (bundle / name).unlink()
    with pytest.raises(BundleNotFoundError, match=f"{name}: missing from the bundle"):
        Captioner.load(bundle)


def test_paths_may_not_leave_the_bundle() -> None:
    for path in ("../secret", "/etc/passwd", "a/../../b", "a\\b", ""):
        with pytest.raises(BundleError, match="leaves the bundle"):
            BundleFile(path, "0" * 64, 1)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"schema_version": 3}, r"schema version 3 is none that this edge-caption reads \(1 and 2\)"),
        ({"default_variant": "onnx-int2"}, "the default variant 'onnx-int2' is not in it"),
        ({"max_length": "6"}, "'max_length' must be int, not '6'"),
        ({"surprise": 1}, "lacks or does not know 'surprise'"),
        ({"sizes": {"regions": 4, "width": 8}}, "Sizes lacks or does not know 'vocabulary'"),
        ({"input": {"height": 32, "width": 32}}, "InputSpec lacks or does not know 'channel_order'"),
        ({"variants": []}, "manifest.json"),
        ({"files": {}}, "no vocabulary is named"),
        ({"max_length": -1}, "a size below 1"),
        ({"special_ids": {"pad": 0, "start": 1, "end": 99, "unknown": 3}}, "a special id outside the vocabulary"),
        ({"decode": {"beam_width": 0, "length_penalty": 0.7}}, "decode defaults outside their range"),
        ({"decode": {"beam_width": 2, "length_penalty": "x"}}, "decode defaults outside their range"),
        ({"decode": {"beam_width": 2, "length_penalty": 0.7, "repeatable": [1]}}, "repeatable words that are no list"),
        (
            {"decode": {"beam_width": 2, "length_penalty": 0.7, "again": []}},
            "DecodeDefaults lacks or does not know 'again'",
        ),
        ({"variants": {"onnx-fp32": {"backend": "onnx", "precision": "fp32", "files": {}}}}, "names no decoder_step"),
    ],
)
def test_manifests_that_are_refused(tmp_path: Path, changes: dict[str, Any], message: str) -> None:
    with pytest.raises(BundleError, match=message):
        Bundle(write_bundle(tmp_path / "b", **changes))


def test_a_graph_that_is_not_the_manifests(tmp_path: Path) -> None:
    bundle = write_bundle(tmp_path / "b", decoder=asdict(DecoderSpec.recurrent("attention", 9, 8)))
    with pytest.raises(BundleError, match=r"encoder\.onnx: 'keys' is .*the manifest says .*9, 8"):
        Captioner.load(bundle)
    bundle = write_bundle(tmp_path / "c", sizes={"regions": 4, "width": 8, "vocabulary": 9})
    with pytest.raises(BundleError, match="log_probs"):
        Captioner.load(bundle)


def test_a_file_that_is_no_graph(tmp_path: Path) -> None:
    import hashlib

    bundle = write_bundle(tmp_path / "b")
    (bundle / "encoder.onnx").write_bytes(b"no graph")
    manifest = json.loads((bundle / "manifest.json").read_text())
    digest = hashlib.sha256(b"no graph").hexdigest()
    manifest["variants"]["onnx-fp32"]["files"]["encoder"].update(sha256=digest, bytes=8)
    (bundle / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(BundleError, match="not a graph that can be run"):
        Captioner.load(bundle)


def test_a_variant_of_an_unknown_backend(tiny_bundle: Path, tmp_path: Path) -> None:
    bundle = _copy(tiny_bundle, tmp_path / "b")
    manifest = json.loads((bundle / "manifest.json").read_text())
    manifest["variants"]["onnx-fp32"]["backend"] = "abacus"
    (bundle / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(BundleError, match="no backend 'abacus'"):
        Captioner.load(bundle)


def test_things_that_are_no_bundle(tmp_path: Path) -> None:
    with pytest.raises(BundleNotFoundError, match="no such bundle"):
        Bundle(tmp_path / "none")
    (tmp_path / "text").write_text("hello")
    with pytest.raises(BundleError, match="neither a bundle folder nor a zip of one"):
        Bundle(tmp_path / "text")
    (tmp_path / "folder").mkdir()
    with pytest.raises(BundleNotFoundError, match=r"manifest\.json: missing"):
        Bundle(tmp_path / "folder")
    (tmp_path / "folder" / "manifest.json").write_text("{")
    with pytest.raises(BundleError, match="not JSON"):
        Bundle(tmp_path / "folder")
    (tmp_path / "folder" / "manifest.json").write_text("[]")
    with pytest.raises(BundleError, match="schema version None"):
        Bundle(tmp_path / "folder")


def _zip(bundle: Path, target: Path, prefix: str = "") -> Path:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(bundle.iterdir()):
            archive.write(file, prefix + file.name)
    return target


def test_a_zip_of_the_folder_itself(tiny_bundle: Path, tmp_path: Path) -> None:
    Bundle(_zip(tiny_bundle, tmp_path / "b.zip", "tiny/")).verify()


def test_a_zip_with_a_flipped_byte_is_one_sentence(tiny_bundle: Path, tmp_path: Path) -> None:
    """Or it holds what the whole one holds: a zip has bytes that nobody reads, as the time of a file."""
    whole = Bundle(_zip(tiny_bundle, tmp_path / "b.zip"))
    wanted = [(file, whole.read(file)) for file in whole.files()]
    content = whole.path.read_bytes()
    refusals = []
    for place in range(0, len(content), 37):
        damaged = bytearray(content)
        damaged[place] ^= 0x55
        (tmp_path / "d.zip").write_bytes(damaged)
        try:
            opened = Bundle(tmp_path / "d.zip")
            opened.verify()
        except BundleError as error:
            refusals.append(str(error))
        else:
            assert opened.digest == whole.digest
            assert [(file, opened.read(file)) for file in opened.files()] == wanted
    assert len(refusals) > 0.8 * len(range(0, len(content), 37))
    for refusal in refusals:
        assert refusal.startswith(f"{tmp_path / 'd.zip'}")
        assert "\n" not in refusal
        assert refusal.endswith(("; copy the bundle again", "; check --bundle"))
