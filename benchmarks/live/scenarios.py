"""What is measured of the live loop, a row each: a still scene, a sink that hangs, a clip, scene after scene."""

import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.live.cameras import SceneCamera
from benchmarks.live.loop_run import run_live
from edge_runtime.bench.result import Row
from edge_runtime.bench.statistics import percentile, summary
from edge_runtime.captioner import Captioner
from edge_runtime.errors import PictureError
from edge_runtime.events import CaptionEvent, Event
from edge_runtime.frames.base import Frame, FrameSource
from edge_runtime.sinks.worker import SinkWorker

STILL_GATE, STILL_EVERY = "still scene", "still scene, every frame"
SINK_WORKS, SINK_HANGS = "every frame, a sink that works", "every frame, a sink that hangs"
CLIP, SCENES = "clip at its own speed, every frame", "scenes"
_NOISE, _TREMBLING = 6, 3
"""Levels of a sensor's noise, and pixels of a hand's trembling."""
_LEEWAY = 5.0
"""Milliseconds beyond a caption's own time and a frame's interval that a caption's age may have at the median."""


def still(captioner: Captioner, picture: Path, seconds: float, fps: float) -> list[Row]:
    """Return what a still scene with a sensor's noise costs, with the gate and without.

    Args:
        captioner: The model.
        picture: The scene.
        seconds: Of each of the two runs.
        fps: Frames a second of the camera.
    """
    rows = []
    for name, gate in ((STILL_GATE, True), (STILL_EVERY, False)):
        run = run_live(captioner, SceneCamera([picture], seconds, fps, levels=_NOISE, shift=0), gate=gate)
        shown = sum(event.changed for event in run.captions)
        facts = {"fps": fps, "seconds": seconds, "looked_at": run.looked_at, "sentences_shown": shown}
        rows.append(Row(name, {**run.costs(), **run.ages()}, run.noise(), facts))
    return rows


def clip(captioner: Captioner, source: FrameSource, fps: float) -> Row:
    """Return how old captions are when they are whole, every frame being captioned that there is time for.

    Args:
        captioner: The model.
        source: A camera, or a file at its own speed.
        fps: Its frames a second.

    Raises:
        PictureError: No caption came of it.
    """
    run = run_live(captioner, source, gate=False)
    if not run.captions:
        raise PictureError(f"{source.name}: no caption came of it; name a longer clip")
    taken = percentile([event.timings.total for event in run.captions], 50)
    bar = round(taken + 1000 / fps + _LEEWAY, 2)
    values = {**run.costs(), **run.ages(), "total_ms_p50": round(taken, 3)}
    return Row(CLIP, values, run.noise(), {"fps": fps, "bar_age_ms_p50": bar, "bar_age_ms_p99": 2 * bar})


class _Blocked:
    """A sink that hangs for a while in its first event."""

    name, wants_frames = "blocked", False

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    def check(self) -> None: ...
    def open(self) -> None: ...
    def close(self) -> None: ...
    def frame(self, frame: Frame, caption: str) -> None: ...

    def event(self, event: Event) -> None:
        time.sleep(self._seconds)
        self._seconds = 0.0


def blocked(captioner: Captioner, picture: Path, seconds: float, fps: float) -> list[Row]:
    """Return what a sink that hangs does to the age of captions.

    Args:
        captioner: The model.
        picture: The scene.
        seconds: That the sink hangs; the camera runs as long.
        fps: Frames a second of the camera.
    """
    rows = []
    for name, hangs in ((SINK_WORKS, 0.0), (SINK_HANGS, seconds)):
        sink = SinkWorker(_Blocked(hangs), lambda sentence: None, block=False)
        sink.start()
        camera = SceneCamera([picture], seconds, fps, levels=_NOISE, shift=0)
        run = run_live(captioner, camera, gate=False, emit=sink.event)
        sink.close(seconds + 1)
        rows.append(Row(name, {**run.costs(), **run.ages()}, run.noise(), {"fps": fps, "seconds": seconds}))
    return rows


def scenes(captioner: Captioner, pictures: Sequence[Path], seconds: float, fps: float) -> Row:
    """Return whether every scene change is captioned, and how soon.

    Args:
        captioner: The model.
        pictures: One a scene.
        seconds: That each is shown.
        fps: Frames a second of the camera.

    Returns:
        `scenes`, `scenes_captioned`, `captions_per_scene`, and `delay_ms` from a scene's first frame to its caption (p50, p90, p99, max).
    """
    camera = SceneCamera(pictures, seconds, fps, levels=_NOISE, shift=_TREMBLING)
    captioned: list[tuple[int, float]] = []

    def take(event: Event) -> None:
        if isinstance(event, CaptionEvent):
            captioned.append((event.frame // camera.frames_a_scene, time.monotonic()))

    run = run_live(captioner, camera, gate=True, emit=take)
    first: dict[int, float] = {}
    for scene, at in captioned:
        first.setdefault(scene, at - camera.shown[scene])
    delays = [delay * 1e3 for delay in first.values()]
    values = {
        **run.costs(),
        **run.ages(),
        "scenes": float(len(pictures)),
        "scenes_captioned": float(len(first)),
        "captions_per_scene": round(len(captioned) / len(pictures), 3),
    }
    if delays:
        values |= {**summary("delay_ms", delays), "delay_ms_max": round(max(delays), 3)}
    return Row(SCENES, values, run.noise(), {"fps": fps, "seconds": seconds})
