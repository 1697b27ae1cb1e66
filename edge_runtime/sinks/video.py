"""A video with the captions burnt in."""

import logging
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from edge_runtime.console.options import option
from edge_runtime.errors import SinkError, SourceError
from edge_runtime.events import Event, StatusEvent
from edge_runtime.frames.base import Frame
from edge_runtime.machine.opencv import opencv
from edge_runtime.sinks.base import SinkContext, SinkKind, WantedSink
from edge_runtime.sinks.lettering import Lettering
from edge_runtime.sinks.output import check_target, failure
from edge_runtime.sinks.overlay import draw_caption
from edge_runtime.sinks.targets import Syncing, claim
from edge_runtime.sinks.video_writers import Video, check_video, open_video, remark

_log = logging.getLogger("edge_runtime.sinks")

Pixels = npt.NDArray[np.uint8]

_FPS = 25.0
"""Frames a second, where the camera was not asked for a rate."""
_RESERVE = 16 << 20
"""Bytes left free on the disk, for the index that ends a video, and for the log that says what happened."""
_INDEX_BYTES = 16
"""Of a frame in that index, at the most."""
_BACK_SECONDS = 1.0
"""A position so far behind the one before begins anew; less is disorder within a stream."""
_AWAY_SECONDS = 0.5
"""A camera that has given nothing for so long is filled in for."""


@dataclass(frozen=True)
class VideoKind(SinkKind):
    """Whether a video is written.

    Attributes:
        file: Its path; None for none.
    """

    table = "video"

    file: str | None = option(
        None,
        "record a video of the first source with the caption in it, without sound: .mp4, .mkv or .avi",
        metavar="FILE.mp4",
        flag="record",
        path=True,
    )

    def sinks(self, context: SinkContext) -> Iterator[WantedSink]:
        """Yield the one that is asked for; that of other sources is another video."""
        if self.file is not None:
            source, fps = context.sources[0], context.fps or _FPS
            sink = VideoSink(self.file, fps, source.name, source.live, context.overwrite, context.letters)
            yield WantedSink(sink, key=(self.file, fps, context.seen), writes=Path(self.file))


