"""Interleaved timing: what is compared runs picture by picture side by side, so that what slows the machine slows all of it."""

import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Generic, NamedTuple, TypeVar

from edge_runtime.bench.statistics import noise, summary
from edge_runtime.captioner import Captioner
from edge_runtime.console.validation import check_within
from edge_runtime.errors import OptionError
from edge_runtime.pictures.preprocess import Picture

Compared = TypeVar("Compared")
Result = TypeVar("Result")
STAGES = ("preprocess", "encode", "decode", "total")
FIRST_WORD = "first_word"
WORD = "word"
"""Decoding, divided by the steps that it took: the words and the end. What languages are compared by, whose sentences differ in length."""
_WARM_ROUNDS = 5
MAX_ROUNDS = 100_000
FEWEST_ROUNDS = 20
"""Rounds from which a part of them tells something of the whole."""


def threads_named(count: int) -> str:
    """`1 thread`, `2 threads`, as rows are called."""
    return f"{count} thread{'s' if count > 1 else ''}"


class Round(NamedTuple, Generic[Compared]):
    """Everything that is compared, once.

    Attributes:
        number: From 0 in the rounds that count, and from 0 in those before.
        counts: Whether it counts; false while the machine warms up.
        order: What is compared, in the order of this round.
    """

    number: int
    counts: bool
    order: Sequence[Compared]


def interleaved(
    compared: Sequence[Compared], rounds: int, warm_rounds: int, warm_up: float = 0.0
) -> Iterator[Round[Compared]]:
    """Yield the rounds of a comparison. The order is another one in every round that counts: none always follows the same one.

    Args:
        compared: What is run in each round; in this order while the machine warms up.
        rounds: That count.
        warm_rounds: That do not count, at the least.
        warm_up: Seconds that pass at the least before a round counts.
    """
    order = random.Random(0)
    until, number = time.perf_counter() + warm_up, 0
    while number < warm_rounds or time.perf_counter() < until:
        yield Round(number, False, compared)
        number += 1
    turn = list(compared)
    for number in range(rounds):
        order.shuffle(turn)
        yield Round(number, True, tuple(turn))


def timed(work: Callable[[], Result]) -> tuple[Result, float]:
    """Return what a call gives, and the milliseconds that it took."""
    begun = time.perf_counter()
    result = work()
    return result, (time.perf_counter() - begun) * 1e3


@dataclass(frozen=True)
class Configuration:
    """One way to run a bundle.

    Attributes:
        variant: One of the bundle's.
        threads: Of the encoder.
        beam: Hypotheses kept.
        language: Tag of the sentences, where that was asked for; else they are in the bundle's own.
    """

    variant: str
    threads: int
    beam: int
    language: str | None = None

    @property
    def name(self) -> str:
        """As a row is called: `onnx-int8, 2 threads, beam 1`, and `, de` where a language was asked for."""
        spoken = f", {self.language}" if self.language else ""
        return f"{self.variant}, {threads_named(self.threads)}, beam {self.beam}{spoken}"

    @property
    def facts(self) -> dict[str, Any]:
        """Return what a row says of it."""
        return {name: fact for name, fact in asdict(self).items() if fact is not None}


@dataclass(frozen=True)
class Contender:
    """A captioner that is compared with others.

    Attributes:
        name: Of its row.
        captioner: The model, loaded.
        beam: Hypotheses kept.
        further: Captioners of further languages, which share its encoder: each says its own of what that saw.
    """

    name: str
    captioner: Captioner
    beam: int
    further: Sequence[Captioner] = ()


@dataclass(frozen=True)
class Samples:
    """What a contender took, in the order of time.

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
        """Return words of a sentence."""
        return round(sum(self.words) / len(self.words), 2)


def check_rounds(rounds: int, warm_up: float) -> None:
    """Refuse options of `time_captioners`.

    Raises:
        OptionError: Fewer than 20 rounds or more than 100,000; a warm-up that is no time.
    """
    check_within("--rounds", [rounds], FEWEST_ROUNDS, MAX_ROUNDS)
    if not 0 <= warm_up <= 600:
        raise OptionError(f"--warm-up {warm_up:g}: must be 0 to 600 seconds")


def time_captioners(
    contenders: Sequence[Contender],
    pictures: Sequence[Picture],
    rounds: int,
    warm_up: float,
    first_words: bool = False,
    single_words: bool = False,
) -> dict[str, Samples]:
    """Caption pictures with each contender, interleaved.

    Args:
        contenders: Names are unique.
        pictures: One a round, again from the first where there are fewer.
        rounds: Pictures that count, for each contender.
        warm_up: Seconds of rounds before, which do not count; five rounds at the least.
        first_words: Whether the time to the first word is taken too: to the encoder's end and to the first word of
            `Captioner.stream`, which is greedy.
        single_words: Whether the time of a word is taken too, see `WORD`.

    Raises:
        PictureNotFoundError, PictureError: A picture that cannot be captioned.
    """
    found = {contender.name: Samples() for contender in contenders}
    for one in interleaved(contenders, rounds, _WARM_ROUNDS, warm_up):
        picture = pictures[one.number % len(pictures)]
        for contender in one.order:
            words, taken = _caption(contender, picture, first_words, single_words)
            if one.counts:
                found[contender.name].add(words, **taken)
    return found


def _caption(
    contender: Contender, picture: Picture, first_words: bool, single_words: bool
) -> tuple[int, dict[str, float]]:
    """Return words of a picture's sentences, and milliseconds of each stage."""
    captioner = contender.captioner
    encoded = captioner.encode(picture)
    captions = [one.decode(encoded, contender.beam) for one in (captioner, *contender.further)]
    timings = replace(captions[0].timings, decode=sum(caption.timings.decode for caption in captions))
    taken = {stage: float(getattr(timings, stage)) for stage in STAGES}
    if first_words:
        words = captioner.stream_encoded(encoded)
        _, waited = timed(lambda: next(words, None))
        words.close()
        taken[FIRST_WORD] = timings.preprocess + timings.encode + waited
    if single_words:
        taken[WORD] = timings.decode / max(1, sum(len(caption.token_log_probs) for caption in captions))
    return sum(len(caption.tokens) for caption in captions), taken
