"""Damaged pictures by the thousand: `python -m tests.fuzz.pictures --count 100000 --seed 1`.

Every case follows from the seed and its number, so that one can be had again with `--first N --count 1 --keep FOLDER`.
Decoding runs in a process of its own, whose memory is measured from its idle state and whose processor time is counted, so
that a busy machine does not matter. What is reported: exceptions that are not `PictureError`, more than 2 s, more than 300 MB,
and processes that ended or hung.
"""

import argparse
import multiprocessing
import random
import re
import struct
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from tests.fuzz.made_pictures import made_pictures

MAX_SECONDS = 2.0
MAX_MEGABYTES = 300.0
_HANGS_SECONDS = 120.0
_EXTREMES = (0, 1, 2, 7, 255, 256, 1000, 4096, 16383, 16384, 40000, 65500, 65535, 2**24 - 1, 2**31 - 1, 2**32 - 1)


@dataclass(frozen=True)
class Outcome:
    """What became of one case.

    Attributes:
        number: Of the case.
        kind: Of the picture that was damaged.
        result: "read", "refused", the name of an exception that is not ours, "ended" or "hung".
        words: Of the exception.
        seconds: Processor time.
        megabytes: Highest memory beyond the idle process.
    """

    number: int
    kind: str
    result: str
    words: str
    seconds: float
    megabytes: float

    @property
    def bad(self) -> bool:
        """Whether the product failed."""
        ours = self.result in ("read", "refused")
        return not ours or self.seconds > MAX_SECONDS or self.megabytes > MAX_MEGABYTES


def damaged(seed: int, number: int, made: dict[str, bytes]) -> tuple[str, bytes]:
    """Make a case.

    Args:
        seed: Of all cases.
        number: Of this one.
        made: Whole pictures, from `made_pictures`.

    Returns:
        The name of the picture that was damaged, and what it became.
    """
    chance = random.Random(seed * 1_000_003 + number)
    formats = sorted({name.split(".")[0] for name in made})
    kind = formats[number % len(formats)]
    name = chance.choice([name for name in made if name.split(".")[0] == kind])
    content = bytearray(made[name])
    for _ in range(chance.choice((1, 1, 1, 2, 3, 8))):
        content = _damage(content, chance, made)
    return name, bytes(content)


def _damage(content: bytearray, chance: random.Random, made: dict[str, bytes]) -> bytearray:
    if len(content) < 8:
        return content
    # Headers decide what a file costs: half of all damage is done there.
    reach = len(content) if chance.random() < 0.5 else min(len(content), chance.choice((40, 200, 600)))
    at = chance.randrange(reach - 4)
    what = chance.randrange(9)
    if what == 0:
        content[at] ^= 1 << chance.randrange(8)
    elif what == 1:
        content[at] = chance.choice((0, 1, 0x7F, 0x80, 0xFF, chance.randrange(256)))
    elif what == 2:
        del content[at + 4 :]
    elif what == 3:
        form = chance.choice((">I", "<I", ">H", "<H"))
        value = chance.choice(_EXTREMES) & (0xFFFFFFFF if form[1] == "I" else 0xFFFF)
        content[at : at + struct.calcsize(form)] = struct.pack(form, value)
    elif what == 4:
        content = _other_size(content, chance)
    elif what == 5:
        del content[at : at + chance.choice((1, 2, 4, 12, 100))]
    elif what == 6:
        part = content[at : at + chance.choice((2, 12, 100, 1000))]
        content[at:at] = part * chance.choice((1, 1, 2, 50, 1000))
    elif what == 7:
        content[at:at] = bytes(chance.randrange(256) for _ in range(chance.choice((1, 4, 64))))
    else:
        donor = made[chance.choice(sorted(made))]
        start = chance.randrange(len(donor))
        length = chance.choice((4, 16, 200))
        content[at : at + length] = donor[start : start + length]
    return content


