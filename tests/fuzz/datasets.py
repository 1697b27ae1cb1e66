"""Damaged captions files, pickles and PyTorch checkpoints: `python -m tests.fuzz.datasets --count 8000`; see `tests.fuzz.harness`."""

import collections
import contextlib
import json
import pickle
import random
import struct
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from edge_runtime.errors import EdgeCaptionError
from tests.fuzz.harness import ViolationError, main
from train.datasets.loading import load_dataset
from train.datasets.tokeniser import tokenise
from train.encoders.torch_checkpoint import read_torch_checkpoint

_NAMES = ["a.jpg", "b.jpg", "c.jpg"]
_TEXTS = ["A dog runs .", 'A "red" sign', "एक कुत्ता पानी", "A man, a boy", "İki köpek", "x\u2028y\x85z", ""]
_ODD = [
    "\0",
    "\x1b[2J",
    "\ud7ff",
    "\u2028",
    "\x85",
    "\x0c",
    '"',
    "\n",
    "\r",
    ",",
    "\t",
    "|",
    "#",
    "{",
    "[",
    "\ufeff",
    "9" * 400,
]
_NUMBERS = (0, 1, 255, 2**31 - 1, 2**31, 2**63 - 1, 2**64 - 1)

Maker = Callable[[random.Random], tuple[str, bytes]]


class _Trap:
    def __init__(self, mark: str) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[Any, ...]:
        return (open, (self.mark, "w"))


def _content(rng: random.Random) -> dict[str, list[str]]:
    return {name: [rng.choice(_TEXTS) for _ in range(rng.randint(0, 3))] for name in _NAMES}


def _tokens(rng: random.Random) -> tuple[str, bytes]:
    rows = [f"{name}#{place}\t{text}" for name, texts in _content(rng).items() for place, text in enumerate(texts)]
    return "captions.txt", rng.choice(["\n", "\r\n", "\r"]).join(rows).encode()


def _table(rng: random.Random) -> tuple[str, bytes]:
    separator = rng.choice([",", ";", "\t", "|"])
    header = separator.join(
        rng.choice([["image", "caption"], ["", "image", "caption"], ["image_name", "n", "comment"]])
    )
    quote = rng.choice(["", '"', '""'])
    rows = [f"{name}{separator}{quote}{text}{quote}" for name, texts in _content(rng).items() for text in texts]
    return "captions.csv", "\n".join([header, *rows]).encode()


def _coco(rng: random.Random) -> tuple[str, bytes]:
    ids: list[Any] = [1, "1", 2, 2.0, None, [], 10**30, True, float("nan")]
    images = [{"id": rng.choice(ids), "file_name": rng.choice([*_NAMES, 7, None])} for _ in range(4)]
    notes = [{"image_id": rng.choice(ids), "caption": rng.choice([*_TEXTS, 3, None])} for _ in range(8)]
    return "captions.json", json.dumps({"images": images, "annotations": notes}).encode()


def _json(rng: random.Random) -> tuple[str, bytes]:
    content = _content(rng)
    records = [{"file_name": name, "text": text} for name, texts in content.items() for text in texts]
    karpathy = [
        {"filename": n, "split": "val", "sentences": [{"raw": t} for t in texts]} for n, texts in content.items()
    ]
    form = rng.randrange(5)
    if form == 4:
        depth = rng.choice([10, 900, 1100, 40_000])
        return "captions.json", b'{"a.jpg":' + b"[" * depth + b"]" * rng.choice([depth, 0]) + b"}"
    texts = [
        json.dumps(content),
        json.dumps(records),
        "\n".join(map(json.dumps, records)),
        json.dumps({"images": karpathy}),
    ]
    return "captions.json", texts[form].encode()


def _pickle(rng: random.Random) -> tuple[str, bytes]:
    content: Any = _content(rng)
    if rng.random() < 0.3:
        content = collections.OrderedDict(content) if rng.random() < 0.5 else collections.defaultdict(list, content)
    if rng.random() < 0.2:
        content["a.jpg"] = rng.choice([{1, 2}, ("x", ("y",)), 2**100, frozenset(["A"]), content["b.jpg"]])
    return "captions.pkl", pickle.dumps(content, rng.randint(0, 5))


def _bomb(rng: random.Random) -> tuple[str, bytes]:
    """Pickles that ask for far more than they are long."""
    number = rng.choice(_NUMBERS)
    kinds = [
        b"\x80\x04}" + b")" + b"\x85\x94h\x00h\x00\x86" * 1 + b"2\x86" * rng.randint(20, 400) + b"K\x01s.",
        b"\x80\x04\x8f(" + b"K\x01" + b"2\x86" * rng.randint(20, 400) + b"\x90.",
        b"\x80\x02}r" + struct.pack("<I", number & 0xFFFFFFFF) + b".",
        b"}p" + str(number).encode() + b"\n.",
        b"\x80\x04\x8d" + struct.pack("<Q", number) + b"abc.",
        b"\x80\x04\x95" + struct.pack("<Q", number) + b"}.",
        b"cbuiltins\nbytes\n(I" + str(number).encode() + b"\ntR.",
        b"cbuiltins\nstr\n(" + b"](K\x01e2\x86" + b"2\x86" * rng.randint(1, 60) + b"tR.",
        b"}X\x05\x00\x00\x00a.jpg](X\x00\x00\x02\x00"
        + b"A" * 131072
        + b"q\x00"
        + b"h\x00" * rng.randint(1, 60_000)
        + b"es.",
        b"(" * rng.randint(1, 100_000) + b".",
        b"]" * rng.randint(1, 100_000) + b".",
        b"\x80\x02\x8b" + struct.pack("<i", number & 0x7FFFFFFF) + b"\x01.",
        b"I" + b"9" * rng.choice([10, 400, 100_000]) + b"\n.",
    ]
    return "captions.pkl", rng.choice(kinds)


