"""A folder of pictures, one frame each."""

import threading
import warnings
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from edge_runtime.errors import PictureError, PictureWarning, SourceError, SourceLostError
from edge_runtime.frames.base import Pixels
from edge_runtime.frames.options import SourceOptions
from edge_runtime.frames.pacing import Pace
from edge_runtime.pictures.listing import listed_pictures
from edge_runtime.pictures.preprocess import load_upright

LONGEST_SIDE = 1920
"""Larger pictures are scaled down to it: no camera's frame is larger, and nothing that looks at frames gains by it."""


class ImageFolderSource:
    """The pictures of a folder in the order of their names, by the rule of `edge_runtime.pictures.listing`."""

    def __init__(
        self, spec: str, options: SourceOptions | None = None, log: Callable[[str], None] = lambda _: None
    ) -> None:
        """Does not look into it yet.

        Args:
            spec: Path of the folder.
            options: `realtime` shows one picture after another for 1 / `fps` seconds (1 by default); `loop` begins again after the last.
            log: Told of every picture that cannot be read, one sentence each.
        """
        self._folder = Path(spec)
        self._name = spec
        self._options = options or SourceOptions()
        self._log = log
        self._interval = 1 / (self._options.fps or 1.0)
        self._closing = threading.Event()
        self._paths: list[Path] = []
        self._next = self._before = 0
        self._pixels: Pixels | None = None
        self._pace = Pace()

    @property
    def name(self) -> str:
        """As the user wrote it."""
        return self._name

    @property
    def live(self) -> bool:
        """Return whether pictures that nobody takes in time are gone."""
        return self._options.realtime

    @property
    def position(self) -> float | None:
        """Return seconds of the picture from the first one."""
        return max(0, self._before + self._next - 1) * self._interval

    def __enter__(self) -> Self:
        """List the folder.

        Raises:
            SourceError: There is no such folder, it has no pictures, or it cannot be read.
        """
        try:
            self._paths = listed_pictures(self._folder)
        except FileNotFoundError:
            raise SourceError(f"{self.name}: no such folder; check the path") from None
        except OSError as error:
            raise SourceError(f"{self.name}: cannot be read ({error.strerror}); check its permissions") from None
        if not self._paths:
            raise SourceError(f"{self.name}: the folder has no pictures; put some into it, or name another one")
        self._next, self._before, self._pixels, self._pace = 0, 0, None, Pace()
        self._closing.clear()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let go of the picture; ends a `grab` that waits."""
        self._closing.set()
        self._pixels = None

    def grab(self) -> bool:
        """Read the next picture that can be read, and wait until it is due.

        Returns:
            False after the last one.
        """
        while not self._closing.is_set():
            if self._next == len(self._paths):
                if self._pixels is None or not self._options.loop:
                    break
                self._before, self._next = self._before + self._next, 0
            path = self._paths[self._next]
            due = not self._options.realtime or self._pace.is_due(
                (self._before + self._next) * self._interval, self._interval, self._closing
            )
            self._next += 1
            if not due:
                continue
            try:
                self._pixels = self._read(path)
            except PictureError as error:
                self._log(f"{error} (passed over)")
                continue
            return not self._closing.is_set()
        if self._pixels is None and not self._closing.is_set():
            raise SourceError(f"{self.name}: none of its pictures can be read; name a folder of pictures that can")
        return False

    def _read(self, path: Path) -> Pixels:
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always", PictureWarning)
            pixels = np.ascontiguousarray(load_upright(path, LONGEST_SIDE)[:, :, ::-1])
        for warning in said:
            if issubclass(warning.category, PictureWarning):
                self._log(str(warning.message))
        return pixels

    def retrieve(self) -> Pixels:
        """Return the picture that was grabbed last, uint8 [H, W, 3], B, G, R, upright.

        Raises:
            SourceLostError: None was.
        """
        pixels = self._pixels
        if pixels is None:
            raise SourceLostError(f"{self.name}: no picture has been read")
        return pixels
