"""A run on cached features is scored on the pictures that can be read, against the captions of the first source."""

import json
import shutil
from pathlib import Path

import pytest
from PIL import Image

from edge_runtime.bundle.vocabulary import SPECIALS, Vocabulary
from train.cli import main
from train.datasets.loading import DatasetSource
from train.datasets.sources import CaptionFile, source_word
from train.decoders.registry import build_decoder
from train.encoders.registry import NO_WEIGHTS, encoder_spec, find_weights
from train.runs.config import RunConfig
from train.runs.folder import RunFolder, write_arrays

pytestmark = pytest.mark.skipif(shutil.which("java") is None, reason="scores need Java")


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    """A run that has learnt nothing, on two dev pictures, of which people wrote of the first and a guide of both."""
    (tmp_path / "images").mkdir()
    for name in ("a.png", "b.png"):
        Image.new("RGB", (16, 16)).save(tmp_path / "images" / name)
    (tmp_path / "people.txt").write_text("a.png#0\ta box\n")
    (tmp_path / "guide.txt").write_text("a.png#0\ta box a box a box\nb.png#0\ta box a box\n")
    (tmp_path / "dev").write_text("a.png\nb.png\n")
    source = DatasetSource(
        tmp_path / "images",
        tmp_path / "people.txt",
        {"dev": tmp_path / "dev"},
        more_captions=(CaptionFile(tmp_path / "guide.txt", "guide"),),
    )
    spec, vocabulary = encoder_spec("efficientnet_lite0"), Vocabulary((*SPECIALS, "a", "box", source_word("guide")))
    digest = find_weights(spec, NO_WEIGHTS).sha256
    config = RunConfig(encoder_sha256=digest, image_size=64, width=8, embedding=4)
    folder = RunFolder(tmp_path / "run")
    folder.prepare(config, source, vocabulary)
    decoder = build_decoder("attention", config.decoder_sizes(vocabulary, spec.channels))
    write_arrays(folder.best, {str(place): weight.numpy() for place, weight in enumerate(decoder.weights)})
    return folder


def _evaluate(run: RunFolder) -> int:
    return main(["evaluate", "--run", str(run.path), "--features", str(run.path.parent / "features")])


def test_captions_of_later_sources_are_no_references(run: RunFolder, capsys: pytest.CaptureFixture[str]) -> None:
    assert _evaluate(run) == 0
    found = capsys.readouterr()
    scores = json.loads(found.out)
    assert (scores["pictures"], scores["mean_places"]) == (1, 3)
    assert "by guide: train 0 pictures / 0 captions, dev 2 pictures / 2 captions" in found.err
    assert "left out: 1 of 2 dev pictures, of which 'people' wrote no caption" in found.err


def test_a_run_in_another_language(run: RunFolder, capsys: pytest.CaptureFixture[str]) -> None:
    (run.path.parent / "people.txt").write_text("a.png#0\tEine Kiste.\n")
    content = json.loads((run.path / "config.json").read_text())
    (run.path / "config.json").write_text(json.dumps({**content, "language": "de"}))
    assert _evaluate(run) == 0
    scores = json.loads(capsys.readouterr().out)
    assert scores["protocol"] == "pycocoevalcap, Unicode words in lower case, raw references"
    assert scores["meteor"] is None
    assert "sex_wrong_of" not in scores
    assert scores["unknown"] == 1.0


def test_a_split_of_which_nothing_can_be_read(run: RunFolder, capsys: pytest.CaptureFixture[str]) -> None:
    (run.path.parent / "images" / "a.png").write_bytes(b"no picture")
    assert _evaluate(run) == 2
    assert "no picture of the dev split can be read; check --images" in capsys.readouterr().err.splitlines()[-1]
