"""Whole captions of ours and of others, interleaved, the same picture and the same number of words for all."""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.peers.base import Loaded, Peer, PeerMissingError, Pixels
from benchmarks.peers.ours import Ours, parameters_m
from benchmarks.peers.worker import Worker
from edge_runtime.bench.interleaved import interleaved
from edge_runtime.bench.result import Row
from edge_runtime.bundle.reader import Bundle

WARM_UP = 3
"""Captions of each before the clock counts; after them its memory is read."""
OURS_A_TURN = 5
"""Captions of ours before each caption of another: ours takes so little time that one alone says nothing."""
_SETTLE = 0.05
"""Seconds between two captioners, in which idle threads of the one before stop spinning."""
_CHOSEN_BY = 9
"""Captions by which the fastest int8 variant is found."""


@dataclass
class MeasuredCaptioner:
    """A captioner that is measured.

    Attributes:
        peer: What it is.
        worker: Its process.
        loaded: What it says of itself.
        load_s: Seconds that loading took.
        memory_mb: Megabytes at the most.
        milliseconds: A list for each round, a caption each.
        words: Of every caption.
    """

    peer: Peer
    worker: Worker
    loaded: Loaded
    load_s: float
    memory_mb: float | None = None
    milliseconds: list[list[float]] = field(default_factory=list)
    words: list[int] = field(default_factory=list)

    @property
    def ours(self) -> bool:
        """Whether it is this project's."""
        return isinstance(self.peer, Ours)

    @property
    def median(self) -> float:
        """Milliseconds a caption."""
        return statistics.median(value for turn in self.milliseconds for value in turn)

    @property
    def noise(self) -> float:
        """Half the spread of the rounds' medians, as a share of the median; 0 for fewer than three rounds."""
        medians = [statistics.median(turn) for turn in self.milliseconds]
        return round((max(medians) - min(medians)) / 2 / self.median, 4) if len(medians) > 2 else 0.0


