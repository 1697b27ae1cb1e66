"""How long the live loop rests between two looks, so that other programs, the power supply and the heat allow it.

Four things ask for rest, and the longest rest is taken:

- the rate that the user allows (`--max-fps`);
- the share of the processor that the user allows (`--cpu-budget`), kept on average over a few seconds;
- heat: from 10 degrees below the processor's own limit (75 C on a board) a look at least every 0.2 s, and fewer in proportion, until
  3 degrees below it (82 C) there is one every 2 s; faster again only 3 degrees below where it became slow, so that it does not swing;
- the firmware's flags (under-voltage, throttled, soft temperature limit): half the rate and half the budget, until 30 s after the last.
"""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

from edge_runtime.console.options import Options, option
from edge_runtime.machine.device import available_cores
from edge_runtime.machine.throttling import SOFT_LIMIT, THROTTLED, UNDER_VOLTAGE, Sensors, hot_limit, sensors

LONGEST_REST = 5.0
"""Seconds of rest for the budget's sake at the most, so that a process that is busy elsewhere still looks at times."""
SENSOR_SECONDS = 5.0
"""Seconds between two looks at the sensors."""

_CREDIT = 1.0
"""Seconds whose budget can be saved up by idling, and used at once."""
_PATIENCE = 50.0
"""Reading the sensors may cost one part in so many of the time: the longer they take, the less often they are read."""
_HEADROOM, _SLOWEST_AT = 10.0, 3.0
"""Degrees below the processor's limit at which slowing down begins and is complete."""
_SWING = 3.0
"""Degrees that it must cool before it becomes faster."""
_FIRST_REST, _LAST_REST = 0.2, 2.0
"""Seconds between two looks where slowing down begins and where it is complete."""
_CALM = 30.0
"""Seconds without a flag before full speed."""
_FLAGS = (UNDER_VOLTAGE, THROTTLED, SOFT_LIMIT)


@dataclass(frozen=True)
class RateOptions(Options):
    """What the live loop may use.

    Attributes:
        max_fps: Looks a second at the most; None for as many as there are frames.
        cpu_budget: Percent of all cores' time that this process may use, 100 being the whole machine; None for no limit.
    """

    table = "rate"

    max_fps: float | None = option(None, "frames looked at in a second at the most", metavar="F", low=0.001, high=1000)
    cpu_budget: float | None = option(
        None, "percent of all processor cores that may be used", metavar="PERCENT", low=1, high=100
    )


