"""The live loop put together: sources, gates, captioner and rate limiter, wired to each other in one place."""

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from edge_runtime.captioner import Captioner
from edge_runtime.errors import CameraAwayError, EdgeCaptionError
from edge_runtime.events import Event
from edge_runtime.frames.base import Frame, FrameSource
from edge_runtime.frames.geometry import Geometry, PictureOptions
from edge_runtime.frames.options import SourceOptions
from edge_runtime.live.capture import Capture
from edge_runtime.live.frozen import FrozenWatch
from edge_runtime.live.gate import GateOptions
from edge_runtime.live.loop import LiveLoop
from edge_runtime.live.model import ModelOptions
from edge_runtime.live.options import LiveOptions
from edge_runtime.live.rate_limiter import RateLimiter, RateOptions
from edge_runtime.live.scene_options import SceneOptions
from edge_runtime.live.watched import View, Watched

_POLL_SECONDS, _END_SECONDS = 0.02, 1.0


class Pipeline:
    """Sources that are captioned until they end or it is stopped.

    Args:
        captioner: The model, shared by all sources in turns.
        sources: What is looked at; not opened yet.
        options: How; of these the groups of source, picture, model (its beam), gate, scene and rate are looked at.
        emit: Takes every event, from several threads; must not wait.
        watch: Receives every frame that is watched, for a window or a video; None where nobody ever wants them all.
        limiter: How fast it may go, in the place of what the options say.
        further: Captioners of the further languages, which share the encoder.
        watched: Whether somebody watches a source at this moment, as for `Capture`.

    Attributes:
        captures: The sources.
        live: The loop.
    """

    def __init__(
        self,
        captioner: Captioner,
        sources: Sequence[FrameSource],
        options: LiveOptions,
        emit: Callable[[Event], None],
        watch: Callable[[Frame], None] | None = None,
        limiter: RateLimiter | None = None,
        further: Sequence[Captioner] = (),
        watched: Callable[[str], bool] = lambda _: True,
    ) -> None:
        arrived = threading.Condition()
        retries, zones = options[SourceOptions].retries, options[PictureOptions].zones()
        self.captures = [
            Capture(source, geometry, retries, arrived, emit, watch, watched)
            for source, geometry in zip(sources, _geometries(sources, options), strict=True)
        ]
        looked_at = [
            Watched(
                capture,
                [View(captioner, further, options[GateOptions], zone) for zone in (None, *zones)],
                FrozenWatch(options[SceneOptions].frozen_after),
            )
            for capture in self.captures
        ]
        limited = limiter or RateLimiter(options[RateOptions])
        self.live = LiveLoop(captioner, looked_at, emit, limited, arrived, options[ModelOptions].beam)

    def open(self) -> None:
        """Open all sources at once, so that one that does not answer keeps no other waiting.

        Raises:
            SourceError: One cannot be opened and waiting would not help, or none is there but cameras to be plugged in. Nothing
                is left open then.
        """
        try:
            with ThreadPoolExecutor(len(self.captures), "opening") as openings:
                opened = [openings.submit(capture.open) for capture in self.captures]
            for one in opened:
                one.result()
            away = [capture.away for capture in self.captures]
            if isinstance(away[0], CameraAwayError) and all(isinstance(one, CameraAwayError) for one in away):
                raise away[0]
        except EdgeCaptionError:
            self.close_captures(0)
            raise

    def start(self) -> None:
        """Begin to take frames, and to caption them."""
        for capture in self.captures:
            capture.start()
        self.live.start()

    def wait(self) -> None:
        """Wait until every source has ended, or the loop broke, and give the devices back."""
        while not self.live.done:
            time.sleep(_POLL_SECONDS)
        self.close_captures(_END_SECONDS)

    def stop(self, seconds: float) -> bool:
        """Ask every source to end, and finish the caption that is being made.

        Args:
            seconds: To wait at the most.

        Returns:
            Whether the loop has ended.
        """
        for capture in self.captures:
            capture.report_stop()
            capture.stop()
        return self.live.stop(seconds)

    def close_captures(self, seconds: float) -> bool:
        """Give every device back.

        Args:
            seconds: To wait at the most, for all of them together.

        Returns:
            Whether all have ended.
        """
        by = time.monotonic() + seconds
        ended = [
            capture.close(max(0.0, by - time.monotonic())) for capture in self.captures
        ]  # each of them, whatever the first says
        return all(ended)


def _geometries(sources: Sequence[FrameSource], options: LiveOptions) -> list[Geometry]:
    """Return how the frames of each source are turned, masked and cut.

    Raises:
        OptionError: A mask is for a source that there is not.
    """
    addresses, picture = options[SourceOptions].address, options[PictureOptions]
    # Sources of a program of its own have names and no addresses.
    written = addresses if len(addresses) == len(sources) else [source.name for source in sources]
    names = [{source.name, address} for source, address in zip(sources, written, strict=True)]
    picture.check_sources({name for known in names for name in known})
    return [picture.geometry(known) for known in names]
