"""Damaged bundles, opened and captioned with: `python -m tests.fuzz.bundles --count 1000`; see `tests.fuzz.harness`.

LiteRT's graphs are left out: that library crashes on damaged ones, which the docs say.
"""

import contextlib
import functools
import hashlib
import io
import json
import os
import random
import shutil
import sys
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from edge_runtime import Captioner
from edge_runtime.bundle.decoder_spec import NEXT, RESERVED, DecoderSpec, TensorSpec
from edge_runtime.bundle.reader import Bundle
from edge_runtime.bundle.tuned_variant import cache_file, remember
from edge_runtime.errors import EdgeCaptionError
from tests.fuzz.harness import main
from tests.judged_bundle import as_npy, judged_bundle, matrix
from tests.tiny_bundle import write_bundle

KINDS = ("manifest", "graph", "zip", "vocabulary", "tuned", "decoder", "judge")
_DEFAULT = Path(__file__).parents[2] / "edge_runtime" / "models" / "default"
_VALUES: tuple[Any, ...] = (
    *(
        None,
        True,
        -1,
        0,
        1,
        2**31,
        2**63,
        10**9,
        10**400,
        1e308,
        "",
        "a",
        "\ud800",
        "../x",
        "/dev/zero",
        "*/_ORT_MEM_ADDR_/*",
    ),
    *([], {}, [[[[]]]], "x" * 10_000, [1] * 1000),
)


@dataclass(frozen=True)
class BundleCases:
    """Damaged bundles, each opened and asked for sentences; see `Cases`.

    Attributes:
        seed: Of all cases.
        kinds: Of `KINDS`, one after the other.
    """

    seed: int
    kinds: tuple[str, ...] = KINDS
    refusals: ClassVar[tuple[type[Exception], ...]] = (EdgeCaptionError,)
    # A whole model takes what it takes; what is refused must not.
    reading_is_limited: ClassVar[bool] = False

    def prepare(self, folder: Path) -> None:
        """Make the whole bundles, and caption with both."""
        write_bundle(folder / "tiny")
        shutil.copytree(_DEFAULT, folder / "whole")
        for name in ("tiny", "whole"):
            _caption(folder / name)

    def kind(self, number: int) -> str:
        """See `Cases`."""
        return self.kinds[number % len(self.kinds)]

    def content(self, number: int) -> bytes:
        """A zip of the bundle, or the file that passes for one."""
        with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
            os.environ["XDG_CACHE_HOME"] = folder
            tiny, whole = write_bundle(Path(folder) / "tiny"), Path(folder) / "whole"
            shutil.copytree(_DEFAULT, whole)
            bundle = self._bundle(number, tiny, whole)
            if bundle.is_dir():
                bundle = Path(shutil.make_archive("case", "zip", bundle))
            return bundle.read_bytes()

    def make(self, number: int) -> Callable[[], None]:
        """See `Cases`."""
        # What the case before has left.
        shutil.rmtree("case", ignore_errors=True)
        Path("case.zip").unlink(missing_ok=True)
        cache_file().unlink(missing_ok=True)
        return functools.partial(_caption, self._bundle(number, Path("tiny").absolute(), Path("whole").absolute()))

    def _bundle(self, number: int, tiny: Path, whole: Path) -> Path:
        return _DAMAGE[self.kind(number)](random.Random(f"{self.seed} {number}"), tiny, whole)


def _caption(bundle: Path) -> None:
    captioner = Captioner.load(bundle, threads=1)
    dark, grey = (np.full((64, 64, 3), value, np.uint8) for value in (0, 90))
    sentences = [captioner.caption(picture, beam) for picture in (dark, grey) for beam in (1, 3)]
    if captioner.manifest.wording is not None:
        sentences.append(Captioner.load(bundle, threads=1, wording="neutral").caption(grey))
    json.dumps([(caption.token_log_probs, caption.confidence) for caption in sentences], allow_nan=False)