class PeerMeasurement:
    """A measurement: a context that ends its processes.

    Args:
        bundle: Ours; the default bundle where None.
        peers: The others, not loaded yet.
        threads: Of each.
        say: Receives lines of news.
    """

    def __init__(self, bundle: Path | None, peers: Sequence[Peer], threads: int, say: Callable[[str], None]) -> None:
        self._path, self._bundle, self._peers, self._threads = bundle, Bundle(bundle), peers, threads
        self._say = say
        self.captioners: list[MeasuredCaptioner] = []
        self.missing: list[Row] = []

    def __enter__(self) -> "PeerMeasurement":
        return self

    def __exit__(self, *_: object) -> None:
        for captioner in self.captioners:
            captioner.worker.close()

    def open(self, picture: Pixels) -> None:
        """Start and warm up every captioner, ours first; those that cannot run here become rows that say why.

        Args:
            picture: To warm up with.

        Raises:
            PeerMissingError: Ours cannot run here.
        """
        default = self._bundle.manifest.default_variant
        self.captioners.append(self._start(self._ours(default), picture, 1))
        words = self.captioners[0].words[-1]
        self._add_fastest_int8(default, picture, words)
        for peer in self._peers:
            self._say(f"loading {peer.name}")
            try:
                self.captioners.append(self._start(peer, picture, words))
            except PeerMissingError as error:
                self._say(str(error))
                self.missing.append(Row(peer.name, missing=str(error)))

    def caption_interleaved(self, pictures: Sequence[Pixels], rounds: int) -> None:
        """Caption every picture once a round by each, ours in between.

        Args:
            pictures: The pictures of each round.
            rounds: At least 1.
        """
        ours = [captioner for captioner in self.captioners if captioner.ours]
        others = [captioner for captioner in self.captioners if not captioner.ours]
        for number in range(rounds):
            self._say(f"round {number + 1} of {rounds}")
            for captioner in self.captioners:
                captioner.milliseconds.append([])
                captioner.words = captioner.words if number else []
            for picture in pictures:
                words = ours[0].worker.caption(picture, 1).said.words
                for other in others:
                    self._turns_of_ours(ours, picture, words)
                    if other in self.captioners:
                        self._turn_of_other(other, picture, words)
                self._turns_of_ours(ours, picture, words)

    def rows(self) -> list[Row]:
        """What was found, ours first; ratios are of medians taken in the same turns."""
        ours = self.captioners[0]
        return [self._row(captioner, ours) for captioner in self.captioners] + self.missing

    def _row(self, captioner: MeasuredCaptioner, ours: MeasuredCaptioner) -> Row:
        values = {"total_ms_p50": round(captioner.median, 3), "load_s": round(captioner.load_s, 2)}
        facts = {
            **captioner.loaded.facts,
            "words": round(statistics.fmean(captioner.words), 1),
            "captions": len(captioner.words),
            "times_ours": round(captioner.median / ours.median, 2),
        }
        if captioner.memory_mb is not None:
            values["memory_mb"] = captioner.memory_mb
        if captioner.memory_mb is not None and ours.memory_mb is not None:
            facts["memory_times_ours"] = round(captioner.memory_mb / ours.memory_mb, 2)
        if captioner.loaded.parameters_m is not None:
            values["parameters_m"] = captioner.loaded.parameters_m
        elif (
            isinstance(captioner.peer, Ours)
            and (count := parameters_m(self._bundle, captioner.peer.variant)) is not None
        ):
            values["parameters_m"] = count
        return Row(captioner.peer.name, values, {"total_ms_p50": captioner.noise}, facts)

    def _ours(self, variant: str) -> Ours:
        return Ours(self._path, variant, self._threads)

    def _start(self, peer: Peer, picture: Pixels, words: int) -> MeasuredCaptioner:
        worker = Worker(peer, self._threads)
        try:
            loaded, seconds = worker.load()
            captioner = MeasuredCaptioner(peer, worker, loaded, seconds)
            captioner.words = [worker.caption(picture, words).said.words for _ in range(WARM_UP)]
            captioner.memory_mb = worker.peak_memory_mb()
        except BaseException:
            worker.close()
            raise
        return captioner

    def _add_fastest_int8(self, default: str, picture: Pixels, words: int) -> None:
        """Ours once more, in the int8 variant that is the fastest here, where that is another than the default one."""
        variants = self._bundle.manifest.variants
        named = [name for name, variant in variants.items() if variant.precision.startswith("int8") and name != default]
        found: list[MeasuredCaptioner] = [self.captioners[0]] if variants[default].precision.startswith("int8") else []
        for name in named:
            try:
                found.append(self._start(self._ours(name), picture, words))
            except PeerMissingError as error:
                self._say(str(error))
        if not found:
            return
        times: dict[str, list[float]] = {captioner.peer.name: [] for captioner in found}
        for one in interleaved(found, _CHOSEN_BY, 0):
            for captioner in one.order:
                times[captioner.peer.name].append(captioner.worker.caption(picture, words).milliseconds)
        best = min(found, key=lambda captioner: statistics.median(times[captioner.peer.name]))
        for captioner in found:
            if captioner is not best and captioner is not self.captioners[0]:
                captioner.worker.close()
        if best is not self.captioners[0]:
            self.captioners.append(best)

    def _turns_of_ours(self, ours: Sequence[MeasuredCaptioner], picture: Pixels, words: int) -> None:
        for captioner in ours:
            self._turn(captioner, picture, words, OURS_A_TURN)

    def _turn(self, captioner: MeasuredCaptioner, picture: Pixels, words: int, captions: int) -> None:
        time.sleep(_SETTLE)
        for _ in range(captions):
            timed = captioner.worker.caption(picture, words)
            captioner.milliseconds[-1].append(timed.milliseconds)
            captioner.words.append(timed.said.words)

    def _turn_of_other(self, other: MeasuredCaptioner, picture: Pixels, words: int) -> None:
        """One caption; a captioner that fails now leaves the measurement, which goes on."""
        try:
            self._turn(other, picture, words, 1)
        except PeerMissingError as error:
            self._say(str(error))
            self.captioners.remove(other)
            other.worker.close()
            self.missing.append(Row(other.peer.name, missing=str(error)))
