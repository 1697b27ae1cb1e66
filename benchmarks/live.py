"""The live loop as measured: how old captions are, what a still scene costs, whether every scene is captioned."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.scenes import SceneCamera
from edge_runtime.captioner import Captioner
from edge_runtime.capture import Capture
from edge_runtime.errors import PictureError
from edge_runtime.events import CaptionEvent, Event
from edge_runtime.frames.base import Frame, FrameSource
from edge_runtime.frames.geometry import Geometry
from edge_runtime.gate import Gate
from edge_runtime.governor import Governor
from edge_runtime.live import Live, Watched
from edge_runtime.sinks.running import RunningSink
from edge_runtime.steady import Steady


@dataclass(frozen=True)
class LiveRun:
    """A live loop that has run to its end.

    Attributes:
        captions: Every caption event.
        seconds: Wall time.
        cpu_seconds: Processor time of all threads.
        looked_at: Frames that the gate saw.
    """

    captions: list[CaptionEvent]
    seconds: float
    cpu_seconds: float
    looked_at: int


def run_live(
    captioner: Captioner, source: FrameSource, gate: bool, beam: int = 1, tell: Callable[[Event], None] | None = None
) -> LiveRun:
    """Run the loop on one source until it ends.

    Args:
        captioner: The model.
        source: A camera or file.
        gate: Whether frames of an unchanged scene are left out.
        beam: Hypotheses kept.
        tell: Receives every event besides.
    """
    captions: list[CaptionEvent] = []

    def take(event: Event) -> None:
        if isinstance(event, CaptionEvent):
            captions.append(event)
        if tell is not None:
            tell(event)

    arrived = threading.Condition()
    capture = Capture(source, Geometry(), None, arrived, take)
    watched = Watched(capture, Gate("normal", 30.0, everything=not gate), Steady(captioner))
    live = Live(captioner, [watched], take, Governor(), arrived, beam)
    capture.open()
    begun, cpu = time.monotonic(), time.process_time()
    capture.start()
    live.start()
    while not live.done:
        time.sleep(0.05)
    capture.close(1.0)
    return LiveRun(captions, time.monotonic() - begun, time.process_time() - cpu, watched.looked_at)


def scenes(captioner: Captioner, pictures: Sequence[Path], seconds: float, fps: float) -> dict[str, Any]:
    """Whether every scene change is captioned, and how soon.

    Args:
        captioner: The model.
        pictures: One a scene.
        seconds: That each is shown.
        fps: Frames a second of the camera.

    Returns:
        Scenes, how many were captioned, captions a scene, and seconds from a scene's first frame to its caption.
    """
    camera = SceneCamera(pictures, seconds, fps, levels=6, shift=3)
    told: list[tuple[int, float]] = []

    def take(event: Event) -> None:
        if isinstance(event, CaptionEvent):
            told.append((event.frame // camera.frames_a_scene, time.monotonic()))

    run = run_live(captioner, camera, gate=True, tell=take)
    first: dict[int, float] = {}
    for scene, at in told:
        first.setdefault(scene, at - camera.shown[scene])
    delays = list(first.values())
    return {
        "scenes": len(pictures),
        "captioned": len(first),
        "captions_a_scene": round(len(told) / len(pictures), 3),
        "seconds_to_caption": {f"p{p}": round(float(np.percentile(delays, p)), 4) for p in (50, 95, 99, 100)},
        "cpu_percent_of_a_core": round(100 * run.cpu_seconds / run.seconds, 1),
    }


def still(captioner: Captioner, picture: Path, seconds: float, fps: float) -> dict[str, Any]:
    """Processor time on a still scene with a sensor's noise, with the gate and without.

    Args:
        captioner: The model.
        picture: The scene.
        seconds: Of each of the two runs.
        fps: Frames a second of the camera.
    """
    runs = {
        name: run_live(captioner, SceneCamera([picture], seconds, fps, levels=6, shift=0), gate=gate)
        for name, gate in (("gate", True), ("no_gate", False))
    }
    percent = {name: 100 * run.cpu_seconds / run.seconds for name, run in runs.items()}
    return {
        "cpu_percent_of_a_core": {name: round(value, 2) for name, value in percent.items()},
        "share": round(percent["gate"] / percent["no_gate"], 4),
        "captions": {name: len(run.captions) for name, run in runs.items()},
        "looked_at": {name: run.looked_at for name, run in runs.items()},
        "sentences_shown": {name: sum(event.changed for event in run.captions) for name, run in runs.items()},
    }


def ages(captioner: Captioner, source: FrameSource, fps: float) -> dict[str, Any]:
    """How old captions are when they are whole, every frame being captioned that there is time for.

    Args:
        captioner: The model.
        source: A camera, or a file at its own speed.
        fps: Its frames a second.
    """
    run = run_live(captioner, source, gate=False)
    if not run.captions:
        raise PictureError(f"{source.name}: no caption came of it; name a longer clip")
    found = np.array([event.age_ms for event in run.captions])
    taken = float(np.median([event.timings.total for event in run.captions]))
    bar = taken + 1000 / fps + 5
    return {
        "captions": len(found),
        "captions_a_second": round(len(found) / run.seconds, 2),
        "caption_ms_p50": round(taken, 2),
        "age_ms": {f"p{p}": round(float(np.percentile(found, p)), 2) for p in (50, 90, 99, 100)},
        "bar_ms": {"p50": round(bar, 2), "p99": round(2 * bar, 2)},
        "cpu_percent_of_a_core": round(100 * run.cpu_seconds / run.seconds, 1),
    }


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


def blocked(captioner: Captioner, picture: Path, seconds: float, fps: float) -> dict[str, Any]:
    """What a sink that hangs does to the age of captions.

    Args:
        captioner: The model.
        picture: The scene.
        seconds: That the sink hangs; the camera runs as long.
        fps: Frames a second of the camera.
    """
    found: dict[str, Any] = {}
    for name, hangs in (("without", 0.0), ("with", seconds)):
        sink = RunningSink(_Blocked(hangs), lambda sentence: None, block=False)
        sink.start()
        camera = SceneCamera([picture], seconds, fps, levels=6, shift=0)
        run = run_live(captioner, camera, gate=False, tell=sink.event)
        sink.close(seconds + 1)
        ages_ms = [event.age_ms for event in run.captions]
        found[name] = {
            "captions": len(run.captions),
            "age_ms": {f"p{p}": round(float(np.percentile(ages_ms, p)), 2) for p in (50, 99, 100)},
        }
    return found