def _damaged(chance: random.Random, content: bytes) -> bytes:
    """Some bytes flipped, cut, doubled, moved or put to an extreme."""
    found = bytearray(content)
    for _ in range(chance.choice((1, 1, 1, 1, 1, 1, 2, 4, 16))):
        at, size = chance.randrange(len(found) + 1), chance.choice((1, 1, 1, 1, 2, 8, 64))
        match chance.choice((0, 1, 1, 1, 2, 3, 4, 5)):
            case 0:
                found[at : at + 1] = bytes([chance.randrange(256)])
            case 1:
                found[at : at + 1] = bytes([(found[at] if at < len(found) else 0) ^ 1 << chance.randrange(8)])
            case 2:
                del found[at : at + size]
            case 3:
                found[at:at] = found[at : at + size]
            case 4:
                found[at : at + size] = chance.choice((b"\xff", b"\x00", b"\x7f", b"\x80")) * size
            case _:
                found[at:at] = chance.randbytes(size)
    return bytes(found[: chance.randrange(len(found) + 1)] if chance.random() < 0.05 else found)


def _copied(bundle: Path) -> Path:
    target = bundle.with_name("case")
    target.mkdir()
    for file in bundle.iterdir():
        os.link(file, target / file.name)
    return target


def _write(file: Path, content: bytes) -> None:
    file.unlink()  # it is a second name of the whole bundle's
    file.write_bytes(content)


def _with(bundle: Path, name: str, content: bytes) -> None:
    """Put a file into a bundle whose manifest then says so."""
    _write(bundle / name, content)

    def entries(value: Any) -> None:
        if isinstance(value, dict):
            if value.get("path") == name:
                value.update(bytes=len(content), sha256=hashlib.sha256(content).hexdigest())
            for inside in value.values():
                entries(inside)

    manifest = json.loads((bundle / "manifest.json").read_text())
    entries(manifest)
    _write(bundle / "manifest.json", json.dumps(manifest).encode())


def _manifest(chance: random.Random, tiny: Path, whole: Path) -> Path:
    bundle = _copied(tiny)
    content = (bundle / "manifest.json").read_bytes()
    if chance.random() < 0.5:
        _write(bundle / "manifest.json", _damaged(chance, content))
        return bundle
    table = at = json.loads(content)
    while at:
        key = chance.choice(list(at) if isinstance(at, dict) else range(len(at)))
        if not isinstance(at[key], dict | list) or chance.random() < 0.2:
            at[key] = chance.choice(_VALUES)
            break
        at = at[key]
    text = json.dumps(table)
    if chance.random() < 0.1:
        text = text.replace("{", "[" * chance.choice((30, 2000, 100_000)), 1)
    _write(bundle / "manifest.json", text.encode())
    return bundle


def _decoder(chance: random.Random, tiny: Path, whole: Path) -> Path:
    """A decoder with any tensors, and one fact of them that is another than its graphs have."""

    def tensors(part: str) -> tuple[TensorSpec, ...]:
        shapes = (
            [chance.randrange(1, 5) for _ in range(chance.randrange(1, 5))] for _ in range(chance.randrange(1, 4))
        )
        return tuple(TensorSpec(f"{part}{number}", tuple(shape)) for number, shape in enumerate(shapes))

    bundle = write_bundle(tiny.with_name("case"), DecoderSpec("other", tensors("context"), tensors("state")))
    table = json.loads((bundle / "manifest.json").read_text())
    decoder, part = table["decoder"], chance.choice(("context", "state"))
    tensor = chance.choice(decoder[part])
    match chance.randrange(8):
        case 0:
            decoder[chance.choice(("kind", "context", "state", "more"))] = chance.choice(_VALUES)
        case 1:
            tensor[chance.choice(("name", "shape", "dtype"))] = chance.choice(_VALUES)
        case 2:
            tensor["shape"][chance.randrange(len(tensor["shape"]))] = chance.choice((*_VALUES, 2, 3, 1000, 500_000))
        case 3:
            tensor["name"] = chance.choice(
                (*RESERVED, NEXT + "state0", "context0", "state0", "\x1b[31m", "x\n", "x" * 65)
            )
        case 4:
            decoder[part] += [dict(tensor)] * chance.choice((1, 20, 1000))
        case 5:
            decoder["context"], decoder["state"] = decoder["state"], decoder["context"]
        case 6:
            del decoder[part][chance.randrange(len(decoder[part]))]
        case _:
            table["schema_version"] = chance.choice((0, 1, 1.0, 2.0, 3, True, "2", None))
    (bundle / "manifest.json").write_text(json.dumps(table))
    return bundle