class VideoSink:
    """Writes frames into a video that lasts as long as what was seen: frames are repeated or left out to hold its rate.

    The file is made with the first frame, and is never one that was there already unless that is asked for.

    Attributes:
        name: For messages.
        wants_frames: Yes.
    """

    wants_frames = True

    def __init__(
        self,
        path: str,
        fps: float,
        source: str | None = None,
        live: bool = False,
        overwrite: bool = False,
        letters: str = "",
    ) -> None:
        """Name the file.

        Args:
            path: `.mp4`, `.mkv` or `.avi`, in a folder that exists; see `video_writers`.
            fps: Frames per second of the video.
            source: The source that is recorded; where None, the one whose frame comes first.
            live: Whether the source's positions go on like the clock, so that time without frames is filled in meanwhile.
            overwrite: Write over a file that is there already, instead of beside it.
            letters: Those that captions are usually written in.
        """
        self.name = f"--record {path}"
        self._lettering = Lettering(self.name, letters)
        self._target = Path(path)
        self._fps = fps
        self._source = source
        self._live = live
        self._overwrite = overwrite
        self._video: Video | None = None
        self._syncing: Syncing | None = None
        self._size = (0, 0)
        self._count = 0
        self._begun = 0.0
        self._newest: Frame | None = None
        self._picture: Pixels | None = None

    def check(self) -> None:
        """See whether the file could be written, and whether there are letters for what is to be drawn.

        Raises:
            SinkError: It could not, its name ends in something else, or there are none.
        """
        self._lettering.check()
        try:
            check_video(self.name, self._target)
        except SourceError as error:
            raise SinkError(f"{self.name}: {error}") from None
        check_target(self.name, self._target, beside=not self._overwrite)

    def open(self) -> None:
        """Say how it is written where that is not the best way; the file itself begins with the first frame.

        Raises:
            SinkError: It cannot be written, or its name ends in something else.
        """
        self.check()
        remarked = remark(self._target)
        if remarked is not None:
            _log.warning("%s: %s", self.name, remarked)

    def event(self, event: Event) -> None:
        """When the source is lost, what is repeated until it is back says so."""
        if isinstance(event, StatusEvent) and event.kind == "lost" and event.source == self._source and self._newest:
            self._picture = draw_caption(self._fitted(self._newest.pixels), event.message)

    def frame(self, frame: Frame, caption: str) -> None:
        """Write a frame, if its time has come, and repeat the one before until then.

        Raises:
            SinkError: The disk is nearly full; what was recorded is whole.
        """
        if self._source is None:
            self._source = frame.source
        if frame.source != self._source:
            return
        if self._video is None:
            self._begin(frame)
        elif self._newest is not None and frame.position < self._newest.position - _BACK_SECONDS:
            # A file from its beginning again follows at once, a camera after the time that it was away.
            away = frame.captured - self._newest.captured if self._live else 0.0
            self._begun = frame.position - max(self._count / self._fps, self._newest.position - self._begun + away)
        self._repeat_until(frame.position)
        self._newest = frame
        self._picture = self._lettering.draw(self._fitted(frame.pixels), caption)
        if self._count <= self._index(frame.position):
            self._write(self._picture)

    def idle(self) -> None:
        """Fill in for a camera that is away, rather than all at once when it is back.

        Raises:
            SinkError: As for `frame`.
        """
        if self._live and self._newest is not None:
            away = time.monotonic() - self._newest.captured
            if away > _AWAY_SECONDS:
                self._repeat_until(self._newest.position + away - _AWAY_SECONDS)

    def close(self) -> None:
        """Finish the video.

        Raises:
            SinkError: It could not be finished.
        """
        self._newest = self._picture = None
        video, self._video = self._video, None
        syncing, self._syncing = self._syncing, None
        try:
            if video is not None:
                video.close()
        finally:
            if syncing is not None:
                try:
                    syncing.close()
                except OSError as error:
                    raise failure(self.name, error) from None

    def _begin(self, frame: Frame) -> None:
        height, width = frame.pixels.shape[:2]
        path, descriptor = claim(self.name, self._target, self._overwrite)
        try:
            self._video = open_video(self.name, path, descriptor, self._fps, (width, height))
        except SinkError:
            os.close(descriptor)
            with suppress(OSError):
                path.unlink()
            raise
        self._syncing = Syncing(descriptor)
        self._size = (width, height)
        self._begun = frame.position

    def _index(self, position: float) -> int:
        """Return number of the video's frame at a position."""
        return round((position - self._begun) * self._fps)

    def _repeat_until(self, position: float) -> None:
        if self._picture is not None:
            for _ in range(self._index(position) - self._count):
                self._write(self._picture)

    def _write(self, picture: Pixels) -> None:
        """What writes does not report a full disk, or too late, so look before."""
        if self._video is None:
            return
        try:
            free = shutil.disk_usage(self._target.parent).free
        except OSError as error:
            raise failure(self.name, error) from None
        if free < _RESERVE + _INDEX_BYTES * self._count:
            seconds = self._count / self._fps
            raise SinkError(
                f"{self.name}: the disk is nearly full; the video ends after {seconds:.1f} s, make room for more"
            )
        self._video.write(picture)
        self._count += 1

    def _fitted(self, pixels: Pixels) -> Pixels:
        """Return the frame in the size of the first one, with black bars where its shape is another."""
        cv2 = opencv()

        width, height = self._size
        rows, columns = pixels.shape[:2]
        if (columns, rows) == self._size:
            return pixels
        scale = min(width / columns, height / rows)
        wide, high = max(1, round(columns * scale)), max(1, round(rows * scale))
        left, top = (width - wide) // 2, (height - high) // 2
        fitted = np.zeros((height, width, 3), np.uint8)
        method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        fitted[top : top + high, left : left + wide] = cv2.resize(pixels, (wide, high), interpolation=method)
        return fitted
