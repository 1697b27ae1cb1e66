from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from edge_runtime.bundle.vocabulary import SPECIALS, Vocabulary
from train.cli import build_parser
from train.datasets.loading import DatasetSource, load_dataset
from train.datasets.options import data_source
from train.datasets.sources import (
    CaptionFile,
    caption_weights,
    in_turn,
    is_source_word,
    parse_weights,
    source_word,
)
from train.errors import DatasetError, RunError
from train.fitting.batches import training_set
from train.fitting.vocabulary import sources_of, with_sources
from train.objectives.cross_entropy import weights_of_words
from train.scoring.token_scores import counted


@pytest.fixture
def two(tmp_path: Path) -> Path:
    """Two folders of pictures; people wrote of both, a guide of the second alone."""
    for place, name in (("here", "a.png"), ("here", "b.png"), ("there", "c.png"), ("there", "d.png")):
        (tmp_path / place).mkdir(exist_ok=True)
        Image.new("RGB", (40, 40)).save(tmp_path / place / name)
    (tmp_path / "people.txt").write_text("a.png#0\ta red square\na.png#1\tred\nc.png#0\ta box\n")
    (tmp_path / "guide.txt").write_text("c.png#0\tThere is a box.\nd.png#0\tThere is a chair.\n")
    (tmp_path / "one").write_text("a.png\n")
    (tmp_path / "other").write_text("c.png\nd.png\n")
    return tmp_path


def _arguments(folder: Path, *more: str) -> list[str]:
    return [
        *("fit", "--run", str(folder / "run"), "--images", str(folder / "here"), str(folder / "there")),
        *("--captions", str(folder / "people.txt"), f"guide={folder / 'guide.txt'}"),
        *("--train-split", str(folder / "one"), str(folder / "other")),
        *more,
    ]


def _source(folder: Path) -> DatasetSource:
    return data_source(build_parser().parse_args(_arguments(folder)))


def test_pictures_of_several_folders_with_captions_by_several_sources(two: Path) -> None:
    dataset = _source(two).load()
    assert dataset.images == two.resolve()
    assert dataset.splits["train"] == ("here/a.png", "there/c.png", "there/d.png")
    assert dataset.captions["there/c.png"] == ("a box", "There is a box.")
    assert dataset.writers_of("train") == {
        "here/a.png": ("people", "people"),
        "there/c.png": ("people", "guide"),
        "there/d.png": ("guide",),
    }
    report = dataset.report()
    assert "by people: train 2 pictures / 3 captions, dev 0 pictures / 0 captions" in report
    assert "by guide: train 2 pictures / 2 captions" in report
    assert "left out 1: a picture without captions (here/b.png)" in report


def test_a_source_goes_there_and_back(two: Path) -> None:
    source = _source(two)
    again = DatasetSource.from_json(source.to_json())
    assert again.load().digest() == source.load().digest()
    assert again.captions_sha256() == source.captions_sha256()


def test_a_run_of_an_earlier_release_is_read(two: Path) -> None:
    stored = (
        f'{{"images": "{two}/here", "captions": "{two}/people.txt", "split_files": {{"train": "{two}/one"}}, '
        '"format": null, "holdout": [0.1, 0.1], "seed": 0}'
    )
    dataset = DatasetSource.from_json(stored).load()
    assert dataset.splits["train"] == ("a.png",)
    assert dataset.writers == {}


def test_what_is_alike_and_what_is_not(two: Path) -> None:
    (two / "there" / "a.png").write_bytes((two / "here" / "a.png").read_bytes())
    dataset = load_dataset([two / "here", two / "there"], [CaptionFile(two / "people.txt")], holdout=(0, 0))
    assert "left out 1: a picture of this name lies in two folders (a.png)" in dataset.report()
    assert dataset.splits["train"] == ("there/c.png",)
    with pytest.raises(DatasetError, match="no such folder of pictures"):
        load_dataset([two / "here", two / "nowhere"], [CaptionFile(two / "people.txt")])


def test_names_of_files(two: Path) -> None:
    assert CaptionFile.parse("short=a/b.txt") == CaptionFile(Path("a/b.txt"), "short")
    assert CaptionFile.parse("a/b.txt") == CaptionFile(Path("a/b.txt"))
    assert CaptionFile.parse("9=a.txt") == CaptionFile(Path("9=a.txt"))
    odd = two / "x=y.txt"
    odd.touch()
    assert CaptionFile.parse(str(odd)) == CaptionFile(odd)


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        (["people"], "must be NAME=SHARE"),
        (["people=-1", "guide=2"], "a share of 0 or more"),
        (["people=nan"], "must be NAME=SHARE"),
        (["people=.5", "people=.5"], "'people' stands in it twice"),
        (["people=.5", "guide=.4"], "the shares sum to 0.9, and must to 1"),
    ],
)
def test_weights_that_are_none(texts: list[str], said: str) -> None:
    with pytest.raises(RunError, match=said):
        parse_weights(texts)


def test_weights_of_captions_are_1_on_their_mean() -> None:
    words = {"people": 6, "guide": 2}
    weights = caption_weights(parse_weights(["people=.6", "guide=.4"]), words)
    assert weights == pytest.approx({"people": 0.8, "guide": 1.6})
    assert sum(weights[source] * count for source, count in words.items()) == pytest.approx(8)
    assert caption_weights({}, words) == {"people": 1.0, "guide": 1.0}
    with pytest.raises(DatasetError, match="no share of 'guide', whose captions are learnt from too"):
        caption_weights({"people": 1.0}, words)
    with pytest.raises(DatasetError, match="no caption that is learnt from is by it; known are guide, people"):
        caption_weights({"people": 0.5, "guide": 0.4, "robot": 0.1}, words)


