"""Damaged configurations of `live`: `python -m tests.fuzz.configurations --count 4000`; see `tests.fuzz.harness`."""

import random
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from edge_runtime.errors import EdgeCaptionError
from edge_runtime.live.options import LiveOptions, read_configuration
from tests.fuzz.harness import main

_KEYS = ("source", "beam", "max-fps", "gate", "region", "jsonl", "record", "rotate", "width", "max-age", "variant")
_VALUES = (
    '"x"', "1", "-1", "1.5", "inf", "nan", "true", "[]", '["0", "1"]', "[1, [2]]", "{a = 1}", "1979-05-27", "0x1f", '"\\u0000"',
    '"~/a"', '"~nobody/a"', "9" * 400, "1" * 5000, "1e999", '"""a\nb"""', "'''", '"\\ud800"', '"\\u202e"', '"' + "n" * 5000 + '"',
)  # fmt: skip


def _valid(rng: random.Random) -> str:
    return LiveOptions(beam=rng.randint(1, 50), max_fps=rng.random() * 10 + 0.1, srt="é.srt").to_toml()


def _bytes_changed(rng: random.Random) -> bytes:
    content = bytearray(_valid(rng).encode())
    for _ in range(rng.randint(1, 30)):
        place = rng.randrange(len(content))
        kind = rng.randrange(3)
        if kind == 0:
            content[place] = rng.randrange(256)
        elif kind == 1:
            del content[place : place + rng.randint(1, 20)]
        else:
            content[place:place] = rng.choice(
                [b'"', b"'''", b"[", b"]", b"{", b"\\", b"\n", b".", b"=", b"\0", b"\xff"]
            )
    return bytes(content)


def _values_changed(rng: random.Random) -> bytes:
    lines = [f"{rng.choice(_KEYS)} = {rng.choice(_VALUES)}" for _ in range(rng.randint(1, 6))]
    return "\n".join(lines).encode()


def _nested(rng: random.Random) -> bytes:
    size = int(10 ** rng.uniform(0, 6))
    opening, closing = rng.choice([("[", "]"), ("{a=", "}"), ("[[", "]]"), ('["', '"]'), ("[{a=", "}]")])
    return f"a = {opening * size}1{closing * (size if rng.random() < 0.5 else 0)}".encode()


def _dotted(rng: random.Random) -> bytes:
    size = int(10 ** rng.uniform(0, 5))
    key = rng.choice([".".join(["a"] * size), ' . "b"' * size, "'a'" + ".'a'" * size])
    return rng.choice([f"{key} = 1", f"[{key}]", f"[[{key}]]", f"x = {{{key} = 1}}"]).encode()


def _many(rng: random.Random) -> bytes:
    size = int(10 ** rng.uniform(0, 5))
    line = rng.choice(
        ["[a.b.c.{}]", "[[a]]\nb{} = 1", "k{} = 1", "a.b.c.d{} = 1", "'' = {}", '"\\"{}', "[a{}.b.c.d]\nx = 1"]
    )
    return "\n".join(line.format(number) for number in range(size)).encode()


def _repeated(rng: random.Random) -> bytes:
    piece = rng.choice(
        [b'"', b"'", b'\\"', b'"\\', b'"""', b"'''", b"\n", b"#", b"=", b".", b"a.", b"\xef\xbb\xbf", b"\0", b"[a]\n"]
    )
    return rng.choice([b"", b"a = ", b'a = "', b'a = """', b"[", b"\xef\xbb\xbf"]) + piece * int(
        10 ** rng.uniform(0, 5.3)
    )


def _encoded(rng: random.Random) -> bytes:
    return _valid(rng).encode(rng.choice(["utf-16", "utf-16-le", "latin-1", "utf-8-sig", "utf-32"]), "replace")


MAKERS: tuple[Callable[[random.Random], bytes], ...] = (
    _bytes_changed, _values_changed, _nested, _dotted, _many, _repeated, _encoded,
)  # fmt: skip
"""Kinds of damage, each from a random generator."""


@dataclass(frozen=True)
class ConfigurationCases:
    """Damaged configurations; see `Cases`.

    Attributes:
        seed: Of all cases.
    """

    seed: int
    refusals: ClassVar[tuple[type[Exception], ...]] = (EdgeCaptionError,)
    reading_is_limited: ClassVar[bool] = True

    def prepare(self, _folder: Path) -> None:
        """Read a whole one."""
        _read(_valid(random.Random(0)).encode())

    def kind(self, number: int) -> str:
        """See `Cases`."""
        return _maker(number).__name__.strip("_")

    def content(self, number: int) -> bytes:
        """See `Cases`."""
        return _maker(number)(random.Random(f"{self.seed}/{number}"))

    def attempt(self, number: int) -> None:
        """See `Cases`."""
        _read(self.content(number))


def _maker(number: int) -> Callable[[random.Random], bytes]:
    return MAKERS[number % len(MAKERS)]


def _read(content: bytes) -> None:
    Path("live.toml").write_bytes(content)
    read_configuration(Path("live.toml"))


if __name__ == "__main__":
    sys.exit(main(ConfigurationCases, "damaged configurations"))
