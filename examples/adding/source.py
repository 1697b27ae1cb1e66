"""A source of your own: a test card, dark stripes and bright ones by turns, for a machine without a camera.

python examples/adding/source.py live --source testcard://64x48 --testcard-scenes 4
"""

import re
import sys
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import numpy as np

from edge_runtime.cli import main
from edge_runtime.console.options import option
from edge_runtime.errors import SourceError
from edge_runtime.frames.base import FrameSource, Pixels
from edge_runtime.frames.kinds import SourceKind, SourceRequest
from edge_runtime.frames.registry import register


@dataclass(frozen=True)
class TestCardKind(SourceKind):
    """Answers to `testcard://WIDTHxHEIGHT`. Its options are flags, and keys of the table `[testcard]`.

    Attributes:
        scenes: How often it turns, the first card included.
    """

    table = "testcard"
    schemes = ("testcard",)

    scenes: int = option(2, "scenes of a test card", metavar="N", low=1, high=1000, flag="testcard-scenes")

    def source(self, request: SourceRequest) -> FrameSource:
        """Make the source; the loop opens it."""
        size = re.fullmatch(r"testcard://(\d{2,4})x(\d{2,4})", request.address)
        if size is None:
            raise SourceError(
                f"{request.name}: no size of a test card; write testcard://WIDTHxHEIGHT, such as testcard://64x48"
            )
        return TestCard(request.name, int(size[1]), int(size[2]), self.scenes)


class TestCard:
    """Ten frames of each card. It waits for whoever looks: `live` is False, as of a file."""

    live = False
    _FRAMES, _FPS = 10, 25

    def __init__(self, name: str, width: int, height: int, scenes: int) -> None:
        self.name = name
        self._size, self._scenes, self._next = (height, width), scenes, 0

    @property
    def position(self) -> float | None:
        """Seconds of the frame from the start; a camera, which has no start, has None."""
        return max(0, self._next - 1) / self._FPS

    def __enter__(self) -> Self:
        """Open it; it is opened again where it was lost, so all that a run needs begins here."""
        self._next = 0
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give the device back; here there is none."""

    def grab(self) -> bool:
        """Wait for the next frame; False at the end. What breaks off raises `SourceLostError`: it is tried again."""
        self._next += 1
        return self._next <= self._FRAMES * self._scenes

    def retrieve(self) -> Pixels:
        """The frame: uint8 [H, W, 3], in the order blue, green, red. Called only for frames that somebody looks at."""
        bright = (self._next - 1) // self._FRAMES % 2 == 1
        height, width = self._size
        stripes = (
            np.linspace(0, 90, width, dtype=np.uint8)[None, :]
            if bright
            else np.linspace(0, 90, height, dtype=np.uint8)[:, None]
        )
        card = stripes + np.uint8(150 if bright else 0)
        return np.ascontiguousarray(np.broadcast_to(card[:, :, None], (height, width, 3)))


if __name__ == "__main__":
    register(TestCardKind)  # the one line; in the project itself it stands in edge_runtime/frames/registry.py
    sys.exit(main())
