"""The measurements that a report is made of."""

from pathlib import Path

from edge_runtime.errors import RecordError
from edge_runtime.record import Record

KINDS = {
    "latency": "python -m benchmarks latency --threads 1 2 --beam 1 3 6 --out DIR",
    "quality": "python -m benchmarks quality --data FLICKR8K --split test --beam 1 3 6 --out DIR",
    "limits": "python -m benchmarks limits --out DIR",
    "peers": "python -m benchmarks peers --out DIR",
    "scale": "python -m benchmarks scale --out DIR",
    "live": "python -m benchmarks live --clip VIDEO --out DIR",
    "encoders": "python -m benchmarks encoders --out DIR",
}
"""Kind -> the command that measures it."""


def read_records(folder: Path) -> dict[str, Record]:
    """Every measurement in a folder, the newest of each kind.

    Args:
        folder: With files that `--out` or `--json` wrote; other JSON files in it are refused.

    Returns:
        Kind -> record; kinds that are not there are left out.

    Raises:
        RecordError: No such folder, nothing in it, or a file that is no record.
    """
    if not folder.is_dir():
        raise RecordError(f"{folder}: no such folder of measurements; make one with: {KINDS['latency']}")
    found: dict[str, Record] = {}
    for path in sorted(folder.glob("*.json")):
        record = Record.read(path)
        if record.kind not in found or record.date > found[record.kind].date:
            found[record.kind] = record
    if not found:
        raise RecordError(f"{folder}: no measurements in it; make one with: {KINDS['latency']}")
    return found
