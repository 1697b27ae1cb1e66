"""A training is made ready from pictures with captions by several sources, and nothing is trained."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from edge_runtime.bundle.vocabulary import SPECIALS, Vocabulary
from train.datasets.loading import DatasetSource
from train.datasets.sources import CaptionFile, source_word
from train.encoders.registry import NO_WEIGHTS
from train.errors import DatasetError, RunError
from train.fitting.job import Job
from train.fitting.plan import Preparation
from train.runs.config import RunConfig
from train.runs.folder import RunFolder

_TRAIN, _DEV = ("a.png", "b.png", "c.png"), ("d.png", "e.png")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Three training pictures and two dev pictures: people wrote two captions of each but the last, a guide one of each but the first."""
    (tmp_path / "images").mkdir()
    for name in (*_TRAIN, *_DEV):
        Image.new("RGB", (16, 16)).save(tmp_path / "images" / name)
    by_people = [f"{name}#{place}\ta red box\n" for name in (*_TRAIN, *_DEV)[:-1] for place in (0, 1)]
    by_guide = [f"{name}#0\tthere is a red box here\n" for name in (*_TRAIN, *_DEV)[1:]]
    (tmp_path / "people.txt").write_text("".join(by_people))
    (tmp_path / "guide.txt").write_text("".join(by_guide))
    (tmp_path / "train").write_text("\n".join(_TRAIN))
    (tmp_path / "dev").write_text("\n".join(_DEV))
    return tmp_path


def _job(folder: Path, config: dict[str, Any], **named: Any) -> Job:
    source = DatasetSource(
        folder / "images",
        folder / "people.txt",
        {"train": folder / "train", "dev": folder / "dev"},
        more_captions=(CaptionFile(folder / "guide.txt", "guide"),),
    )
    asked = RunConfig(**{"encoder_rate": 0.1, "image_size": 64, "batch": 2, "min_count": 1, **config})
    asked.check()
    return Job(folder / "run", asked, source, folder / "features", encoder_weights=NO_WEIGHTS, **named)


def test_captions_that_are_too_many_are_said(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plan = Preparation(_job(data, {"captions_per_picture": 2})).plan()
    said = capsys.readouterr().err
    assert "2 captions beyond --captions-per-picture 2 are not learnt from: people 2\n" in said
    guide = len(plan.vocabulary) - 1
    assert plan.config.sources == ["people", "guide"]
    assert plan.data.tokens[:, :, 0].tolist() == [[1, 1], [1, guide], [1, guide]]


def test_a_share_of_a_source_of_which_nothing_is_learnt(data: Path) -> None:
    job = _job(data, {"captions_per_picture": 1, "source_weights": ["people=.5", "guide=.5"]})
    with pytest.raises(DatasetError, match="--source-weights guide: no caption that is learnt from is by it"):
        Preparation(job).plan()
    assert not job.run.exists()


def test_epochs_are_chosen_by_what_the_first_source_says(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plan = Preparation(_job(data, {})).plan()
    assert plan.dev == {"d.png": ("a red box", "a red box")}
    assert "left out: 1 of 2 dev pictures, of which 'people' wrote no caption" in capsys.readouterr().err


@pytest.mark.parametrize(("split", "encoder_rate"), [("train", 0.1), ("dev", 0.0)])
def test_a_split_of_which_nothing_can_be_read(data: Path, split: str, encoder_rate: float) -> None:
    for name in _TRAIN if split == "train" else _DEV:
        (data / "images" / name).write_bytes(b"no picture")
    with pytest.raises(DatasetError, match=f"no picture of the {split} split can be read; check --images"):
        Preparation(_job(data, {"encoder_rate": encoder_rate, "mirror": False})).plan()


def _begun_with(folder: Path, words: tuple[str, ...]) -> Path:
    """A run that is read for its words and its digest alone."""
    run = RunFolder(folder / "before")
    run.prepare(RunConfig(encoder_rate=0.1), _job(folder, {}).source, Vocabulary((*SPECIALS, *words)))
    run.best.touch()
    return run.path


def test_captions_of_a_language(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [
        f"{name}#{place}\tDie Kiste links ist rot, die Kiste {place}.\n"
        for name in (*_TRAIN, *_DEV)
        for place in (0, 1)
    ]
    (data / "people.txt").write_text("".join(rows), encoding="utf-8")
    job = _job(data, {"language": "de"})
    plan = Preparation(replace(job, source=replace(job.source, more_captions=()))).plan()
    assert plan.vocabulary.words[4:] == ("Kiste", "die", "ist", "links", "rot", "0", "1")
    assert plan.data.tokens[0, 0, :9].tolist() == [1, 5, 4, 7, 6, 8, 5, 4, 9]
    assert not plan.data.mirrored.any()
    assert plan.config.language == "de"
    said = capsys.readouterr().err
    assert "captions in 'de'; scores: pycocoevalcap, Unicode words in lower case, raw references" in said
    assert "unknown to the vocabulary: 0.0% of the words of the training captions and 0.0% of those of dev" in said


def test_captions_of_another_script(data: Path) -> None:
    job = _job(data, {"language": "zh-Hans"})
    with pytest.raises(
        DatasetError, match=r"0% of the letters .* are of the script 'Hans', in which zh-Hans is written"
    ):
        Preparation(job).plan()
    assert not job.run.exists()


_WORDS = ("a", "red", "box", "there", "is", "here")


def test_words_that_are_taken_over_tell_the_sources_apart_or_are_refused(data: Path) -> None:
    start = _begun_with(data, _WORDS)
    job = _job(data, {}, start_from=start)
    with pytest.raises(RunError) as caught:
        Preparation(job).plan()
    assert str(caught.value) == f"{start}: has no words for captions by guide; pass --new-words"
    assert not job.run.exists()


@pytest.mark.parametrize(
    ("words", "config", "last"),
    [
        ((*_WORDS, source_word("guide")), {}, source_word("guide")),
        (_WORDS, {"new_words": True}, source_word("guide")),
        (_WORDS, {"new_decoder": True}, source_word("guide")),
        (_WORDS, {"objective": "self-critical"}, "here"),
    ],
)
def test_words_of_what_is_begun_with(data: Path, words: tuple[str, ...], config: dict[str, Any], last: str) -> None:
    plan = Preparation(_job(data, config, start_from=_begun_with(data, words))).plan()
    assert plan.vocabulary.words[-1] == last
