"""What a reader found who looked at pictures picked by a seed, and at what each model says of them: `reading.json`.

{"reader": "the author", "pictures": 60, "seed": 2026, "models": {"NAME": {"right": R, "half_right": H, "wrong": W}}}
"""

import json
from pathlib import Path
from typing import Any

from edge_runtime.bench.result import Record, Row
from edge_runtime.errors import RecordError

READING = "reading.json"
"""Name of the file, beside the records."""
VERDICTS = ("right", "half_right", "wrong")


def read_reading(path: Path) -> Record:
    """Read the file.

    Args:
        path: The file.

    Returns:
        A record of kind `reading`, a row a model: counts of `VERDICTS`, which add up to the pictures. Who read, how many
        pictures and the seed stand in its options.

    Raises:
        RecordError: It cannot be read, lacks something, or a model's verdicts are not as many as the pictures.
    """
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        reader, pictures, seed, models = (stored[name] for name in ("reader", "pictures", "seed", "models"))
        rows = [Row(name, {verdict: counts[verdict] for verdict in VERDICTS}) for name, counts in models.items()]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise RecordError(
            f"{path}: not a reading ({type(error).__name__}: {error}); it needs reader, pictures, seed, and of each of models "
            f"{', '.join(VERDICTS)}"
        ) from None
    if not isinstance(reader, str) or not reader.strip() or not _whole(pictures) or not pictures or not _whole(seed):
        raise RecordError(f"{path}: name the reader, and give pictures and seed as whole numbers, at least one picture")
    if not rows:
        raise RecordError(f"{path}: no model in it; give the verdicts of at least one")
    for row in rows:
        if not all(_whole(count) for count in row.values.values()) or sum(row.values.values()) != pictures:
            raise RecordError(f"{path}: {row.name}: {dict(row.values)} are not {pictures} verdicts; count them again")
    return Record(
        "reading", str(stored.get("date", "")), {}, {"reader": reader, "pictures": pictures, "seed": seed}, rows
    )


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0
