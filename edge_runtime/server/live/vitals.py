"""How it goes: what `/healthz` and the page tell of age, milliseconds, temperature, gate and sources."""

import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

from edge_runtime.console.terminal import plain
from edge_runtime.events import CaptionEvent
from edge_runtime.frames.health import SourceHealth
from edge_runtime.machine.device import temperature

_CAPTIONS = 100
"""Of which ages are told."""
_TEMPERATURE_SECONDS = 5.0


class Vitals:
    """Looks after captions and sources.

    Args:
        sources: Tells how each source is at this moment.
        degrees: Tells how hot the processor is, in degrees Celsius; None where nothing tells.
    """

    def __init__(
        self, sources: Callable[[], Sequence[SourceHealth]], degrees: Callable[[], float | None] = temperature
    ) -> None:
        self._sources, self._degrees = sources, degrees
        self._captions: deque[CaptionEvent] = deque(maxlen=_CAPTIONS)
        self._hot: tuple[float, float | None] = (-_TEMPERATURE_SECONDS, None)

    def adopt(self, sources: Callable[[], Sequence[SourceHealth]]) -> None:
        """Look after the sources of another session."""
        self._sources = sources

    def take(self, event: CaptionEvent) -> None:
        """Take a caption."""
        self._captions.append(event)

    @property
    def sources(self) -> Sequence[SourceHealth]:
        """Return how each source is at this moment."""
        return self._sources()

    def to_dict(self) -> dict[str, Any]:
        """For JSON; `ok` is whether any source gives frames."""
        sources = self.sources
        ages = [source.age for source in sources if source.age is not None]
        return {
            "ok": any(source.gives_frames for source in sources),
            "frame_age_s": round(min(ages), 3) if ages else None,
            "away": [plain(source.name) for source in sources if source.away],
            "sources": [{**source.to_dict(), "source": plain(source.name)} for source in sources],
            "caption": self._caption(),
            "gate": {
                "looked_at": sum(source.counters.looked_at for source in sources),
                "captioned": sum(source.counters.captions for source in sources),
            },
            "temperature_c": self._temperature(),
        }

    def _caption(self) -> dict[str, Any] | None:
        if not self._captions:
            return None
        newest, ages = self._captions[-1], sorted(caption.age_ms for caption in self._captions)
        return {
            "variant": newest.variant,
            "age_ms": round(newest.age_ms, 1),
            "age_ms_p50": round(ages[len(ages) // 2], 1),
            "age_ms_p95": round(ages[min(len(ages) - 1, int(len(ages) * 0.95))], 1),
            "timings_ms": {name: round(value, 1) for name, value in newest.timings.to_dict().items()},
            "reason": newest.reason,
            "difference": round(newest.difference, 2),
        }

    def _temperature(self) -> float | None:
        now = time.monotonic()
        if now - self._hot[0] >= _TEMPERATURE_SECONDS:
            found = self._degrees()
            self._hot = (now, None if found is None else round(found, 1))
        return self._hot[1]
