"""Times as people write them: `2h` ago, a day, a moment in ISO 8601."""

import datetime
import re
import time

from edge_runtime.console.terminal import plain
from edge_runtime.console.validation import shortened
from edge_runtime.errors import OptionError

_UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 7 * 86400.0}
_AGO = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)([smhdw])")
_REMEDY = "write one as 90s, 15m, 2h or 3d for so long ago, or as 2026-11-26 or 2026-11-26T15:30"


def moment(option: str, text: str, now: float | None = None) -> float:
    """Return a time in seconds since 1970.

    Args:
        option: As the user writes it, for the message: `--since`.
        text: A duration, for so long ago; or a day or moment in ISO 8601, by the clock of this machine unless it has an offset.
        now: Seconds since 1970; this moment where None.

    Raises:
        OptionError: It is neither.
    """
    ago = _AGO.fullmatch(text.strip().lower())
    if ago is not None:
        return (time.time() if now is None else now) - float(ago[1]) * _UNITS[ago[2]]
    try:
        return datetime.datetime.fromisoformat(text.strip()).timestamp()
    except (ValueError, OverflowError, OSError):
        raise OptionError(f"{option} {plain(shortened(text))}: no time; {_REMEDY}") from None


def date(text: str) -> datetime.date:
    """Return a day: one in ISO 8601, `today` or `yesterday`.

    Args:
        text: As the user writes it.

    Raises:
        OptionError: It is none.
    """
    today = datetime.date.today()
    named = {"today": today, "yesterday": today - datetime.timedelta(days=1)}
    if text.strip().lower() in named:
        return named[text.strip().lower()]
    try:
        found = datetime.date.fromisoformat(text.strip())
    except ValueError:
        found = datetime.date.min
    # The first and the last day that Python knows have no neighbours, and none of them is on a clock.
    if not 1970 <= found.year < datetime.MAXYEAR:
        raise OptionError(f"{plain(shortened(text))}: no day; write one as 2026-11-26, today or yesterday") from None
    return found
