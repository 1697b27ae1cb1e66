"""A journal of a million scenes as one record: what it costs to insert, to search, to look for likeness, and to be killed."""

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.journal.kills import kill
from benchmarks.report.readable import number
from benchmarks.report.writing import heading
from edge_runtime.bench.environment import machine_facts, measurement_warnings, snapshot, state, today
from edge_runtime.bench.result import Record, Row
from edge_runtime.bench.statistics import percentile
from edge_runtime.console.validation import check_within
from edge_runtime.errors import OutputError
from edge_runtime.machine.isolated import run_isolated
from export.errors import ExportError

MOST_EVENTS, MOST_KILLS = 10_000_000, 100_000
BARS = {"insert": 5.0, "search": 50.0, "near": 200.0, "memory": 150.0, "kills": 1.0}
"""Row -> the most that its 95th percentile in ms, its MB or its seconds may be, at a million scenes."""


@dataclass(frozen=True)
class JournalBenchOptions:
    """What is measured.

    Attributes:
        events: Scenes that the journal is filled with.
        kills: Processes that are killed while they write another one.
        folder: Where the journals are made; they are deleted afterwards.
        keep: Leave the filled journal there, and take one that is there already.
    """

    events: int
    kills: int
    folder: Path
    keep: bool = False


def measure_journal(options: JournalBenchOptions, log: Callable[[str], None]) -> Record:
    """Fill a journal, and measure what it costs.

    Args:
        options: What.
        log: Receives lines of news.

    Returns:
        A record of kind `journal`: rows `fill`, `insert`, `search`, `search KIND`, `near`, `memory`, `file`, `kills`.

    Raises:
        OptionError: A number outside its range.
        OutputError: The folder holds such a journal already, and `keep` was not asked for.
        ExportError: A measurement failed.
    """
    check_within("--events", [options.events], 1000, MOST_EVENTS)
    check_within("--kills", [options.kills], 0, MOST_KILLS)
    path = options.folder / f"journal-{options.events}.db"
    if path.exists() and not options.keep:
        raise OutputError(f"{path}: is there already; delete it, or measure it with --keep")
    before = snapshot()
    rows: list[Row] = []
    try:
        if not path.exists():
            log(f"filling {path} with {options.events:,} scenes")
            found = _measured("filled", path, events=options.events)
            each = found["seconds"] / options.events
            rows.append(Row("fill", {"each_ms": round(each * 1e3, 4), "memory_mb": found["memory_mb"]}))
        size = path.stat().st_size
        log("inserting with pictures, searching, looking for likeness")
        rows += _used_rows(_measured("used", path, events=options.events))
        log("comparing with all features")
        rows.append(Row("recall", {"recall": round(_measured("recall", path)["recall"], 4)}))
        rows.append(Row("file", {"file_mb": round(size / 1e6, 1), "bytes_a_scene": round(size / options.events, 1)}))
    finally:
        if not options.keep:
            _delete(path)
    if options.kills:
        log(f"killing {options.kills:,} writers")
        rows.append(_kills_row(options))
    after = snapshot()
    return Record(
        "journal",
        today(),
        {**machine_facts(), "state": state(before, after)},
        {"events": options.events, "kills": options.kills},
        rows,
        [*measurement_warnings(before, after, {}), *_over_the_bar(rows)],
        _NOTES,
    )


def journal_markdown(record: Record) -> str:
    """Return a line a row.

    Args:
        record: Of kind `journal`.
    """
    lines = [*heading(record, "The journal"), "| what | figures | bar |", "|---|---|---|"]
    for row in record.rows:
        figures = ", ".join(f"{name.replace('_', ' ')} {number(value, 4)}" for name, value in row.values.items())
        lines.append(f"| {row.name} | {figures} | {number(BARS[row.name]) if row.name in BARS else ''} |")
    return "\n".join([*lines, "", *record.notes]) + "\n"


_NOTES = [
    "Filled without pictures, by the same calls as a camera's; of the inserts that are timed each has a frame of 640 x 480 pixels, whose "
    "small picture is made within the time, and is committed by itself.",
    "Memory: most that was resident (VmHWM) in a process that inserts, searches and looks for likeness, Python, NumPy and Pillow included; "
    "no model is loaded. The operating system's cache of the file is not part of it.",
    "Search: the newest 50 scenes, entries included. Bars hold for the 95th percentile over all kinds of queries together.",
    "Kills: a process hands scenes with pictures to the sink's thread, 50 a second, the oldest are deleted meanwhile, and it is ended by "
    "SIGKILL after 0 to 1.5 s; missing: how long before its end a scene was handed over that is not there.",
]


def _measured(task: str, path: Path, **more: Any) -> dict[str, Any]:
    asked = json.dumps({"task": task, "path": str(path.resolve()), **more})
    outcome = run_isolated("-m", "benchmarks.journal.measuring", asked, patience=None)
    if outcome.problem is not None:
        raise ExportError(f"the measurement '{task}' failed ({outcome.problem}); is there enough room on the disk?")
    found: dict[str, Any] = json.loads(outcome.out)
    return found


def _used_rows(found: dict[str, Any]) -> list[Row]:
    kinds: dict[str, list[float]] = found["search_ms"]
    every = [value for values in kinds.values() for value in values]
    return [
        Row("insert", _times(found["insert_ms"])),
        Row("search", _times(every)),
        *(Row(f"search: {kind}", _times(values)) for kind, values in kinds.items()),
        Row("near", _times(found["near_ms"])),
        Row("near: of a tenth of the time", _times(found["near_of_a_tenth_ms"])),
        Row("memory", {"memory_mb": found["memory_mb"], "before_mb": found["memory_begun_mb"]}),
    ]


def _times(values: Sequence[float]) -> dict[str, float]:
    return {f"ms_p{share}": round(percentile(values, share), 3) for share in (50, 95)} | {
        "ms_max": round(max(values), 3)
    }


def _kills_row(options: JournalBenchOptions) -> Row:
    path = options.folder / "killed.db"
    _delete(path)
    try:
        found = kill(path, options.kills)
    finally:
        _delete(path)
    values = {
        "kills": found.kills,
        "opened": found.opened,
        "whole": found.whole,
        "missing_s": round(found.missing_s, 3),
        "unended": found.unended,
        "scenes": found.scenes,
    }
    return Row("kills", values)


def _over_the_bar(rows: Sequence[Row]) -> list[str]:
    found = []
    for row in rows:
        value = next((row.values[name] for name in ("ms_p95", "memory_mb", "missing_s") if name in row.values), 0.0)
        if row.name in BARS and value > BARS[row.name]:
            found.append(f"{row.name} is {number(value)}, and {number(BARS[row.name])} is the bar: look for the reason")
        if row.name == "kills" and not row.values["kills"] == row.values["opened"] == row.values["whole"]:
            found.append("a journal was not whole after a kill: look for the reason")
    return found


def _delete(path: Path) -> None:
    for more in ("", "-wal", "-shm", "-writer"):
        if os.path.lexists(f"{path}{more}"):
            os.unlink(f"{path}{more}")  # noqa: PTH108
