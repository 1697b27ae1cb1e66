import collections
import json
import pickle
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from train.datasets.base import CaptionTable
from train.datasets.loading import DatasetSource, flickr8k_source, load_dataset
from train.datasets.sizes import mixed_sizes
from train.errors import DatasetError, UnsafePickleError


@pytest.fixture
def images(tmp_path: Path) -> Path:
    folder = tmp_path / "images"
    folder.mkdir()
    for name in ("a.jpg", "b.jpg", "c.jpg"):
        Image.new("RGB", (20, 20)).save(folder / name)
    return folder


_CAPTIONS = {"a.jpg": ["A dog , runs .", "Two dogs"], "b.jpg": ["A cat"], "c.jpg": ["A bird"]}


def _no_holdout(images: Path, captions: Path, **options: object) -> dict[str, tuple[str, ...]]:
    dataset = load_dataset(images, captions, holdout=(0, 0), **options)  # type: ignore[arg-type]
    return dict(dataset.captions)


def test_every_format_reads_the_same(images: Path, tmp_path: Path) -> None:
    expected = {name: tuple(texts) for name, texts in _CAPTIONS.items()}
    tokens = tmp_path / "t.txt"
    tokens.write_text("".join(f"{n}#{i}\t{t}\n" for n, texts in _CAPTIONS.items() for i, t in enumerate(texts)))
    kaggle = tmp_path / "captions.txt"
    kaggle.write_text("image,caption\n" + "".join(f'{n},"{t}"\n' for n, texts in _CAPTIONS.items() for t in texts))
    pickled = tmp_path / "captions.pkl"
    pickled.write_bytes(pickle.dumps(_CAPTIONS))
    coco = tmp_path / "captions.json"
    ids = {name: index for index, name in enumerate(_CAPTIONS)}
    annotations = [{"image_id": ids[n], "caption": t} for n, texts in _CAPTIONS.items() for t in texts]
    coco.write_text(
        json.dumps({"images": [{"id": i, "file_name": n} for n, i in ids.items()], "annotations": annotations})
    )
    for file in (tokens, kaggle, pickled, coco):
        assert _no_holdout(images, file) == expected


def test_kaggle_captions_may_hold_commas_unquoted(images: Path, tmp_path: Path) -> None:
    file = tmp_path / "captions.txt"
    file.write_text("image,caption\na.jpg,A dog , in the snow , runs\n")
    assert _no_holdout(images, file)["a.jpg"] == ("A dog , in the snow , runs",)


@pytest.mark.parametrize("kind", [dict, collections.OrderedDict, lambda d: collections.defaultdict(list, d)])
@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_pickles_of_every_protocol(images: Path, tmp_path: Path, kind: object, protocol: int) -> None:
    file = tmp_path / "captions.pkl"
    file.write_bytes(pickle.dumps(kind(_CAPTIONS), protocol))  # type: ignore[operator]
    assert set(_no_holdout(images, file)) == set(_CAPTIONS)


class _Trap:
    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return (Path.touch, (self.path,))


def test_a_pickle_that_runs_code_is_refused_and_runs_nothing(images: Path, tmp_path: Path) -> None:
    file, mark = tmp_path / "captions.pkl", tmp_path / "ran"
    file.write_bytes(pickle.dumps({"a.jpg": _Trap(mark)}))
    with pytest.raises(UnsafePickleError, match="could run code, so it was refused"):
        load_dataset(images, file)
    file.write_bytes(b"cos\nsystem\n(S'touch " + str(mark).encode() + b"'\ntR.")
    with pytest.raises(UnsafePickleError, match=r"os\.system"):
        load_dataset(images, file)
    assert not mark.exists()


