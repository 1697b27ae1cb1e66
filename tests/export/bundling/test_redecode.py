"""Another search for a bundle that is there: loops, manifest and scores follow, networks stay."""

import shutil
from pathlib import Path

import pytest

import export.cli
from edge_runtime import Captioner
from edge_runtime.bundle.reader import DEFAULT_BUNDLE, Bundle
from edge_runtime.pictures.synthetic import synthetic_frames

pytestmark = pytest.mark.skipif(shutil.which("java") is None, reason="scores need Java")


@pytest.fixture(scope="module")
def plain(coloured: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundle that ships, with a search that may repeat itself."""
    out = tmp_path_factory.mktemp("redecode") / "plain"
    options = ["--beam", "2", "--length-penalty", "0.5", "--no-say-once", "--data", str(coloured)]
    assert export.cli.main(["redecode", "--out", str(out), *options]) == 0
    return out


def test_the_search_is_another_and_the_networks_are_not(plain: Path) -> None:
    new, old = Bundle(plain), Bundle(DEFAULT_BUNDLE)
    new.verify()
    decode = new.manifest.decode
    assert (decode.beam_width, decode.length_penalty, decode.repeatable) == (2, 0.5, None)
    assert list(new.manifest.quality) == ["onnx-int8, dev, beam 2"]
    for name, variant in new.manifest.variants.items():
        assert variant.files["encoder"] == old.manifest.variants[name].files["encoder"]
        assert variant.bytes < old.manifest.variants[name].bytes


@pytest.mark.parametrize("variant", ["onnx-int8", "litert-int8"])
def test_loops_and_steps_agree(plain: Path, variant: str) -> None:
    for bundle in (plain, DEFAULT_BUNDLE):
        captioner = Captioner.load(bundle, variant)
        again = captioner.manifest.decode.repeatable
        for frame in synthetic_frames(12):
            whole = captioner.caption(frame, beam=1)
            stream = captioner.stream(frame)
            words = []
            while True:
                try:
                    words.append(next(stream))
                except StopIteration:
                    break
            assert tuple(words) == whole.tokens
            if again is not None:
                assert all(words.count(word) == 1 for word in words if word not in again)


def test_there_and_back_is_the_same_bundle(plain: Path, coloured: Path, tmp_path: Path) -> None:
    old = Bundle(DEFAULT_BUNDLE).manifest
    search = ["--beam", str(old.decode.beam_width), "--length-penalty", str(old.decode.length_penalty), "--say-once"]
    options = [*search, "--data", str(coloured)]
    assert export.cli.main(["redecode", str(plain), "--out", str(tmp_path / "back"), *options]) == 0
    back = Bundle(tmp_path / "back").manifest
    assert back.decode == old.decode
    assert back.variants == old.variants


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--beam", "0", "--length-penalty", "0.7"], "--beam 0 --length-penalty 0.7: must be 1 to 50, and 0 to 10"),
        (["--length-penalty", "11"], "--length-penalty 11.0: must be 1 to 50, and 0 to 10"),
    ],
)
def test_what_is_refused(
    coloured: Path, tmp_path: Path, options: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert export.cli.main(["redecode", "--out", str(tmp_path / "x"), "--data", str(coloured), *options]) == 2
    assert sentence in capsys.readouterr().err.splitlines()[-1]
    assert not (tmp_path / "x").exists()
