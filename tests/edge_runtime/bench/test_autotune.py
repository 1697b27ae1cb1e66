import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from edge_runtime import Captioner
from edge_runtime.bundle.reader import Bundle
from edge_runtime.bundle.tuned_variant import cache_file, remember, tuned_variant
from edge_runtime.cli import main
from edge_runtime.errors import BundleError, CacheError
from edge_runtime.machine.device import available_cores
from tests.tiny_bundle import write_bundle


@pytest.fixture
def two(tmp_path: Path) -> Path:
    """A bundle with two variants of the same graphs."""
    folder = write_bundle(tmp_path / "two")
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["variants"]["onnx-other"] = manifest["variants"]["onnx-fp32"]
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder


def test_the_winner_is_remembered_and_used(two: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert Captioner.load(two).variant == "onnx-fp32"
    assert main(["bundle", "tune", str(two), "--rounds", "5", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert {row["variant"] for row in found} == {"onnx-fp32", "onnx-other"}
    assert 0 < found[0]["milliseconds"] <= found[1]["milliseconds"]
    assert Captioner.load(two).variant == found[0]["variant"]
    assert Captioner.load(two, "onnx-fp32").variant == "onnx-fp32"
    (entry,) = json.loads(cache_file().read_text()).values()
    assert entry["variant"] == found[0]["variant"]


def test_it_holds_for_this_bundle_and_these_threads_alone(two: Path, tmp_path: Path) -> None:
    bundle = Bundle(two)
    remember(bundle, 2, "onnx-other", 1.0)
    assert tuned_variant(bundle, 2) == "onnx-other"
    assert tuned_variant(bundle, 3) is None
    assert tuned_variant(Bundle(write_bundle(tmp_path / "another")), 2) is None
    assert Captioner.load(two, threads=2).variant == "onnx-other"


@pytest.mark.parametrize("content", ["", "[]", "{", '{"x": 1}', "\\x00", "[" * 200_000, "NaN", '{"x": {"variant": 1}}'])
def test_a_damaged_cache_is_no_cache(two: Path, content: str) -> None:
    cache_file().parent.mkdir(parents=True, exist_ok=True)
    cache_file().write_text(content)
    assert Captioner.load(two).variant == "onnx-fp32"
    remember(Bundle(two), available_cores(), "onnx-other", 1.0)
    assert tuned_variant(Bundle(two), available_cores()) == "onnx-other"


@pytest.mark.parametrize("winner", [["x"], {}, 3, None])
def test_a_damaged_winner_is_none(two: Path, winner: object) -> None:
    remember(Bundle(two), 2, "onnx-other", 1.0)
    (key,) = json.loads(cache_file().read_text())
    cache_file().write_text(json.dumps({key: {"variant": winner}}))
    assert tuned_variant(Bundle(two), 2) is None


def test_no_home_to_remember_in(two: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def homeless() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setattr(Path, "home", homeless)
    assert tuned_variant(Bundle(two), 2) is None
    with pytest.raises(CacheError, match=r"no home folder .* set XDG_CACHE_HOME"):
        remember(Bundle(two), 2, "onnx-other", 1.0)


def test_nothing_is_left_of_a_cache_that_failed(two: Path) -> None:
    cache_file().mkdir(parents=True)
    with pytest.raises(CacheError, match="the winner cannot be remembered"):
        remember(Bundle(two), 2, "onnx-other", 1.0)
    assert [path.name for path in cache_file().parent.iterdir()] == [cache_file().name]


def test_a_damaged_variant_is_listed_and_the_others_timed(two: Path, capsys: pytest.CaptureFixture[str]) -> None:
    manifest = json.loads((two / "manifest.json").read_text())
    broken = {"path": "broken.onnx", "bytes": 3, "sha256": hashlib.sha256(b"bad").hexdigest()}
    (two / "broken.onnx").write_bytes(b"bad")
    files = {**manifest["variants"]["onnx-fp32"]["files"], "encoder": broken}
    manifest["variants"]["onnx-other"] = {**manifest["variants"]["onnx-fp32"], "files": files}
    (two / "manifest.json").write_text(json.dumps(manifest))
    assert main(["bundle", "tune", str(two), "--rounds", "5", "--json"]) == 0
    good, bad = json.loads(capsys.readouterr().out)
    assert (good["variant"], bad["variant"], bad["milliseconds"]) == ("onnx-fp32", "onnx-other", None)
    assert "broken.onnx: not a graph that can be run" in bad["reason"]


def test_a_variant_that_is_gone_is_not_used(two: Path) -> None:
    remember(Bundle(two), min(4, available_cores()), "onnx-gone", 1.0)
    assert Captioner.load(two).variant == "onnx-fp32"


def test_a_cache_that_cannot_be_written(
    two: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert main(["bundle", "tune", str(two), "--rounds", "5"]) == 1
    said = capsys.readouterr()
    assert sorted(line.split()[0] for line in said.out.splitlines()) == ["onnx-fp32", "onnx-other"]
    assert "set XDG_CACHE_HOME to a folder that can be written" in said.err


def test_a_backend_that_is_missing_is_listed(
    two: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    manifest = json.loads((two / "manifest.json").read_text())
    manifest["variants"]["onnx-other"] = {**manifest["variants"]["onnx-other"], "backend": "litert"}
    (two / "manifest.json").write_text(json.dumps(manifest))
    monkeypatch.setitem(sys.modules, "ai_edge_litert.interpreter", None)
    assert main(["bundle", "tune", str(two), "--rounds", "5"]) == 0
    out = capsys.readouterr().out.splitlines()
    assert out[0].startswith("onnx-fp32")
    assert "pip install 'edge-caption[litert]'" in out[1]


def test_too_few_rounds(two: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bundle", "tune", str(two), "--rounds", "1"]) == 2
    assert "--rounds 1: must be 5 to 10000" in capsys.readouterr().err


def test_two_processes_lose_neither_winner(two: Path) -> None:
    code = (
        "import sys; from edge_runtime.bundle.reader import Bundle; from edge_runtime.bundle.tuned_variant import remember\n"
        "for n in range(20): remember(Bundle(sys.argv[1]), int(sys.argv[2]) + n, 'onnx-other', float('1'))"
    )
    both = [subprocess.Popen([sys.executable, "-c", code, str(two), first]) for first in ("1", "101")]
    assert [process.wait() for process in both] == [0, 0]
    assert len(json.loads(cache_file().read_text())) == 40


def test_a_variant_that_fails_only_when_it_runs_is_listed(
    two: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    caption = Captioner.caption

    def failing(self: Captioner, *given: Any) -> Any:
        if self.variant == "onnx-other":
            raise BundleError("it fails")
        return caption(self, *given)

    monkeypatch.setattr(Captioner, "caption", failing)
    assert main(["bundle", "tune", str(two), "--rounds", "5", "--json"]) == 0
    assert [(row["variant"], row["reason"]) for row in json.loads(capsys.readouterr().out)] == [
        ("onnx-fp32", None),
        ("onnx-other", "it fails"),
    ]