def test_what_is_left_out_is_said(images: Path, tmp_path: Path) -> None:
    tokens = tmp_path / "t.txt"
    tokens.write_text(
        "a.jpg#0\tA dog\na.jpg#1\t  \nnonsense\nz.jpg#0\tNot there\n2258277193_586949ec62.jpg.1#0\tOrphan\nb.jpg#0\tA cat\n"
    )
    dataset = load_dataset(images, tokens, holdout=(0, 0))
    assert dict(dataset.captions) == {"a.jpg": ("A dog",), "b.jpg": ("A cat",)}
    report = dataset.report()
    assert "train 2 pictures / 2 captions" in report
    assert "left out 1: the caption is empty (a.jpg)" in report
    assert "left out 1: not of the form NAME#K<TAB>caption (line 3)" in report
    assert f"left out 2: no such picture in {images} (z.jpg, 2258277193_586949ec62.jpg.1)" in report
    assert "left out 1: a picture without captions (c.jpg)" in report


def test_split_files(images: Path, tmp_path: Path) -> None:
    tokens = tmp_path / "t.txt"
    tokens.write_text("a.jpg#0\tA dog\nb.jpg#0\tA cat\nc.jpg#0\tA bird\n")
    (tmp_path / "train").write_text("a.jpg\nz.jpg\n")
    (tmp_path / "dev").write_text("a.jpg\nb.jpg\n")
    dataset = load_dataset(images, tokens, {"train": tmp_path / "train", "dev": tmp_path / "dev"})
    assert dataset.splits == {"train": ("a.jpg",), "dev": ("b.jpg",), "test": ()}
    report = dataset.report()
    assert "in the train split, but without picture or captions (z.jpg)" in report
    assert "stands twice in the split files (train keeps it) (a.jpg)" in report
    assert "a picture in no split (c.jpg)" in report


def test_random_split_repeats_with_its_seed(images: Path, tmp_path: Path) -> None:
    for index in range(40):
        Image.new("RGB", (20, 20)).save(images / f"{index}.png")
    file = tmp_path / "c.pkl"
    file.write_bytes(pickle.dumps({f"{i}.png": ["A dog"] for i in range(40)}))
    one, same, other = (load_dataset(images, file, holdout=(0.25, 0.1), seed=seed).splits for seed in (1, 1, 2))
    assert one == same
    assert one != other
    assert [len(one[split]) for split in ("train", "dev", "test")] == [26, 10, 4]


def test_captions_that_do_not_match_their_pictures(images: Path, tmp_path: Path) -> None:
    file = tmp_path / "captions.pkl"
    file.write_bytes(pickle.dumps({"x.jpg": ["A dog"]}))
    with pytest.raises(DatasetError, match=r"none of its captions has a picture in .*left out 1: no such picture"):
        load_dataset(images, file)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("c.pkl", b"no pickle", "not a readable pickle"),
        ("c.pkl", b"", "not a readable pickle"),
        ("c.pkl", pickle.dumps(["a"]), "holds a list; it must map"),
        ("c.json", b"{", "not JSON"),
        ("c.json", b'{"images": []}', "no lists 'images' and 'annotations'"),
        ("c.txt", b"hello", "captions in no known format"),
        ("c.txt", b"\xff\xfe", "holds nothing"),
    ],
)
def test_captions_files_that_are_refused(images: Path, tmp_path: Path, name: str, content: bytes, message: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DatasetError, match=message) as caught:
        load_dataset(images, tmp_path / name)
    assert str(tmp_path / name) in str(caught.value)


def test_missing_folders_and_files(images: Path, tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="no such folder of pictures"):
        load_dataset(tmp_path / "none", tmp_path / "none.txt")
    with pytest.raises(DatasetError, match="cannot be read"):
        load_dataset(images, tmp_path / "none.txt")
    with pytest.raises(DatasetError, match=r"no Flickr8k\.token\.txt"):
        flickr8k_source(tmp_path)


def test_odd_captions_are_left_out() -> None:
    table = CaptionTable(Path("x"))
    table.add("a", 7)
    assert [item.why for item in table.left_out] == ["the caption is not text"]


