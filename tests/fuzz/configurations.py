"""Damaged configurations of `live`: `python -m tests.fuzz.configurations --count N --seed S`.

A configuration must be read, or refused with an `EdgeCaptionError` of one line, within 2 s and 300 MB.
"""

import argparse
import os
import random
import resource
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from edge_runtime.errors import EdgeCaptionError
from edge_runtime.live.flat_configuration import PLACES
from edge_runtime.live.model import ModelOptions
from edge_runtime.live.options import LiveOptions, kinds, read_configuration
from edge_runtime.live.rate_limiter import RateOptions
from edge_runtime.options.declaration import options_of
from edge_runtime.sinks.subtitles import SubtitleKind

_MOST_SECONDS, _MOST_KB = 2.0, 300 << 10
_MOST_LINE = 2000
_BATCH = 50
"""Files a child process, whose peak of memory counts for all of them."""
_TABLES = {kind.table: [one.key for one in options_of(kind)] for kind in kinds() if options_of(kind)}
_KEYS = sorted({key for keys in _TABLES.values() for key in keys} | PLACES.keys() | {"maxage", '"k\\ney"', '"\\u202e"'})
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
        table = rng.choice([*_TABLES, "live", "rate.max-fps", "''", '"ta\\nble"', '"ta\\u0000ble"'])
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


def violation(content: bytes, path: Path) -> str | None:
    """What is wrong with how a configuration is read; None where nothing is.

    Args:
        content: Of the file.
        path: Where to write it.
    """
    path.write_bytes(content)
    begun = time.process_time()  # of this process: the machine may have other work
    said: list[str] = []
    try:
        options = read_configuration(path, said.append)
        path.write_text(options.to_toml(), encoding="utf-8", errors="surrogateescape")
        if read_configuration(path) != options:
            return "what is written of it is not read back as it was"
        if len(said) > 1 or any(len(one.splitlines()) != 1 or len(one) > _MOST_LINE for one in said):
            return f"more than a line: {said}"
    except EdgeCaptionError as error:
        if len(str(error).splitlines()) != 1 or len(str(error)) > _MOST_LINE:
            return f"a message of {len(str(error))} characters: {str(error)[:100]!r}"
    except Exception as error:
        return f"{type(error).__name__}: {str(error)[:100]!r}"
    seconds = time.process_time() - begun
    return f"{seconds:.1f} s" if seconds > _MOST_SECONDS else None


def run(count: int, seed: int) -> list[str]:
    """Try damaged configurations.

    Args:
        count: How many.
        seed: From which they are made.

    Returns:
        A line for each violation.
    """
    found: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        for begin in range(0, count, _BATCH):
            found += _apart(range(begin, min(count, begin + _BATCH)), seed, Path(folder) / "live.toml")
    return found


def _apart(numbers: range, seed: int, path: Path) -> list[str]:
    """A batch in a child process, so that a crash is seen and memory is measured."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        idle = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        signal.alarm(int(_MOST_SECONDS * _BATCH * 2))
        with os.fdopen(writer, "w") as told:
            for number in numbers:
                rng = random.Random(f"{seed}/{number}")
                wrong = violation(MAKERS[number % len(MAKERS)](rng), path)
                more = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - idle
                if wrong or more > _MOST_KB:
                    print(f"{number}: {wrong or f'{more >> 10} MB'}", file=told)
                    idle += max(0, more)
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as told:
        lines = told.read().splitlines()
    _, status = os.waitpid(child, 0)
    return lines + ([f"{numbers[0]} to {numbers[-1]}: the process ended with {status}"] if status else [])


def main() -> int:
    """Run from the command line; status 1 where there is a violation."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=4000)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    begun = time.monotonic()
    found = run(arguments.count, arguments.seed)
    for line in found:
        print(line)
    print(f"{arguments.count} configurations, {len(found)} violations, {time.monotonic() - begun:.0f} s")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
