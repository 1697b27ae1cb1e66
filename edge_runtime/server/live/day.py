"""A day's timeline: how many scenes began in each hour, by the clock of this machine."""

import datetime
from collections.abc import Awaitable, Callable
from typing import Any

from edge_runtime.errors import OptionError
from edge_runtime.server.live.archive import Search

_PAGE = 500
_MOST = 20_000
"""Scenes counted; a day of more is told as being cut off."""
_FIRST_YEAR, _LAST_YEAR = 1971, 9998


def read_date(text: str | None) -> datetime.date:
    """Return a day.

    Args:
        text: `YYYY-MM-DD`; None for today.

    Raises:
        OptionError: It is no day.
    """
    if text is None:
        return datetime.datetime.now().astimezone().date()
    try:
        found = datetime.date.fromisoformat(text)
    except ValueError:
        found = datetime.date.min
    if not _FIRST_YEAR <= found.year <= _LAST_YEAR:
        raise OptionError(f"date: must be a day as YYYY-MM-DD, from {_FIRST_YEAR} to {_LAST_YEAR}")
    return found


async def timeline(search: Callable[[Search], Awaitable[list[dict[str, Any]]]], date: datetime.date) -> dict[str, Any]:
    """Count a day's scenes.

    Args:
        search: Of the archive.
        date: The day.

    Returns:
        `date`, `hours` (each with `from` and `to` as time, `scenes`, `alerts`, and the sentence of its first), `scenes`, `cut`.
        A day on which the clock is put back has 25.

    Raises:
        EdgeCaptionError: The journal cannot be read.
    """
    begin = _midnight(date)
    end = _midnight(date + datetime.timedelta(days=1))
    entries: list[dict[str, Any]] = []
    while len(entries) < _MOST:
        found = await search(Search(since=begin, until=end, limit=_PAGE, offset=len(entries)))
        entries += found
        if len(found) < _PAGE:
            break
    hours: list[dict[str, Any]] = [
        {"from": _iso(start), "to": _iso(min(start + 3600, end)), "scenes": 0, "alerts": 0, "first": ""}
        for start in range(int(begin), int(end), 3600)
    ]
    for entry in reversed(entries):
        at = datetime.datetime.fromisoformat(entry["started_at"]).timestamp()
        hour = hours[min(len(hours) - 1, max(0, int((at - begin) // 3600)))]
        hour["scenes"] += 1
        hour["alerts"] += bool(entry["rules"])
        hour["first"] = hour["first"] or entry["shown"]
    return {"date": date.isoformat(), "hours": hours, "scenes": len(entries), "cut": len(entries) >= _MOST}


def _midnight(date: datetime.date) -> float:
    return datetime.datetime.combine(date, datetime.time()).astimezone().timestamp()


def _iso(seconds: float) -> str:
    return datetime.datetime.fromtimestamp(seconds).astimezone().isoformat()