@pytest.mark.parametrize(
    ("writers", "most", "places"),
    [
        ("aaaaa", 3, [0, 1, 2]),
        ("aaabbc", 6, [0, 1, 2, 3, 4, 5]),
        ("aaabbc", 5, [0, 1, 3, 4, 5]),
        ("aaabbc", 4, [0, 1, 3, 5]),
        ("aaabbc", 2, [0, 3]),
        ("aaabbc", 1, [0]),
        ("abaab", 3, [0, 1, 2]),
    ],
)
def test_sources_take_turns_where_a_picture_has_too_many_captions(writers: str, most: int, places: list[int]) -> None:
    assert in_turn(writers, most) == places


def test_captions_begin_after_what_says_who_wrote_them(two: Path) -> None:
    dataset = _source(two).load()
    assert sources_of(dataset) == ["people", "guide"]
    vocabulary = with_sources(Vocabulary((*SPECIALS, "a", "box", "there", "is")), dataset)
    assert vocabulary.words[-1] == source_word("guide")
    assert [word for word in vocabulary.words if is_source_word(word)] == [source_word("guide")]
    assert with_sources(vocabulary, dataset).words == vocabulary.words
    data = training_set(
        dataset.captions_of("train"), vocabulary, 4, 2, dataset.writers_of("train"), {"people": 0.3, "guide": 0.7}
    )
    guide = len(vocabulary) - 1
    assert data.tokens[:, :, 0].tolist() == [[1, 1], [1, guide], [guide, 0]]
    assert data.tokens[2, 1].tolist() == [0] * 6
    # People: a, end; end; a box, end. The guide: there is a box, end; there is a, end. Unknown words are not learnt.
    np.testing.assert_allclose(data.weights[[1, guide, 4]], [0.3 * 15 / 6, 0.7 * 15 / 9, 1.0], rtol=1e-6)


def test_longer_captions_get_no_larger_share_of_the_loss() -> None:
    captions, writers = {"a": ("b", "b c d e b")}, {"a": ("people", "guide")}
    vocabulary = Vocabulary((*SPECIALS, "b", "c", "d", "e", source_word("guide")))
    data = training_set(captions, vocabulary, 5, 2, writers, {"people": 0.5, "guide": 0.5})
    tokens = tf.constant(data.tokens)
    weights = weights_of_words(tokens, counted(tokens[:, :, 1:]), data.weights).numpy()
    assert weights.tolist() == [2.0] * 2 + [pytest.approx(2 / 3)] * 6


def test_shares_are_of_what_is_left_of_the_captions() -> None:
    captions, writers = {"a": ("b", "c", "d", "e")}, {"a": ("people", "people", "people", "guide")}
    vocabulary = Vocabulary((*SPECIALS, "b", "c", "d", "e", source_word("guide")))
    data = training_set(captions, vocabulary, 1, 2, writers, {"people": 0.5, "guide": 0.5})
    assert data.tokens.tolist() == [[[1, 4, 2], [8, 7, 2]]]
    np.testing.assert_array_equal(data.weights[[1, 8]], [1.0, 1.0])


def test_only_the_captions_of_one_source(two: Path) -> None:
    kept = _source(two).load().by("people", "train")
    assert kept.splits["train"] == ("here/a.png", "there/c.png")
    assert kept.captions_of("train")["there/c.png"] == ("a box",)
    assert sources_of(kept) == ["people"]


def test_the_first_source_is_that_of_the_first_file(two: Path) -> None:
    (two / "backwards").write_text("d.png\nc.png\na.png\n")
    files = [CaptionFile(two / "people.txt"), CaptionFile(two / "guide.txt", "guide")]
    dataset = load_dataset([two / "here", two / "there"], files, {"train": two / "backwards"})
    assert dataset.writers_of("train")[dataset.splits["train"][0]] == ("guide",)
    assert sources_of(dataset) == ["people", "guide"]
    assert with_sources(Vocabulary(SPECIALS), dataset).words[len(SPECIALS) :] == (source_word("guide"),)
    assert [line.split(":")[0] for line in dataset.report().splitlines()[1:3]] == ["by people", "by guide"]


def test_a_first_source_without_training_captions_is_refused(two: Path) -> None:
    (two / "last").write_text("d.png\n")
    files = [CaptionFile(two / "people.txt"), CaptionFile(two / "guide.txt", "guide")]
    dataset = load_dataset([two / "here", two / "there"], files, {"train": two / "last"})
    with pytest.raises(DatasetError, match="no training caption is by 'people', the source that is named first"):
        sources_of(dataset)


def test_references_are_by_the_first_source(two: Path) -> None:
    dataset = _source(two).load()
    said: list[str] = []
    references = dataset.references(["train"], said.append)
    assert references.captions_of("train") == {"here/a.png": ("a red square", "red"), "there/c.png": ("a box",)}
    assert said == [
        "left out: 1 of 3 train pictures, of which 'people' wrote no caption; "
        "sentences are scored against those of the first source alone"
    ]
    alone = load_dataset(two / "here", two / "people.txt", {"train": two / "one"})
    assert alone.references(["train"], said.append).digest() == alone.digest()
    assert len(said) == 1
