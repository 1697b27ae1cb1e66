"""Official scores of the captioners that have weights of their own, ours beside them, all greedy."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path

from benchmarks.peers.base import PeerMissingError
from benchmarks.peers.measurement import MeasuredCaptioner
from edge_runtime.bench.result import Row
from edge_runtime.pictures.preprocess import load_upright
from train.datasets.base import Dataset
from train.scoring.metrics import CaptionScorer

_LONGEST = 640
"""Pixels of a picture's longer side at the most, as a camera's frame has."""


def references_of(dataset: Dataset, limit: int | None) -> dict[str, tuple[str, ...]]:
    """Test pictures and their captions, the first ones if there is a limit."""
    return dict(list(dataset.captions_of("test").items())[:limit])


def scored(
    rows: Sequence[Row],
    captioners: Sequence[MeasuredCaptioner],
    images: Path,
    references: Mapping[str, Sequence[str]],
    say: Callable[[str], None],
) -> list[Row]:
    """Add scores to the rows of captioners whose sentences mean something.

    Args:
        rows: What was measured so far.
        captioners: The captioners, loaded.
        images: Folder of the pictures.
        references: Picture -> its captions.
        say: Receives lines of news.

    Returns:
        The rows, in their order.

    Raises:
        ScoringError: No `java` on this machine.
        PictureError: A picture cannot be read.
    """
    scorer = CaptionScorer(references)
    trained = {captioner.peer.name: captioner for captioner in captioners if captioner.peer.trained}
    found = []
    for row in rows:
        if row.name not in trained or row.missing:
            found.append(row)
            continue
        say(f"captioning {len(references)} pictures with {row.name}")
        try:
            captions = _captions(trained[row.name], images, references)
        except PeerMissingError as error:
            found.append(replace(row, facts={**row.facts, "not_scored": str(error)}))
            continue
        scores = {key: round(value, 4) for key, value in asdict(scorer.score(captions)).items() if value is not None}
        found.append(replace(row, values={**row.values, **scores}, facts={**row.facts, "scored": len(captions)}))
    return found


def _captions(captioner: MeasuredCaptioner, images: Path, references: Mapping[str, Sequence[str]]) -> dict[str, str]:
    pictures = {name: load_upright(images / name, _LONGEST) for name in references}
    return {name: captioner.worker.caption(picture, 1).said.text for name, picture in pictures.items()}
