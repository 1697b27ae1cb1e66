"""What a measurement leaves behind: where, when and with what it was made, its rows, and whether to believe it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from edge_runtime.errors import RecordError

SCHEMA = 1
_WARNINGS = "doubts"


@dataclass(frozen=True)
class Row:
    """One thing that was measured.

    Attributes:
        name: Unique in its record: what two records are compared by.
        values: Figure -> number; the name ends in its unit: `total_ms_p50`, `memory_mb`, `cider`.
        noise: Figure -> half the spread of its repeats within the run, as a share of it; only of figures that were repeated.
        facts: What else is to be said: variant, threads, words, layers.
        missing: Why there are no figures; empty where there are.
    """

    name: str
    values: Mapping[str, float] = field(default_factory=dict)
    noise: Mapping[str, float] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)
    missing: str = ""


@dataclass(frozen=True)
class Record:
    """A measurement.

    Attributes:
        kind: `bench`, `latency`, `quality`, `live`, `limits`, `peers`, `scale`, ...
        date: When it ended, ISO 8601, UTC.
        machine: Processor, features, cores, memory, versions of packages, digests of bundles, state before and after.
        options: What was asked for.
        rows: What was found.
        warnings: Why the figures should not be believed, a sentence each; none for a valid run.
        notes: What a reader must know beside the figures, a sentence each.
    """

    kind: str
    date: str
    machine: Mapping[str, Any]
    options: Mapping[str, Any]
    rows: Sequence[Row]
    warnings: Sequence[str] = ()
    notes: Sequence[str] = ()

    @property
    def valid(self) -> bool:
        """Whether nothing speaks against the figures."""
        return not self.warnings

    def row(self, name: str) -> Row | None:
        """The row of this name."""
        return next((row for row in self.rows if row.name == name), None)

    def to_json(self) -> str:
        """Everything, for `from_json`."""
        stored = {"schema": SCHEMA, "valid": self.valid, **asdict(self)}
        # In a file they have the name that they had first.
        stored = {_WARNINGS if name == "warnings" else name: value for name, value in stored.items()}
        return json.dumps(stored, indent=2) + "\n"

    @classmethod
    def from_json(cls, text: str, origin: str) -> "Record":
        """Read a record.

        Args:
            text: What `to_json` gave.
            origin: Its file, for errors.

        Raises:
            RecordError: It is no record, or one of another version.
        """
        try:
            stored = json.loads(text)
            schema = stored.pop("schema")
        except (ValueError, KeyError, AttributeError, TypeError):
            raise RecordError(f"{origin}: not a measurement of edge-caption; make one with --json") from None
        if schema != SCHEMA:
            raise RecordError(
                f"{origin}: schema {schema}, this version reads {SCHEMA}; measure again with this version"
            )
        stored.pop("valid", None)
        try:
            rows = [Row(**row) for row in stored.pop("rows")]
            record = cls(rows=rows, warnings=stored.pop(_WARNINGS, ()), **stored)
            for row in rows:
                for number in (*row.values.values(), *row.noise.values()):
                    float(number)
        except (AttributeError, KeyError, TypeError, ValueError):
            raise RecordError(f"{origin}: a damaged measurement; measure again") from None
        return record

    @classmethod
    def read(cls, path: Path) -> "Record":
        """Read a record's file.

        Raises:
            RecordError: There is none, or it is no record.
        """
        try:
            text = path.read_text()
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "not text"
            raise RecordError(f"{path}: cannot be read ({reason}); check the path") from None
        return cls.from_json(text, str(path))
