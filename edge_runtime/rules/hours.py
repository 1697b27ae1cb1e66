"""Hours of the day and days of the week in which a rule holds, by the local clock."""

import datetime
import re
from collections.abc import Iterable
from dataclasses import dataclass

from edge_runtime.console.terminal import plain
from edge_runtime.console.validation import shortened
from edge_runtime.errors import RuleError

_HOURS = re.compile(r"(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})")
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY_MINUTES = 24 * 60


@dataclass(frozen=True)
class Hours:
    """Stretches of the day on days of the week. A stretch over midnight belongs to the day on which it begins.

    Attributes:
        stretches: First and last minute of each, the last one excluded; none for the whole day.
        days: From 0 for Monday; none for all.
    """

    stretches: tuple[tuple[int, int], ...] = ()
    days: frozenset[int] = frozenset()

    @classmethod
    def of(cls, hours: Iterable[str], days: Iterable[str]) -> "Hours":
        """Read hours and days.

        Args:
            hours: Such as `22:00-06:00`.
            days: Such as `sat`, `mon-fri`.

        Raises:
            RuleError: One is neither.
        """
        return cls(tuple(map(_stretch, hours)), frozenset(day for text in days for day in _days(text)))

    def holds(self, at: float, zone: datetime.tzinfo | None = None) -> bool:
        """Return whether a time lies within.

        Args:
            at: Seconds since 1970.
            zone: Of the clock; None is the machine's.
        """
        local = datetime.datetime.fromtimestamp(at, zone)
        minute, day = local.hour * 60 + local.minute, local.weekday()
        if not self.stretches:
            return self._on(day)
        return any(
            self._on(day) and first <= minute < last
            if first < last
            else (self._on(day) and minute >= first) or (self._on((day - 1) % 7) and minute < last)
            for first, last in self.stretches
        )

    def _on(self, day: int) -> bool:
        return not self.days or day in self.days


def _stretch(text: str) -> tuple[int, int]:
    found = _HOURS.fullmatch(text.strip())
    if found is None:
        raise RuleError(f"hours '{plain(shortened(text))}': write them as '22:00-06:00'")
    numbers = [int(number) for number in found.groups()]
    first, last = numbers[0] * 60 + numbers[1], numbers[2] * 60 + numbers[3]
    if max(first, last) > _DAY_MINUTES or max(numbers[1], numbers[3]) > 59 or first == _DAY_MINUTES:
        raise RuleError(
            f"hours '{plain(shortened(text))}': no time of the day; hours are 0 to 23, minutes 0 to 59, the end 24:00 at most"
        )
    if first == last:
        raise RuleError(
            f"hours '{plain(shortened(text))}': begin and end are the same; leave hours out for the whole day"
        )
    return first, last


def _days(text: str) -> Iterable[int]:
    names = [name.strip().lower()[:3] for name in text.split("-")]
    known = all(name in _DAYS for name in names) and all(part.strip().isalpha() for part in text.split("-"))
    if not known or len(names) > 2:
        raise RuleError(
            f"days '{plain(shortened(text))}': write them as 'sat', or 'mon-fri'; known are: {', '.join(_DAYS)}"
        )
    first, last = _DAYS.index(names[0]), _DAYS.index(names[-1])
    return [day % 7 for day in range(first, last + 1 if first <= last else last + 8)]
