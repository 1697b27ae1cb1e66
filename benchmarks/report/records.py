"""The measurements that a report is made of."""

from dataclasses import replace
from pathlib import Path

from benchmarks.report.by_language import is_quality
from benchmarks.report.reading import READING, read_reading
from edge_runtime.bench.result import Record, Row
from edge_runtime.errors import RecordError

KINDS = {
    "latency": "python -m benchmarks latency --threads 1 2 --beam 1 3 --out DIR",
    "quality": "python -m benchmarks quality --data FLICKR8K --split test --beam 1 3 --out DIR",
    "limits": "python -m benchmarks limits --out DIR",
    "peers": "python -m benchmarks peers --out DIR",
    "scale": "python -m benchmarks scale --out DIR",
    "live": "python -m benchmarks live --clip VIDEO --out DIR",
    "news": "python -m benchmarks news --pictures FOLDER --out DIR",
    "encoders": "python -m benchmarks encoders --out DIR",
}
"""Kind -> the command that measures it."""


def read_records(folder: Path) -> dict[str, Record]:
    """Return every measurement in a folder, the newest of each kind.

    Records of quality of the same model and pictures add up: scores are those of the sentences, whenever they were said,
    so that the rows which the newest lacks are taken from the older ones. Times are never mixed: they are of one run.

    Args:
        folder: With files that `--out` or `--json` wrote, and `reading.json` (see `benchmarks.report.reading`); other JSON files in it
            are refused.

    Returns:
        Kind -> record; kinds that are not there are left out. Quality in another language than English is a kind of its own.

    Raises:
        RecordError: No such folder, nothing in it, or a file that is no record.
    """
    if not folder.is_dir():
        raise RecordError(f"{folder}: no such folder of measurements; make one with: {KINDS['latency']}")
    found: dict[str, Record] = {}
    files = [file for file in sorted(folder.glob("*.json")) if file.name != READING]
    for record in sorted(map(Record.read, files), key=lambda record: record.date):
        older = found.get(record.kind)
        found[record.kind] = _added_up(older, record) if older and is_quality(record.kind) else record
    if not found:
        raise RecordError(f"{folder}: no measurements in it; make one with: {KINDS['latency']}")
    if (folder / READING).is_file():
        found["reading"] = read_reading(folder / READING)
    return found


def _added_up(older: Record, newer: Record) -> Record:
    """Return the newer record, with the rows of the older one that it lacks, where both are of the same model and pictures.

    A bundle's digest changes with a word of its manifest; that a row of both has the same scores is what tells of the same model.
    """
    shared = [(row, found) for row in older.rows if (found := newer.row(row.name)) is not None]
    alike = all(_same_scores(one, other) for one, other in shared)
    if not shared or not alike or _measured_of(older) != _measured_of(newer):
        return newer
    rows = {row.name: row for row in (*older.rows, *newer.rows)}
    notes = [*newer.notes, f"Rows of several runs: {older.date[:10]} and {newer.date[:10]}."]
    return replace(newer, rows=tuple(rows.values()), notes=notes)


def _same_scores(one: Row, other: Row) -> bool:
    """Return whether the figures that both rows have are the same, but for the one that is relative to a run's first row.

    An earlier version has fewer of them.
    """
    shared = (one.values.keys() & other.values.keys()) - {"same_as_first"}
    return all(one.values[name] == other.values[name] for name in shared) if shared else one.values == other.values


def _measured_of(record: Record) -> tuple[object, ...]:
    return tuple(record.options.get(name) for name in ("bundle", "data", "split", "pictures"))