def _other_size(content: bytearray, chance: random.Random) -> bytearray:
    """Another width, height, or both, wherever the old one stands, by itself or one less, in any of four forms."""
    value = chance.choice((*_EXTREMES, chance.randrange(1, 70000), chance.randrange(1, 9000)))
    both = [(64, value), (48, value * 3 // 4 + 1)]
    changes = both if chance.random() < 0.5 else [chance.choice([*both, (32, value)])]
    forms = [">I", "<I", ">H", "<H"]
    chance.shuffle(forms)
    for old, new in changes:
        spelled = [(struct.pack(form, old - less), form, new - less) for form in forms for less in (0, 1)]
        for pattern, form, number in spelled:
            found = [match.start() for match in re.finditer(re.escape(pattern), bytes(content))]
            if found:
                at = chance.choice(found[:6])
                most = 0xFFFFFFFF if form[1] == "I" else 0xFFFF
                content[at : at + len(pattern)] = struct.pack(form, number & most)
                break
        content[:40] = bytes(content[:40]).replace(b"%d" % old, b"%d" % new, 1)
    return content


def outcomes(seed: int, first: int, count: int) -> Iterator[Outcome]:
    """Decode cases in a process of their own, another one after one that ended or hung.

    Args:
        seed: Of all cases.
        first: Number of the first.
        count: How many.
    """
    made = made_pictures()
    spawn = multiprocessing.get_context("spawn")
    number, last = first, first + count
    while number < last:
        ours, theirs = spawn.Pipe(duplex=False)
        worker = spawn.Process(target=_work, args=(theirs, seed, number, last), daemon=True)
        worker.start()
        theirs.close()
        while number < last:
            try:
                if ours.poll(_HANGS_SECONDS):
                    outcome = ours.recv()
                    yield outcome
                    number += 1
                    continue
                result = "hung"
            except EOFError:
                result = "ended"
            worker.kill()
            yield Outcome(number, damaged(seed, number, made)[0], result, "", 0.0, 0.0)
            number += 1
            break
        worker.join()


def _work(results: Connection, seed: int, first: int, last: int) -> None:
    from edge_runtime.errors import PictureError
    from edge_runtime.pictures.preprocess import load_input, load_upright

    made = made_pictures()
    for content in made.values():  # every decoder is loaded and has its buffers
        load_input(content, 224, 224)
    idle = _memory("VmRSS")
    for number in range(first, last):
        name, content = damaged(seed, number, made)
        Path("/proc/self/clear_refs").write_text("5")
        began, result, words = time.process_time(), "read", ""
        try:
            if number % 4 == 3:
                load_upright(content, 1920)
            else:
                load_input(content, 224, 224)
        except PictureError as error:
            result, words = "refused", str(error)
        except BaseException as error:
            result, words = type(error).__name__, str(error)
        seconds = time.process_time() - began
        results.send(Outcome(number, name, result, words, seconds, _memory("VmHWM") - idle))


def _memory(field: str) -> float:
    """Megabytes of this process, now (`VmRSS`) or at most (`VmHWM`)."""
    found = re.search(rf"{field}:\s+(\d+)", Path("/proc/self/status").read_text())
    return int(found[1]) / 1024 if found else 0.0


def main(words: list[str] | None = None) -> int:
    """Run cases and print what went wrong, then the figures; 1 where anything did."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0], allow_abbrev=False)
    parser.add_argument("--count", type=int, default=1000, help="cases")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--first", type=int, default=0, help="number of the first case")
    parser.add_argument("--keep", type=Path, help="folder for the cases that went wrong")
    arguments = parser.parse_args(words)
    made = made_pictures()
    results, by_format, bad = Counter[str](), Counter[str](), 0
    slowest = largest = 0.0
    for outcome in outcomes(arguments.seed, arguments.first, arguments.count):
        results[outcome.result] += 1
        by_format[outcome.kind.split(".")[0]] += 1
        slowest, largest = max(slowest, outcome.seconds), max(largest, outcome.megabytes)
        if outcome.bad or (arguments.keep and arguments.count == 1):
            bad += outcome.bad
            print(f"{outcome.number} {outcome.kind}: {outcome.result}, {outcome.seconds:.2f} s, ", end="")
            print(f"{outcome.megabytes:.0f} MB {outcome.words[:200]}", flush=True)
            if arguments.keep:
                arguments.keep.mkdir(parents=True, exist_ok=True)
                content = damaged(arguments.seed, outcome.number, made)[1]
                (arguments.keep / f"{outcome.number}.{outcome.kind.split('.')[0]}").write_bytes(content)
    print(f"{sum(results.values())} damaged pictures of {len(by_format)} formats: {dict(results)}")
    print(f"went wrong: {bad}; the slowest took {slowest:.2f} s, the largest {largest:.0f} MB")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
