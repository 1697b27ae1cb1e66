"""A captioner that is compared with its own floor, interleaved."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from benchmarks.limits.floor import RawPass
from edge_runtime.bench.interleaved import timed
from edge_runtime.captioner import Captioner


@dataclass
class FloorComparison:
    """A variant with a number of threads: the captioner, and its graphs alone.

    Attributes:
        name: Of its row.
        variant: Of the bundle.
        threads: Of the encoder.
        captioner: What a user has.
        raw: Its graphs.
        times: Figure -> milliseconds, a round each.
        words: Words and ends said, a round each.
    """

    name: str
    variant: str
    threads: int
    captioner: Captioner
    raw: RawPass
    times: dict[str, list[float]] = field(default_factory=dict)
    words: list[int] = field(default_factory=list)

    def both(self, frame: npt.NDArray[np.uint8], image: npt.NDArray[np.uint8], floor_first: bool) -> dict[str, float]:
        """Milliseconds of a whole caption and of its floor, one right after the other."""
        if floor_first:
            return self._floor(image) | self._caption(frame)
        return self._caption(frame) | self._floor(image)

    def add(self, taken: Mapping[str, float]) -> None:
        """Count what `both` gave."""
        for name, value in taken.items():
            self.times.setdefault(name, []).append(value)

    def _caption(self, frame: npt.NDArray[np.uint8]) -> dict[str, float]:
        caption, taken = timed(lambda: self.captioner.caption(frame, 1))
        self.words.append(len(caption.token_log_probs))
        return {"total": taken, "preprocess": caption.timings.preprocess}

    def _floor(self, image: npt.NDArray[np.uint8]) -> dict[str, float]:
        grid, encode = timed(lambda: self.raw.encode(image))
        _, decode = timed(lambda: self.raw.decode(grid))
        return {"floor": encode + decode, "floor_encode": encode, "floor_decode": decode}