def test_a_source_goes_there_and_back(tmp_path: Path) -> None:
    source = DatasetSource(tmp_path, tmp_path / "c", {"train": (tmp_path / "t",)}, "coco", (0.2, 0.0), 3)
    assert DatasetSource.from_json(source.to_json()) == source


def test_flickr8k_as_it_is(flickr8k: Path) -> None:
    dataset = flickr8k_source(flickr8k).load()
    assert {split: len(names) for split, names in dataset.splits.items()} == {"train": 6000, "dev": 1000, "test": 1000}
    assert sum(len(texts) for texts in dataset.captions.values()) == 40000
    assert dataset.left_out == ()


def test_pictures_named_without_their_ending(images: Path, tmp_path: Path) -> None:
    (images / "c.png").write_bytes((images / "c.jpg").read_bytes())
    file = tmp_path / "captions.pkl"
    file.write_bytes(pickle.dumps({"a": ["A dog"], "b.jpg": ["A cat"], "b": ["Not this"], "c": ["Which one?"]}))
    dataset = load_dataset(images, file, holdout=(0, 0))
    assert dict(dataset.captions) == {"a.jpg": ("A dog",), "b.jpg": ("A cat",)}
    lost = [item.row for item in dataset.left_out if item.why.startswith("no such picture")]
    assert lost == ["b", "c"]


def test_pictures_of_mixed_sizes_are_named(images: Path) -> None:
    names = ["a.jpg", "b.jpg", "c.jpg"]
    assert mixed_sizes(images, names, 224) is None
    Image.new("RGB", (30, 10)).save(images / "b.jpg")
    (images / "broken.jpg").write_bytes(b"no picture")
    assert mixed_sizes(images, [*names, "broken.jpg"], 224) == (
        f"{images}: 3 pictures of 2 sizes (a.jpg 20 x 20, b.jpg 30 x 10), all resized to 224 x 224"
    )


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_pickles_of_sets_and_tuples(images: Path, tmp_path: Path, protocol: int) -> None:
    file = tmp_path / "captions.pkl"
    content = {
        "a.jpg": {"A dog"},
        "b.jpg": frozenset(["A cat"]),
        "c.jpg": ("A bird", "A gull"),
        7: ["x"],
        "d.jpg": None,
    }
    file.write_bytes(pickle.dumps(content, protocol))
    dataset = load_dataset(images, file, holdout=(0, 0))
    assert dict(dataset.captions) == {"a.jpg": ("A dog",), "b.jpg": ("A cat",), "c.jpg": ("A bird", "A gull")}
    assert [item.why for item in dataset.left_out] == [
        "the picture's name is not text",
        "the captions are not a list of text",
    ]


def _read(images: Path, tmp_path: Path, text: str | bytes, name: str = "captions.txt") -> tuple[dict[str, Any], str]:
    file = tmp_path / name
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    dataset = load_dataset(images, file, holdout=(0, 0))
    return dict(dataset.captions), dataset.report()


def test_a_quote_that_is_not_closed_swallows_nothing(images: Path, tmp_path: Path) -> None:
    text = 'image,caption\na.jpg,"A sign that says stop\nb.jpg,A dog\nc.jpg,A "quoted" man\n'
    captions, report = _read(images, tmp_path, text)
    assert captions == {"b.jpg": ("A dog",), "c.jpg": ('A "quoted" man',)}
    assert "left out 1: a quote that is not closed (line 2)" in report
    captions, report = _read(images, tmp_path, 'image,caption\nb.jpg,A dog\na.jpg,"The end')
    assert captions == {"b.jpg": ("A dog",)}
    assert "a quote that is not closed (line 3)" in report


