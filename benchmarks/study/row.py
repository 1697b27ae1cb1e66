"""What is known of a system once it has been trained, scored and exported: a row of the study's tables, kept on disk."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from edge_runtime.files import write_whole


@dataclass(frozen=True)
class StudyRow:
    """A system, or a bundle that stands beside the systems.

    Attributes:
        name: Of the system.
        weights: What the encoder began with, in words.
        random: Whether it began with random weights: then there are no figures of quality.
        encoder_parameters: Of the encoder; None where they are not known.
        decoder_parameters: Of the decoder; the same.
        train_seconds: Of all passes, features apart; None where it was not trained here, or not on all pictures.
        tokens: `train.scoring.token_scores.TokenScores`, as a table; None where there are none.
        scores: `train.scoring.evaluate.score` of the captions, as a table; None where there are none.
        bundle_cider: CIDEr of the exported variant's captions; None where there is none.
        bundle: Folder of the bundle.
        variant: Of the bundle.
        bundle_bytes: Size of the variant's graphs.
        short_of_bars: What the export found short of its bars, a sentence each.
    """

    name: str
    weights: str
    random: bool
    encoder_parameters: int | None
    decoder_parameters: int | None
    train_seconds: float | None
    tokens: dict[str, Any] | None
    scores: dict[str, Any] | None
    bundle_cider: float | None
    bundle: str
    variant: str
    bundle_bytes: int
    short_of_bars: list[str]


def write_row(path: Path, key: str, row: StudyRow) -> None:
    """Keep a row.

    Args:
        path: File.
        key: What tells apart everything that the row depends on.
        row: The row.
    """
    write_json(path, {"key": key, "row": asdict(row)})


def read_row(path: Path, key: str) -> StudyRow | None:
    """The row that was kept under a key, or None."""
    stored = read_json(path)
    if not isinstance(stored, dict) or stored.get("key") != key:
        return None
    try:
        return StudyRow(**stored["row"])
    except (KeyError, TypeError):
        return None


def write_json(path: Path, content: Any) -> None:
    """Write JSON beside its place, and then there."""
    write_whole(path, (json.dumps(content, indent=2) + "\n").encode())


def read_json(path: Path) -> Any:
    """What a file holds; None where it is missing or no JSON."""
    try:
        return json.loads(path.read_text())
    except (FileNotFoundError, ValueError):
        return None