class RateLimiter:
    """Says how long to rest after each look; used from one thread.

    Args:
        options: What may be used.
        clock: Seconds, never going back.
        cpu_clock: Seconds of processor time that all threads of this process have used.
        facts: Reads the sensors.
        limit: Degrees Celsius at which the processor is slowed down by itself; this machine's where None.
        cores: Cores of the whole machine; those that this process may use where None.
    """

    def __init__(
        self,
        options: RateOptions | None = None,
        clock: Callable[[], float] = time.monotonic,
        cpu_clock: Callable[[], float] = time.process_time,
        facts: Callable[[], Sensors] = sensors,
        limit: float | None = None,
        cores: int | None = None,
    ) -> None:
        allowed = options or RateOptions()
        self._interval = 1 / allowed.max_fps if allowed.max_fps else 0.0
        share = allowed.cpu_budget
        self._budget = (cores or available_cores()) * share / 100 if share else math.inf
        self._clock, self._cpu_clock, self._facts = clock, cpu_clock, facts
        self._limit = hot_limit() if limit is None else limit
        now = clock()
        self._saved, self._billed_at, self._billed = 0.0, now, cpu_clock()
        self._due = -math.inf
        self._next_reading = now
        self._heat_rest = 0.0
        self._flags: tuple[str, ...] = ()
        self._last_flag = -math.inf
        self._flagged = self._was_hot = self._slowed = False
        self._news: str | None = None

    @property
    def slowed(self) -> bool:
        """Return whether heat or the firmware's flags have slowed it down."""
        return self._slowed

    def wait(self, spent: float) -> float:
        """Return seconds to rest before the next look.

        Call it right after each look; every few seconds it reads the sensors, which takes 0.02 s where there is a `vcgencmd`.

        Args:
            spent: Seconds that the look took, from the moment a frame was there to the moment its caption was handed on;
                waiting for a frame is no part of it.
        """
        now = self._clock()
        if now >= self._next_reading:
            self._read_sensors(now)
        slowness = 2.0 if self._flagged else 1.0
        rest = max(
            self._rate_rest(now, spent, max(self._interval, self._heat_rest) * slowness),
            self._budget_rest(now, self._budget / slowness),
            spent if self._flagged else 0.0,
        )
        return max(0.0, rest - (self._clock() - now))

    def news(self) -> str | None:
        """Return a sentence, once, when it has begun or stopped slowing down; `slowed` tells which."""
        news, self._news = self._news, None
        return news

    def _rate_rest(self, now: float, spent: float, interval: float) -> float:
        """Looks are due on a grid, so that one that came late, its frame being late, does not lower the rate."""
        if interval == 0:
            self._due = -math.inf
            return 0.0
        begun = now - spent
        on_time = begun - self._due < interval
        self._due = (self._due if on_time else begun) + interval
        return self._due - now

    def _budget_rest(self, now: float, budget: float) -> float:
        """Keep a bucket of processor time that fills at the budget's rate: what was used beyond it is rested for, all of it."""
        if math.isinf(budget):
            return 0.0
        used = self._cpu_clock()
        saved = min(self._saved + (now - self._billed_at) * budget, budget * _CREDIT) - (used - self._billed)
        self._saved = max(saved, -budget * LONGEST_REST)
        self._billed_at, self._billed = now, used
        return -self._saved / budget

    def _read_sensors(self, now: float) -> None:
        found = self._facts()
        taken = self._clock() - now
        self._next_reading = now + max(SENSOR_SECONDS, taken * _PATIENCE)
        heat = found.temperature
        self._heat_rest = (
            0.0 if heat is None else max(self._rest_at(heat), min(self._heat_rest, self._rest_at(heat + _SWING)))
        )
        flags = tuple(flag for flag in found.flags if flag in _FLAGS)
        if flags:
            self._flags, self._last_flag = flags, now
        self._flagged = now - self._last_flag < _CALM
        slowed = self._heat_rest > 0 or self._flagged
        self._was_hot = self._heat_rest > 0 or (self._was_hot and self._slowed)
        if slowed != self._slowed:
            self._slowed = slowed
            self._news = self._slower(heat) if slowed else self._faster(heat)
            self._flags = self._flags if slowed else ()

    def _rest_at(self, heat: float) -> float:
        """Return seconds from one look to the next at so many degrees."""
        begin, full = self._limit - _HEADROOM, self._limit - _SLOWEST_AT
        if heat < begin:
            return 0.0
        return min(_LAST_REST, max(_FIRST_REST, _LAST_REST * (heat - begin) / (full - begin)))

    def _slower(self, heat: float | None) -> str:
        rest = self._heat_rest * (2 if self._flagged else 1)
        reasons = [f"{heat:.0f} degrees C"] if self._was_hot and heat is not None else []
        reasons += self._flags if self._flagged else ()
        return f"slowed to {f'one caption every {rest:.1f} s' if rest else 'half speed'}: {', '.join(reasons)}"

    def _faster(self, heat: float | None) -> str:
        reasons = []
        if self._was_hot:
            reasons.append(f"{heat:.0f} degrees C" if heat is not None else "the temperature cannot be read any more")
        if self._flags:
            reasons.append(f"no {', no '.join(self._flags)} for {_CALM:.0f} s")
        return f"full speed again: {', '.join(reasons)}"