def _judge(chance: random.Random, tiny: Path, whole: Path) -> Path:
    """A judge of any numbers, or with one fact that is another; its sentences are asked for in both wordings."""
    numbers = (matrix() * np.float32(10.0 ** chance.randrange(-3, 7))).astype(np.float32)
    content = as_npy(numbers)
    probe = _damaged(chance, content[:128]) + content[128:] if chance.random() < 0.5 else _damaged(chance, content)
    bundle = judged_bundle(tiny, tiny.with_name("case"), content if chance.random() < 0.5 else probe)
    table = json.loads((bundle / "manifest.json").read_text())
    variant = next(iter(table["variants"].values()))
    at: Any = chance.choice((table["judge"], table["wording"], variant["confidence"], variant["confidence"]["weights"]))
    while True:
        key = chance.choice(list(at) if isinstance(at, dict) else range(len(at)))
        if not isinstance(at[key], dict | list) or not at[key] or chance.random() < 0.3:
            at[key] = chance.choice(_VALUES)
            break
        at = at[key]
    _write(bundle / "manifest.json", json.dumps(table).encode())
    return bundle


def _graph(chance: random.Random, tiny: Path, whole: Path) -> Path:
    large = chance.random() < 0.3
    bundle = _copied(whole if large else tiny)
    names = ("decoder_step.int8.onnx", "decoder_greedy.int8.onnx") if large else ("encoder.onnx", "decoder_step.onnx")
    name = chance.choice(names)
    _with(bundle, name, _damaged(chance, (bundle / name).read_bytes()))
    return bundle


def _zip(chance: random.Random, tiny: Path, whole: Path) -> Path:
    held = io.BytesIO()
    prefix = chance.choice(("", "a/", "a\\", "./", "a/b/", "../", "/", "a/b/c/"))
    with zipfile.ZipFile(
        held, "w", chance.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2))
    ) as archive:
        for file in sorted(tiny.iterdir()):
            if file.name == "vocabulary.txt" and chance.random() < 0.02:
                archive.writestr(prefix + file.name, bytes(200_000_000))
            else:
                archive.write(file, prefix + file.name)
    content = held.getvalue()
    if chance.random() < 0.9:
        content = _damaged(chance, content)
    target = tiny.with_name("case.zip")
    target.write_bytes(content)
    return target


def _vocabulary(chance: random.Random, tiny: Path, whole: Path) -> Path:
    bundle = _copied(tiny)
    content = (bundle / "vocabulary.txt").read_bytes()
    content = content * 10_000 if chance.random() < 0.02 else _damaged(chance, content)
    _with(bundle, "vocabulary.txt", content)
    return bundle


def _tuned(chance: random.Random, tiny: Path, whole: Path) -> Path:
    cache = cache_file()
    cache.unlink(missing_ok=True)
    remember(Bundle(tiny), 1, "onnx-fp32", 1.0)
    content = _damaged(chance, cache.read_bytes())
    cache.write_bytes(b"[" * 200_000 if chance.random() < 0.02 else content)
    with contextlib.suppress(EdgeCaptionError):
        remember(Bundle(tiny), 2, "onnx-fp32", 1.0)
    return tiny


_DAMAGE: dict[str, Callable[[random.Random, Path, Path], Path]] = {
    "manifest": _manifest,
    "graph": _graph,
    "zip": _zip,
    "vocabulary": _vocabulary,
    "tuned": _tuned,
    "decoder": _decoder,
    "judge": _judge,
}


if __name__ == "__main__":
    sys.exit(main(BundleCases, "damaged bundles"))