@pytest.mark.parametrize(
    ("text", "caption"),
    [
        ('image,caption\na.jpg,"Stop" sign\n', '"Stop" sign'),
        ('image,caption\na.jpg,"A ""red"" sign, here"\n', 'A "red" sign, here'),
        ('image,caption\na.jpg,"A dog\nin two lines"\n', "A dog\nin two lines"),
        ('image,caption\na.jpg,A 10" ruler\n', 'A 10" ruler'),
        ('"image","caption"\n"a.jpg","A dog"\n', "A dog"),
        (",image,caption\n0,a.jpg,A dog\n", "A dog"),
        ("caption,image\nA dog,a.jpg\n", "A dog"),
        ("image;caption\r\na.jpg;A dog, here\r\n", "A dog, here"),
        ("image\tcaption\na.jpg\tA dog\n", "A dog"),
        ("image_name| comment_number| comment\na.jpg| 0| A dog , here .\n", "A dog , here ."),
        ("image,caption\ra.jpg,A dog\r", "A dog"),
        ("\n \nimage,caption\na.jpg,A dog\n", "A dog"),
        ('"image","caption"\n"a.jpg","A dog\u2028here"\n', "A dog\u2028here"),
    ],
)
def test_tables_as_people_have_them(images: Path, tmp_path: Path, text: str, caption: str) -> None:
    assert _read(images, tmp_path, text)[0] == {"a.jpg": (caption,)}


def test_an_id_that_two_coco_images_have(images: Path, tmp_path: Path) -> None:
    content = {
        "images": [{"id": i, "file_name": n} for i, n in (("1", "a.jpg"), (2, "b.jpg"), ("2", "c.jpg"), (1, "a.jpg"))],
        "annotations": [
            {"image_id": i, "caption": c} for i, c in ((1, "A dog"), ("1", "Two"), (2, "?"), (1.0, "Three"))
        ],
    }
    captions, report = _read(images, tmp_path, json.dumps(content))
    assert captions == {"a.jpg": ("A dog", "Two", "Three")}
    assert "an id that two images have, so that its captions belong to neither (id 2: c.jpg)" in report
    assert "a caption of an id that two images have (image_id 2)" in report


@pytest.mark.parametrize(
    "content",
    [
        '{"a.jpg": ["A dog", "Two"], "b.jpg": "A cat"}',
        '{"a.jpg": ["A dog"], "b.jpg": ["A cat"], "a.jpg": ["Two"]}',
        '[{"image": "a.jpg", "caption": "A dog"}, {"image": "a.jpg", "caption": "Two"}, {"image": "b.jpg", "captions": ["A cat"]}]',
        '{"file_name": "a.jpg", "text": "A dog"}\n{"file_name": "a.jpg", "text": "Two"}\n{"file_name": "b.jpg", "text": "A cat"}\n',
        '{"images": [{"filename": "a.jpg", "sentences": [{"raw": "A dog"}, {"raw": "Two"}]}, '
        '{"filename": "b.jpg", "sentences": [{"raw": "A cat"}]}]}',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_json_as_people_have_it(images: Path, tmp_path: Path, content: str, encoding: str) -> None:
    assert _read(images, tmp_path, content.encode(encoding))[0] == {"a.jpg": ("A dog", "Two"), "b.jpg": ("A cat",)}


def test_a_damaged_json_line_is_left_out(images: Path, tmp_path: Path) -> None:
    lines = '{"file_name": "a.jpg", "text": "A dog"}\n{"file_name": "b.jpg", "te\n{"file_name": "c.jpg"}\n'
    captions, report = _read(images, tmp_path, lines)
    assert captions == {"a.jpg": ("A dog",)}
    assert "left out 2: an object without one picture and its captions (line 2, line 3)" in report


def test_karpathy_says_the_splits(images: Path, tmp_path: Path) -> None:
    images_of = [
        {"filename": name, "split": split, "sentences": [{"raw": "A dog"}]}
        for name, split in (("a.jpg", "restval"), ("b.jpg", "val"), ("c.jpg", "test"))
    ]
    file = tmp_path / "dataset.json"
    file.write_text(json.dumps({"images": images_of}))
    assert load_dataset(images, file).splits == {"train": ("a.jpg",), "dev": ("b.jpg",), "test": ("c.jpg",)}


def test_lines_end_where_lines_end(images: Path, tmp_path: Path) -> None:
    text = "a.jpg#0\tA dog\u0085 runs\r\nb.jpg#0\tA\u2028cat\rc.jpg#0\tA form\x0cfeed\x1e bird\n"
    assert _read(images, tmp_path, text)[0] == {
        "a.jpg": ("A dog\u0085 runs",),
        "b.jpg": ("A\u2028cat",),
        "c.jpg": ("A form\x0cfeed\x1e bird",),
    }
    (tmp_path / "train").write_text("a.jpg\r\nb\u0085.jpg\nc.jpg")
    dataset = load_dataset(images, tmp_path / "captions.txt", {"train": tmp_path / "train"})
    assert dataset.splits["train"] == ("a.jpg", "c.jpg")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\x1f\x8b\x08\0\0", "compressed by gzip, .* gunzip"),
        (b"PK\x03\x04\0", "a zip archive"),
        (b"PAR1\0", "a Parquet table"),
        (
            "image,caption\na.jpg,Ein schöner Hund\n".encode("latin-1"),
            "from line 2 on, perhaps Latin-1 or Windows-1252; .*iconv",
        ),
        ("a.jpg#0\tA dog\n".encode("utf-16-le"), "UTF-16 text without a byte order mark"),
        (pickle.dumps({"a.jpg": ["A dog"]}), "a pickle; pass --format pickle"),
        (b"[1, 2, 3]", "without a picture .* and its caption"),
        (b'{"a.jpg": NaN}', "none of its captions has a picture"),
        (b"7", "no known format"),
        (b"", "holds nothing"),
    ],
)
def test_files_of_another_kind_are_called_by_their_name(
    images: Path, tmp_path: Path, content: bytes, message: str
) -> None:
    with pytest.raises(DatasetError, match=message):
        _read(images, tmp_path, content)


