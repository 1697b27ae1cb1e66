"""The live loop run to its end: its captions, how old they were, and what they cost."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.live.energy import EnergyMeter, energy_source
from edge_runtime.bench.statistics import noise, summary
from edge_runtime.captioner import Captioner
from edge_runtime.events import CaptionEvent, Event
from edge_runtime.frames.base import FrameSource
from edge_runtime.frames.geometry import Geometry
from edge_runtime.live.capture import Capture
from edge_runtime.live.gate import Gate
from edge_runtime.live.loop import Live, Watched
from edge_runtime.live.rate_limiter import Governor
from edge_runtime.live.stabiliser import Steady


@dataclass(frozen=True)
class LiveRun:
    """A live loop that has run to its end.

    Attributes:
        captions: Every caption event.
        seconds: Wall time.
        cpu_seconds: Processor time of all threads.
        looked_at: Frames that the gate saw.
        watts: Mean power of what the machine tells of; None where it tells nothing.
    """

    captions: list[CaptionEvent]
    seconds: float
    cpu_seconds: float
    looked_at: int
    watts: float | None

    def costs(self) -> dict[str, float]:
        """`captions`, `captions_per_s`, `cpu_percent` of one core, and `power_w` where the machine tells."""
        found = {
            "captions": float(len(self.captions)),
            "captions_per_s": round(len(self.captions) / self.seconds, 2),
            "cpu_percent": round(100 * self.cpu_seconds / self.seconds, 2),
        }
        return found if self.watts is None else {**found, "power_w": round(self.watts, 3)}

    def ages(self) -> dict[str, float]:
        """Milliseconds from a frame's capture to its sentence: `age_ms_p50`, `age_ms_p90`, `age_ms_p99`, `age_ms_max`."""
        found = [event.age_ms for event in self.captions]
        return {**summary("age_ms", found), "age_ms_max": round(max(found), 3)} if found else {}

    def noise(self) -> dict[str, float]:
        """Of the median age."""
        return {"age_ms_p50": noise([event.age_ms for event in self.captions])} if self.captions else {}


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
    with EnergyMeter(energy_source()) as meter:
        begun, cpu = time.monotonic(), time.process_time()
        capture.start()
        live.start()
        while not live.done:
            time.sleep(0.05)
        seconds, cpu_seconds = time.monotonic() - begun, time.process_time() - cpu
    capture.close(1.0)
    return LiveRun(captions, seconds, cpu_seconds, watched.looked_at, meter.watts)
