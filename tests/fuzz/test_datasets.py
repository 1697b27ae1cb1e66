"""A small slice of `python -m tests.fuzz.datasets`, and the inputs that it was begun for."""

import pickle
from collections import Counter
from pathlib import Path

import pytest

from tests.fuzz.datasets import DatasetCases, checkpoint
from tests.fuzz.harness import outcomes
from train.datasets.loading import read_captions
from train.encoders.torch_checkpoint import read_torch_checkpoint
from train.errors import DatasetError, UnsafePickleError, WeightsError


def test_damaged_files_are_read_or_refused() -> None:
    found = list(outcomes(DatasetCases(7), 0, 400))
    assert [str(outcome) for outcome in found if outcome.bad] == []
    assert len(found) == 400
    read = Counter(outcome.kind for outcome in found if outcome.result == "read")
    assert read["trapped"] == 0
    assert min(read[kind] for kind in ("tokens", "table", "coco", "json", "pickle", "pth")) > 0


_NESTED = b"K\x01" + b"2\x86" * 100


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\x80\x04}" + _NESTED + b"K\x01s.", "a tuple as a key"),
        (b"\x80\x04\x8f(" + _NESTED + b"\x90.", "a tuple as a key"),
        (b"cbuiltins\nbytes\n(I99999999999\ntR.", "holds a NoneType"),
        (b"\x80\x04\x8d\xff\xff\xff\xff\xff\xff\xff\x7fabc.", "not a readable pickle"),
        (b"I" + b"9" * 4000 + b"\n.", "a number that no data set holds"),
    ],
)
def test_a_pickle_costs_no_more_than_it_is_long(tmp_path: Path, content: bytes, message: str) -> None:
    file = tmp_path / "c.pkl"
    file.write_bytes(content)
    with pytest.raises(DatasetError, match=message):
        read_captions(file)


def test_a_memo_index_is_a_name_not_a_size(tmp_path: Path) -> None:
    file = tmp_path / "c.pkl"
    file.write_bytes(b"}r\xff\xff\xff\xffX\x01\x00\x00\x00aX\x05\x00\x00\x00A dogs.")
    assert read_captions(file).captions == {"a": ["A dog"]}


def test_captions_said_over_and_over_from_the_memo(tmp_path: Path) -> None:
    file = tmp_path / "c.pkl"
    texts = ["A dog runs ."] * 3000
    file.write_bytes(pickle.dumps({f"{number}.jpg": texts for number in range(3000)}))
    with pytest.raises(DatasetError, match="says the same captions over and over"):
        read_captions(file)


def test_python_2_text(tmp_path: Path) -> None:
    file = tmp_path / "c.pkl"
    file.write_bytes(b"}U\x05a.jpg]U\x0d" + "Ein Bär läuf".encode()[:13] + b"as.")
    assert read_captions(file).captions == {"a.jpg": ["Ein Bär läu"]}


@pytest.mark.parametrize(
    ("offset", "shape", "strides"),
    [
        (0, (4, 4), (4, 1)),
        (9, (2, 2), (2, 1)),
        (13, (1,), (1,)),
        (0, (2,), (2**40,)),
        (0, (2, 3), (2**62 - 1, 1)),
        (0, (2**40,), (0,)),
    ],
)
def test_a_tensor_outside_its_storage(
    tmp_path: Path, offset: int, shape: tuple[int, ...], strides: tuple[int, ...]
) -> None:
    file = tmp_path / "w.pth"
    file.write_bytes(checkpoint({"w": (12, offset, shape, strides)}))
    with pytest.raises(WeightsError, match="'w' reaches beyond its storage"):
        read_torch_checkpoint(file)


@pytest.mark.parametrize(
    ("offset", "shape", "strides"), [(-1, (1,), (1,)), (0, (-1,), (1,)), (0, (2,), (-1,)), (0, (2,), ())]
)
def test_a_tensor_of_no_shape(tmp_path: Path, offset: int, shape: tuple[int, ...], strides: tuple[int, ...]) -> None:
    file = tmp_path / "w.pth"
    file.write_bytes(checkpoint({"w": (12, offset, shape, strides)}))
    with pytest.raises(WeightsError, match="a tensor"):
        read_torch_checkpoint(file)


def test_a_whole_checkpoint_and_one_that_ends_early(tmp_path: Path) -> None:
    file = tmp_path / "w.pth"
    whole = checkpoint({"w": (12, 0, (3, 4), (4, 1)), "b": (4, 1, (3,), (1,))})
    file.write_bytes(whole)
    assert {name: array.shape for name, array in read_torch_checkpoint(file).items()} == {"w": (3, 4), "b": (3,)}
    file.write_bytes(whole[:-3])
    with pytest.raises(WeightsError, match="the file ends early"):
        read_torch_checkpoint(file)
    file.write_bytes(b"PK\x03\x04" + b"\0" * 40)
    with pytest.raises(WeightsError, match="newer"):
        read_torch_checkpoint(file)


def test_a_checkpoint_that_names_code(tmp_path: Path) -> None:
    file = tmp_path / "w.pth"
    file.write_bytes(checkpoint({"w": (1, 0, (1,), (1,))}).replace(b"ctorch\nFloatStorage\n", b"cos\nsystem\n"))
    with pytest.raises(UnsafePickleError, match=r"os\.system"):
        read_torch_checkpoint(file)


def test_json_that_is_nested_deeply(tmp_path: Path) -> None:
    file = tmp_path / "c.json"
    file.write_text('{"a.jpg": ' + "[" * 40_000 + "]" * 40_000 + "}")
    with pytest.raises(DatasetError, match="nested too deeply"):
        read_captions(file)
