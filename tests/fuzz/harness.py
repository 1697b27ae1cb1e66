"""Runs cases in a process of their own, and says what must not be; `tests.fuzz.pictures` and its like make the cases.

Every case follows from the seed and its number, so that one can be had again with `--first N --count 1 --keep FOLDER`. Memory is
measured from the child's idle state, and processor time is counted, so that a busy machine does not matter. What is reported:
exceptions that are not refusals, refusals that are no sentence, anything on stdout, more than 2 s, more than 300 MB, and processes
that ended or hung.
"""

import argparse
import multiprocessing
import os
import re
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import ClassVar, Protocol

MAX_SECONDS = 2.0
MAX_MEGABYTES = 300.0
_LONGEST_SENTENCE = 2000
_HANGS_SECONDS = 120.0


class ViolationError(Exception):
    """Something happened that must not, beyond what the harness sees itself."""


class Cases(Protocol):
    """What is tried; it is sent to the child, so it holds no more than how to make the cases."""

    refusals: ClassVar[tuple[type[Exception], ...]]
    """What the product may raise."""
    reading_is_limited: ClassVar[bool]
    """Whether time and memory are limited where a case is read too, not only where it is refused."""

    def prepare(self, folder: Path, /) -> None:
        """Load, in the child, what every case uses.

        Args:
            folder: An empty one, for files; it is the current one, and the cache's.
        """

    def kind(self, number: int) -> str:
        """What is damaged in a case."""

    def content(self, number: int) -> bytes:
        """What a case is, for its file."""

    def attempt(self, number: int) -> None:
        """Read a case, in the child.

        Raises:
            ViolationError: Something happened that must not.
        """


@dataclass(frozen=True)
class Outcome:
    """What became of one case.

    Attributes:
        number: Of the case.
        kind: What was damaged.
        result: "read", "refused", "printed", "ended", "hung", or the name of an exception that is no refusal.
        words: Of the exception.
        seconds: Processor time.
        megabytes: Highest memory beyond the idle process.
        limited: Whether time and memory count.
    """

    number: int
    kind: str
    result: str
    words: str = ""
    seconds: float = 0.0
    megabytes: float = 0.0
    limited: bool = True

    @property
    def bad(self) -> bool:
        """Whether the product failed."""
        if self.result not in ("read", "refused"):
            return True
        if self.result == "refused" and ("\n" in self.words or len(self.words) > _LONGEST_SENTENCE):
            return True
        return self.limited and (self.seconds > MAX_SECONDS or self.megabytes > MAX_MEGABYTES)

    def __str__(self) -> str:
        words = self.words[:200].encode("ascii", "backslashreplace").decode()
        return f"{self.number} {self.kind}: {self.result}, {self.seconds:.2f} s, {self.megabytes:.0f} MB {words}"


def outcomes(cases: Cases, first: int, count: int) -> Iterator[Outcome]:
    """Try cases in a child process, in another one after one that ended or hung.

    Args:
        cases: What is tried.
        first: Number of the first.
        count: How many.
    """
    spawn = multiprocessing.get_context("spawn")
    number, last = first, first + count
    while number < last:
        ours, theirs = spawn.Pipe(duplex=False)
        with tempfile.TemporaryDirectory() as folder:
            child = spawn.Process(target=_work, args=(theirs, cases, folder, number, last), daemon=True)
            child.start()
            theirs.close()
            problem = ""
            while number < last and not problem:
                try:
                    if ours.poll(_HANGS_SECONDS):
                        yield ours.recv()
                        number += 1
                    else:
                        problem = "hung"
                except EOFError:
                    problem = "ended"
            if problem == "hung":
                child.kill()
            child.join()
            ours.close()
        if problem:
            yield Outcome(number, cases.kind(number), problem, f"status {child.exitcode}")
            number += 1
        elif child.exitcode:
            yield Outcome(last - 1, cases.kind(last - 1), "ended", f"status {child.exitcode}, after the last case")


def _work(results: Connection, cases: Cases, folder: str, first: int, last: int) -> None:
    os.environ["XDG_CACHE_HOME"] = folder
    os.chdir(folder)
    with tempfile.TemporaryFile() as printed:
        os.dup2(printed.fileno(), 1)
        cases.prepare(Path(folder))
        said, idle = os.fstat(1).st_size, _memory("VmRSS")
        for number in range(first, last):
            Path("/proc/self/clear_refs").write_text("5")
            begun, result, words = time.process_time(), "read", ""
            try:
                cases.attempt(number)
            except cases.refusals as error:
                result, words = "refused", str(error)
            except BaseException as error:
                result, words = type(error).__name__, str(error)
            seconds, megabytes = time.process_time() - begun, _memory("VmHWM") - idle
            if os.fstat(1).st_size > said:
                said, result = os.fstat(1).st_size, "printed"
            limited = cases.reading_is_limited or result != "read"
            results.send(Outcome(number, cases.kind(number), result, words, seconds, megabytes, limited))


def _memory(field: str) -> float:
    """Megabytes of this process, now (`VmRSS`) or at most (`VmHWM`)."""
    found = re.search(rf"{field}:\s+(\d+)", Path("/proc/self/status").read_text())
    return int(found[1]) / 1024 if found else 0.0


def main(make: Callable[[int], Cases], about: str, words: Sequence[str] | None = None) -> int:
    """Run cases and print what went wrong, then the figures.

    Args:
        make: From a seed to the cases.
        about: What they are, in the plural.
        words: Of the command line; the process's own where None.

    Returns:
        1 where anything went wrong.
    """
    parser = argparse.ArgumentParser(description=about, allow_abbrev=False)
    parser.add_argument("--count", type=int, default=1000, help="cases")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--first", type=int, default=0, help="number of the first case")
    parser.add_argument("--keep", type=Path, help="folder for the cases that went wrong")
    arguments = parser.parse_args(words)
    cases = make(arguments.seed)
    results, bad, slowest, largest = Counter[tuple[str, str]](), 0, 0.0, 0.0
    for outcome in outcomes(cases, arguments.first, arguments.count):
        results[outcome.kind.split(".")[0], outcome.result] += 1
        slowest, largest = max(slowest, outcome.seconds), max(largest, outcome.megabytes)
        bad += outcome.bad
        if outcome.bad or (arguments.keep and arguments.count == 1):
            print(outcome, flush=True)
            if arguments.keep:
                arguments.keep.mkdir(parents=True, exist_ok=True)
                name = f"{outcome.number}.{outcome.kind.split('.')[0]}"
                (arguments.keep / name).write_bytes(cases.content(outcome.number))
    for (kind, result), many in sorted(results.items()):
        print(f"{kind:<24}{result:<12}{many:6}")
    print(
        f"{sum(results.values())} {about}, {bad} went wrong; the slowest took {slowest:.2f} s, the largest {largest:.0f} MB"
    )
    return 1 if bad else 0
