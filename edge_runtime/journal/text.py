"""A journal as lines for people: nothing in them steers a terminal, and what runs from right to left stays in its column."""

import datetime
from collections.abc import Iterator, Mapping

from edge_runtime.console.direction import isolated
from edge_runtime.console.terminal import plain
from edge_runtime.journal.day import Day, Unusual
from edge_runtime.journal.entry import Entry
from edge_runtime.journal.stats import Stats

_BAR = 40
"""Columns of the longest bar."""


def entry_line(entry: Entry, terminal: bool) -> str:
    """Return a scene in a line: when, where, what, id, with tabs between.

    Args:
        entry: A scene.
        terminal: Whether people see it, rather than a program.
    """
    columns = [_time(entry.started_at), _place(entry), entry.shown, entry.id]
    return "\t".join(_cell(column, terminal) for column in columns)


def entry_text(entry: Entry, terminal: bool) -> str:
    """Return all that is known of a scene, in lines.

    Args:
        entry: A scene.
        terminal: As for `entry_line`.
    """
    seconds = entry.seconds
    lines = {
        "scene": entry.id,
        "source": entry.source,
        "zone": entry.zone,
        "began": _time(entry.started_at),
        "ended": "lasts" if entry.ended_at is None else f"{_time(entry.ended_at)}, after {_duration(seconds or 0.0)}",
        "shown": entry.shown,
        **({tag: text for tag, text in entry.captions.items() if text} if len(entry.captions) > 1 else {}),
        "words": " ".join(entry.words),
        "confidence": "" if entry.confidence is None else f"{entry.confidence:.2f}",
        "nothing said": entry.abstained,
        "failure": entry.failure,
        "alerts": ", ".join(entry.rules),
    }
    width = max(len(name) for name, value in lines.items() if value) + 2
    return "\n".join(f"{plain(name):<{width}}{_cell(value, terminal)}" for name, value in lines.items() if value)


def stats_text(stats: Stats) -> str:
    """Return what a journal holds, in lines."""
    since = "" if stats.first is None else f", from {_time(stats.first)}"
    until = "" if stats.last is None else f" to {_time(stats.last)}"
    lines = [
        f"scenes    {stats.scenes:,}{since}{until}",
        f"pictures  {stats.pictures:,}",
        f"size      {stats.bytes / 1e6:.1f} MB",
        f"words     {stats.words:,} different ones",
        f"open      {stats.open:,} of the scenes, which last" if stats.open else "",
        *_counted("sources", stats.sources),
        *_counted("alerts", stats.rules),
    ]
    return "\n".join(filter(None, lines))


def day_text(day: Day, terminal: bool) -> str:
    """Return a day as a page.

    Args:
        day: Which.
        terminal: As for `entry_line`.
    """
    lines = [f"{day.date.isoformat()}: {_scenes(day.scenes)}, {_duration(day.seconds)} in all"]
    if day.scenes:
        lines += ["", *_hours(day.hours)]
    for title, counted in (("Sources", day.sources), ("Most often", day.sentences), ("Alerts", day.alerts)):
        if counted:
            lines += ["", f"{title}:", *(f"{count:>7,}  {_cell(name, terminal)}" for name, count in counted.items())]
    if not day.compared:
        told = "Unusual: too few scenes of the days before to tell"
    elif day.unusual:
        told = f"Unusual, beside {day.compared:,} scenes of the days before:"
    else:
        told = f"Nothing unusual, beside {day.compared:,} scenes of the days before"
    lines += ["", told, *(f"  {_unusual(one, terminal)}" for one in day.unusual)]
    return "\n".join(lines)


def _hours(hours: tuple[int, ...]) -> Iterator[str]:
    """Yield a bar an hour, from the first to the last in which there was anything."""
    there = [hour for hour, count in enumerate(hours) if count]
    most = max(hours)
    for hour in range(there[0], there[-1] + 1):
        bar = "#" * -(-hours[hour] * _BAR // most)
        yield f"  {hour:02}:00  {bar:<{_BAR}} {hours[hour]:>6,}"


def _unusual(one: Unusual, terminal: bool) -> str:
    why = [] if one.likeness is None else [f"looks like nothing before, likeness {one.likeness:.2f} at the most"]
    if one.words:
        why.append(f"seldom or never said before: {', '.join(map(plain, one.words))}")
    return f"{entry_line(one.entry, terminal)}\t({'; '.join(why)})"


def _counted(title: str, counts: Mapping[str, int]) -> Iterator[str]:
    for number, (name, count) in enumerate(counts.items()):
        yield f"{'' if number else title:<10}{count:,}  {plain(name)}"


def _scenes(count: int) -> str:
    return "1 scene" if count == 1 else f"{count:,} scenes"


def _place(entry: Entry) -> str:
    return f"{entry.source} {entry.zone}" if entry.zone else entry.source


def _time(seconds: float) -> str:
    """Return a moment by the clock of this machine."""
    return datetime.datetime.fromtimestamp(seconds).strftime("%Y-%m-%d %H:%M:%S")


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    if not minutes:
        return f"{rest} s"
    return f"{minutes} min {rest} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def _cell(text: str, terminal: bool) -> str:
    return isolated(plain(text)) if terminal else plain(text)