def _trapped(rng: random.Random) -> tuple[str, bytes]:
    mark = "MARK"
    return "captions.pkl", rng.choice(
        [
            pickle.dumps({"a.jpg": _Trap(mark)}, rng.randint(0, 5)),
            b"cos\nsystem\n(S'touch " + mark.encode() + b"'\ntR.",
            b"(S'touch " + mark.encode() + b"'\nios\nsystem\n.",
            b"\x80\x04\x8c\x02os\x8c\x06system\x93(\x8c\x0atouch MARKtR.",
        ]
    )


def checkpoint(tensors: dict[str, tuple[int, int, tuple[int, ...], tuple[int, ...]]]) -> bytes:
    """A legacy `.pth` file as `torch.save` writes it.

    Args:
        tensors: Name -> (numbers of its storage, offset, shape, strides).
    """
    out = [pickle.dumps(value, 2) for value in (0x1950A86A20F9469CFC6C, 1001, {"little_endian": True})]
    out.append(b"\x80\x02ccollections\nOrderedDict\n)R(")
    for name, (count, offset, shape, strides) in tensors.items():
        storage = (
            b"("
            + _opcodes("storage")
            + b"ctorch\nFloatStorage\n"
            + b"".join(map(_opcodes, (name, "cpu", count)))
            + b"NtQ"
        )
        view = b"".join(map(_opcodes, (offset, shape, strides)))
        out.append(_opcodes(name) + b"ctorch._utils\n_rebuild_tensor_v2\n(" + storage + view + b"\x89}tR")
    out += [b"u.", pickle.dumps(list(tensors), 2)]
    out += [struct.pack("<q", count) + struct.pack("<f", 1.0) * count for count, *_ in tensors.values()]
    return b"".join(out)


def _opcodes(value: Any) -> bytes:
    """What puts a value on a pickle's stack."""
    return pickle.dumps(value, 2)[2:-1]


def _pth(rng: random.Random) -> tuple[str, bytes]:
    numbers = (0, 1, 2, 3, 4, 12, -1, 2**31, 2**40, 2**62)
    tensors = {}
    for name in ("w", "b"):
        axes = rng.randint(0, 3)
        shape = tuple(rng.choice(numbers) if rng.random() < 0.2 else rng.randint(1, 3) for _ in range(axes))
        strides = tuple(rng.choice(numbers) if rng.random() < 0.2 else rng.randint(1, 4) for _ in range(axes))
        tensors[name] = (12, rng.choice(numbers) if rng.random() < 0.2 else 0, shape, strides)
    return "weights.pth", checkpoint(tensors)


MAKERS: tuple[Maker, ...] = (_tokens, _table, _coco, _json, _pickle, _bomb, _trapped, _pth)


def damaged(data: bytes, rng: random.Random) -> bytes:
    """Some bytes changed, cut out, said twice, or an odd character put in; one in four stays whole."""
    if rng.random() < 0.25 or not data:
        return data
    out = bytearray(data)
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(out) + 1)
        kind = rng.randrange(5)
        if kind == 0:
            out[at : at + 1] = bytes([rng.randrange(256)])
        elif kind == 1:
            del out[at : at + rng.randint(1, 20)]
        elif kind == 2:
            out[at:at] = out[max(0, at - 30) : at]
        elif kind == 3:
            out[at:at] = rng.choice(_ODD).encode()
        else:
            out[at : at + 8] = struct.pack("<Q", rng.choice(_NUMBERS))
    return bytes(out)


@dataclass(frozen=True)
class DatasetCases:
    """Damaged captions files and weights; see `Cases`. Code that a file holds must not be run.

    Attributes:
        seed: Of all cases.
    """

    seed: int
    refusals: ClassVar[tuple[type[Exception], ...]] = (EdgeCaptionError,)
    reading_is_limited: ClassVar[bool] = True

    def prepare(self, folder: Path) -> None:
        """Make the pictures that captions are of, and read one of each kind whole."""
        (folder / "images").mkdir()
        for picture in _NAMES:
            (folder / "images" / picture).touch()
        (folder / "inputs").mkdir()
        for maker in MAKERS:
            name, data = maker(random.Random(0))
            with contextlib.suppress(EdgeCaptionError):
                _read(Path("images"), Path("inputs") / name, data)

    def kind(self, number: int) -> str:
        """See `Cases`."""
        return _maker(number).__name__.strip("_")

    def content(self, number: int) -> bytes:
        """See `Cases`."""
        return self._input(number)[1]

    def attempt(self, number: int) -> None:
        """See `Cases`."""
        before = {*Path().iterdir()}
        name, data = self._input(number)
        try:
            _read(Path("images"), Path("inputs") / name, data)
        finally:
            if {*Path().iterdir()} - before:
                raise ViolationError("code was run")

    def _input(self, number: int) -> tuple[str, bytes]:
        rng = random.Random(f"{self.seed} {number}")
        name, data = _maker(number)(rng)
        return name, damaged(data, rng)


def _maker(number: int) -> Maker:
    return MAKERS[number % len(MAKERS)]


def _read(images: Path, file: Path, data: bytes) -> None:
    file.write_bytes(data)
    if file.suffix == ".pth":
        read_torch_checkpoint(file)
        return
    dataset = load_dataset(images, file, holdout=(0.3, 0.0))
    dataset.report().encode()
    dataset.digest()
    for texts in dataset.captions.values():
        for text in texts:
            tokenise(text)


if __name__ == "__main__":
    sys.exit(main(DatasetCases, "damaged captions files, pickles and checkpoints"))
