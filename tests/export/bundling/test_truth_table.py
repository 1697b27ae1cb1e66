"""What captions say that is not so: the columns, and the model card's part."""

from typing import Any

from edge_runtime.bundle.reader import Bundle
from export.bundling.model_card import model_card
from export.bundling.truth_table import TRUTH_COLUMNS, has_truth, truth_cells
from train.scoring.truth import FIGURES, truth

_FIGURES = truth({"a": "a man beside a cat", "b": "a dog"}, {"a": ["a cat"], "b": ["a dog"]}).figures()


def test_every_figure_has_a_column() -> None:
    assert tuple(TRUTH_COLUMNS) == FIGURES


def test_cells_say_of_how_many() -> None:
    assert truth_cells(_FIGURES) == ["33.3 % of 3", "50.0 % of 2", "50.0 % of 2", "-", "-", "-", "-", "0.0 % of 2"]
    older = {name: value for name, value in _FIGURES.items() if not name.startswith("abstained")}
    assert truth_cells(older) == ["33.3 % of 3", "50.0 % of 2", "50.0 % of 2", "-", "-", "-", "-", "-"]
    assert has_truth(_FIGURES)
    assert not has_truth({"cider": 0.5})


def _card(more: dict[str, float | None]) -> str:
    manifest = Bundle().manifest
    quality: dict[str, Any] = {
        title: {key: value for key, value in scores.items() if not key.startswith(tuple(FIGURES))} | more
        for title, scores in manifest.quality.items()
    }
    return model_card(manifest, quality, manifest.parity)


def test_the_card_tells_it_where_the_scores_do() -> None:
    told = _card({**_FIGURES})
    part = told[told.index("## What is not so") : told.index("## What it is bad at")]
    assert "33.3 % of 3" in part
    assert "| abstained |" in part
    assert "no reference of the picture names" in " ".join(part.split())
    assert "leave" not in part


def test_a_card_of_scores_without_it_has_no_such_part() -> None:
    assert "What is not so" not in _card({})
    assert "\n\n## What it is bad at" in _card({})


def test_what_a_language_lacks_is_a_dash() -> None:
    assert "| – |" in _card({"meteor": None})
    assert "None" not in _card({"meteor": None})
