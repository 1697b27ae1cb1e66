"""Captioners that take turns, picture by picture, so that whatever slows the machine slows them all."""

import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from edge_runtime.bench.statistics import noise, summary
from edge_runtime.captioner import Captioner
from edge_runtime.errors import OptionError
from edge_runtime.pictures.preprocess import Picture
from edge_runtime.validation import check_within

STAGES = ("preprocess", "encode", "decode", "total")
FIRST_WORD = "first_word"
_WARM_ROUNDS = 5
MAX_ROUNDS = 100_000
FEWEST_ROUNDS = 20
"""Rounds from which a part of them tells something of the whole."""


def threads_named(count: int) -> str:
    """`1 thread`, `2 threads`, as rows are called."""
    return f"{count} thread{'s' if count > 1 else ''}"


@dataclass(frozen=True)
class Configuration:
    """One way to run a bundle.

    Attributes:
        variant: Name of the form of the model.
        threads: Of the encoder.
        beam: Hypotheses kept.
    """

    variant: str
    threads: int
    beam: int

    @property
    def name(self) -> str:
        """As a row is called: `onnx-int8, 2 threads, beam 1`."""
        return f"{self.variant}, {threads_named(self.threads)}, beam {self.beam}"


@dataclass(frozen=True)
class Subject:
    """One that is measured.

    Attributes:
        name: Of its row.
        captioner: The model, loaded.
        beam: Hypotheses kept.
    """

    name: str
    captioner: Captioner
    beam: int


@dataclass(frozen=True)
class Samples:
    """What a subject took, in the order of time.

    Attributes:
        milliseconds: Stage -> a figure a picture.
        words: Of each sentence.
    """

    milliseconds: dict[str, list[float]] = field(default_factory=dict)
    words: list[int] = field(default_factory=list)

    def add(self, words: int, **milliseconds: float) -> None:
        """Add a picture."""
        self.words.append(words)
        for stage, value in milliseconds.items():
            self.milliseconds.setdefault(stage, []).append(value)

    def values(self) -> dict[str, float]:
        """`total_ms_p50`, ..., `fps`: pictures a second without a pause."""
        found: dict[str, float] = {}
        for stage, values in self.milliseconds.items():
            found |= summary(f"{stage}_ms", values)
        total = self.milliseconds["total"]
        return {**found, "fps": round(1e3 * len(total) / sum(total), 2)}

    def noise(self) -> dict[str, float]:
        """Of every median, and of `fps`, whose noise is the total's."""
        found = {f"{stage}_ms_p50": noise(values) for stage, values in self.milliseconds.items()}
        return {**found, "fps": found["total_ms_p50"]}

    @property
    def mean_words(self) -> float:
        """Words of a sentence."""
        return round(sum(self.words) / len(self.words), 2)


def check_rounds(rounds: int, warm_up: float) -> None:
    """Refuse options of `take_turns`.

    Raises:
        OptionError: Fewer than 20 rounds or more than 100,000; a warm-up that is no time.
    """
    check_within("--rounds", [rounds], FEWEST_ROUNDS, MAX_ROUNDS)
    if not 0 <= warm_up <= 600:
        raise OptionError(f"--warm-up {warm_up:g}: must be 0 to 600 seconds")


def take_turns(
    subjects: Sequence[Subject], pictures: Sequence[Picture], rounds: int, warm_up: float, first_words: bool = False
) -> dict[str, Samples]:
    """Caption pictures with each subject in turn, in another order every round: none always follows the same one.

    Args:
        subjects: Names are unique.
        pictures: One a round, again from the first where there are fewer.
        rounds: Pictures that count, for each subject.
        warm_up: Seconds of rounds before, which do not count; five rounds at the least.
        first_words: Whether the time to the first word is taken too: to the encoder's end and to the first word of
            `Captioner.stream`, which is greedy.

    Raises:
        PictureNotFoundError, PictureError: A picture that cannot be captioned.
    """
    order = random.Random(0)
    turn, found = list(subjects), {subject.name: Samples() for subject in subjects}
    until, number = time.perf_counter() + warm_up, 0
    while number < _WARM_ROUNDS or time.perf_counter() < until:
        _round(turn, pictures[number % len(pictures)], first_words, {subject.name: Samples() for subject in subjects})
        number += 1
    for number in range(rounds):
        order.shuffle(turn)
        _round(turn, pictures[number % len(pictures)], first_words, found)
    return found


def _round(subjects: Sequence[Subject], picture: Picture, first_words: bool, found: dict[str, Samples]) -> None:
    for subject in subjects:
        captioner = subject.captioner
        encoded = captioner.encode(picture)
        caption = captioner.decode(encoded, subject.beam)
        timings = caption.timings
        taken = {stage: float(getattr(timings, stage)) for stage in STAGES}
        if first_words:
            begun = time.perf_counter()
            words = captioner.stream_encoded(encoded)
            next(words, None)
            waited = (time.perf_counter() - begun) * 1e3
            words.close()
            taken[FIRST_WORD] = timings.preprocess + timings.encode + waited
        found[subject.name].add(len(caption.tokens), **taken)
