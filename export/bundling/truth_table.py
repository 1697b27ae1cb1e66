"""What captions say that is not so, as a table: one way for the model card, the table of `quality` and the report."""

from collections.abc import Mapping, Sequence

TRUTH_COLUMNS = {
    "objects_unseen": "objects unseen",
    "captions_unseen": "captions with one",
    "people_invented": "people invented",
    "colours_unseen": "colours unseen",
    "colours_wrong": "colours wrong",
    "sex_wrong": "sex wrong",
    "sex_unsaid": "sex unsaid",
    "abstained": "abstained",
}
"""Figure of `train.scoring.truth.Truth` -> its column."""
TRUTH_NOTES = (
    "Objects unseen: of all objects said, of COCO's 80 by name or synonym, those that no reference of the picture names (CHAIR, "
    "Rohrbach et al. 2018, against references alone); captions with one: of all captions.",
    "People invented: captions that put a person where no reference names one.",
    "Colours unseen: of all colours said, those that no reference says; colours wrong: the same of the pictures alone whose "
    "references say some colour.",
    "Sex wrong, sex unsaid: captions that say the other sex, or none, of the pictures whose references all say one and the same.",
    "Abstained: pictures that nothing is said of; the other shares are of what is said.",
    "People: each reference against the others of its picture, which is what can be reached.",
)
"""What the columns mean, a sentence each."""


def has_truth(values: Mapping[str, object]) -> bool:
    """Return whether a set of scores has the figures; those of an earlier version have none.

    Args:
        values: Figure -> number.
    """
    return any(f"{name}_of" in values for name in TRUTH_COLUMNS)


def truth_cells(values: Mapping[str, float]) -> list[str]:
    """Return a cell a column: the share, and what it is a share of.

    Args:
        values: Figure -> number, as `Truth.figures` gives them; a share that is missing is a dash.
    """
    return [
        f"{values[name] * 100:.1f} % of {values[f'{name}_of']:,.0f}" if name in values else "-"
        for name in TRUTH_COLUMNS
    ]


def truth_lines(rows: Sequence[tuple[str, Mapping[str, float]]], first: str) -> list[str]:
    """Return a Markdown table.

    Args:
        rows: Title and figures of each line.
        first: Heading of the titles.
    """
    lines = [f"| {first} | {' | '.join(TRUTH_COLUMNS.values())} |", "|---" * (len(TRUTH_COLUMNS) + 1) + "|"]
    return [*lines, *(f"| {title} | {' | '.join(truth_cells(values))} |" for title, values in rows)]
