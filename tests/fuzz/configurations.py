"""Damaged configurations of `live`: `python -m tests.fuzz.configurations --count 4000`; see `tests.fuzz.harness`."""

import random
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from edge_runtime.errors import EdgeCaptionError
from edge_runtime.live.flat_configuration import PLACES
from edge_runtime.live.model import ModelOptions
from edge_runtime.live.options import LiveOptions, kinds, read_configuration
from edge_runtime.live.rate_limiter import RateOptions
from edge_runtime.options.declaration import options_of
from edge_runtime.sinks.subtitles import SubtitleKind
from tests.fuzz.harness import ViolationError, main

_MOST_LINE = 2000
_TABLES = {kind.table: [one.key for one in options_of(kind)] for kind in kinds() if options_of(kind)}
_KEYS = sorted({key for keys in _TABLES.values() for key in keys} | PLACES.keys() | {"maxage"})
_VALUES = (
    '"x"', "1", "-1", "1.5", "inf", "nan", "true", "[]", '["0", "1"]', "[1, [2]]", "{a = 1}", "1979-05-27", "0x1f", '"\\u0000"',
    '"~/a"', '"~nobody/a"', "9" * 400, "1" * 5000, "1e999", '"""a\nb"""', "'''", '"\\ud800"', '"\\u202e"', '"' + "n" * 5000 + '"',
)  # fmt: skip


def _valid(rng: random.Random) -> str:
    groups = ModelOptions(beam=rng.randint(1, 50)), RateOptions(max_fps=rng.random() * 10 + 0.1)
    return LiveOptions(*groups, SubtitleKind(srt="é.srt")).to_toml()


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
    """Keys of the former form, without tables."""
    lines = [f"{rng.choice(_KEYS)} = {rng.choice(_VALUES)}" for _ in range(rng.randint(1, 6))]
    return "\n".join(lines).encode()


def _tables_changed(rng: random.Random) -> bytes:
    """Tables of all kinds: right ones, wrong ones, twice, as lists, in line, dotted, and mixed with keys without a table."""
    lines = [_line(rng, _KEYS) for _ in range(rng.randint(0, 2))]
    for _ in range(rng.randint(1, 5)):
        table = rng.choice([*_TABLES, "live", "rate.max-fps", "''", '"ta\\u0000ble"'])
        keys = _TABLES.get(table, _KEYS) if rng.random() < 0.8 else _KEYS
        match rng.randrange(6):
            case 0:
                lines += [f"[[{table}]]", _line(rng, keys)]
            case 1:
                lines.append(f"{table} = {{{', '.join(_line(rng, keys) for _ in range(rng.randint(0, 2)))}}}")
            case 2:
                lines.append(f"{table}.{_line(rng, keys)}")
            case _:
                lines += [f"[{table}]", *(_line(rng, keys) for _ in range(rng.randint(0, 3)))]
    return "\n".join(lines).encode()


def _line(rng: random.Random, keys: Sequence[str]) -> str:
    return f"{rng.choice(keys)} = {rng.choice(_VALUES)}"


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
    _bytes_changed, _values_changed, _tables_changed, _nested, _dotted, _many, _repeated, _encoded,
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
    path = Path("live.toml")
    path.write_bytes(content)
    said: list[str] = []
    options = read_configuration(path, said.append)
    path.write_text(options.to_toml(), encoding="utf-8", errors="surrogateescape")
    if read_configuration(path) != options:
        raise ViolationError("what is written of it is not read back as it was")
    if len(said) > 1 or any(len(one.splitlines()) != 1 or len(one) > _MOST_LINE for one in said):
        raise ViolationError(f"more than a line: {said}")


if __name__ == "__main__":
    sys.exit(main(ConfigurationCases, "damaged configurations"))