def test_a_name_may_not_lead_out_of_the_folder(images: Path, tmp_path: Path) -> None:
    Image.new("RGB", (20, 20)).save(tmp_path / "secret.jpg")
    text = json.dumps({"../secret.jpg": ["x"], str(tmp_path / "secret.jpg"): ["y"], "a.jpg": ["A dog"]})
    captions, report = _read(images, tmp_path, text)
    assert captions == {"a.jpg": ("A dog",)}
    assert "left out 2: a name that leads out of the folder of pictures" in report


def test_what_is_said_of_a_file_is_printable_and_short(images: Path, tmp_path: Path) -> None:
    text = json.dumps({"a.jpg": ["A dog", "x" * 10_001, "\ud800"], "\x1b[2J" + "n" * 500: ["y"]})
    captions, report = _read(images, tmp_path, text)
    assert captions == {"a.jpg": ("A dog",)}
    assert "the caption is longer than 10,000 characters (a.jpg)" in report
    assert "half a character" in report
    assert "\x1b" not in report
    assert max(map(len, report.split("\n"))) < 400


def test_rows_left_out_by_the_thousand_are_counted(tmp_path: Path) -> None:
    table = CaptionTable(tmp_path)
    for number in range(5000):
        table.leave_out(f"line {number}", "of no form")
    assert len(table.left_out) == 1001
    assert sum(item.count for item in table.left_out) == 5000


def test_a_trial_takes_pictures_spread_over_each_split(images: Path, tmp_path: Path) -> None:
    file = tmp_path / "c.json"
    file.write_text(json.dumps({name: ["A dog"] for name in ("a.jpg", "b.jpg", "c.jpg")}))
    dataset = load_dataset(images, file, {"train": _listed(tmp_path, "a.jpg\nb.jpg\nc.jpg")}).limited(2)
    assert dataset.splits == {"train": ("a.jpg", "b.jpg"), "dev": (), "test": ()}


def _listed(tmp_path: Path, text: str) -> Path:
    (tmp_path / "listed").write_text(text)
    return tmp_path / "listed"
