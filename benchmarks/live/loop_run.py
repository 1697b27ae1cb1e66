"""The live loop run to its end: its captions, how old they were, and what they cost."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.live.energy import EnergyMeter, energy_source
from edge_runtime.bench.statistics import noise, summary
from edge_runtime.captioner import Captioner
from edge_runtime.events import CaptionEvent, Event
from edge_runtime.frames.base import FrameSource
from edge_runtime.live.gate import GateOptions
from edge_runtime.live.model import ModelOptions
from edge_runtime.live.options import LiveOptions
from edge_runtime.live.pipeline import Pipeline


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
        """Return milliseconds from a frame's capture to its sentence: `age_ms_p50`, `age_ms_p90`, `age_ms_p99`, `age_ms_max`."""
        found = [event.age_ms for event in self.captions]
        return {**summary("age_ms", found), "age_ms_max": round(max(found), 3)} if found else {}

    def noise(self) -> dict[str, float]:
        """Of the median age."""
        return {"age_ms_p50": noise([event.age_ms for event in self.captions])} if self.captions else {}


def run_live(
    captioner: Captioner, source: FrameSource, gate: bool, beam: int = 1, emit: Callable[[Event], None] | None = None
) -> LiveRun:
    """Run the loop on one source until it ends.

    Args:
        captioner: The model.
        source: A camera or file.
        gate: Whether frames of an unchanged scene are left out.
        beam: Hypotheses kept.
        emit: Receives every event besides.
    """
    captions: list[CaptionEvent] = []

    def take(event: Event) -> None:
        if isinstance(event, CaptionEvent):
            captions.append(event)
        if emit is not None:
            emit(event)

    options = LiveOptions(GateOptions(enabled=gate), ModelOptions(beam=beam))
    pipeline = Pipeline(captioner, [source], options, take)
    pipeline.open()
    with EnergyMeter(energy_source()) as meter:
        begun, cpu = time.monotonic(), time.process_time()
        pipeline.start()
        pipeline.wait()
        seconds, cpu_seconds = time.monotonic() - begun, time.process_time() - cpu
    return LiveRun(captions, seconds, cpu_seconds, pipeline.live.sources[0].looked_at, meter.watts)
