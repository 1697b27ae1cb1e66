"""The other way to draw what is no clear picture, which tests what was taught on the first."""

import ast
from pathlib import Path

import numpy as np
import pytest

import benchmarks.nonpictures
from benchmarks.nonpictures import stranger_draw
from edge_runtime.errors import OptionError, PictureError
from train.nonpictures.kinds import KINDS


def _photographs() -> list[np.ndarray]:
    rng = np.random.default_rng(1)
    return [np.kron(rng.integers(0, 256, (12, 16, 3), np.uint8), np.ones((10, 10, 1), np.uint8)) for _ in range(3)]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_the_size_and_the_seed_decides(kind: str) -> None:
    first = stranger_draw(kind, 8, _photographs(), seed=2)
    assert first.shape == (8, 224, 224, 3)
    assert first.dtype == np.uint8
    np.testing.assert_array_equal(first, stranger_draw(kind, 8, _photographs(), seed=2))
    assert (first != stranger_draw(kind, 8, _photographs(), seed=3)).any()


def test_they_are_what_they_are_called() -> None:
    made = {kind: stranger_draw(kind, 12, _photographs()).astype(float) for kind in KINDS}
    assert made["black"].mean(axis=(1, 2, 3)).max() < 12
    assert made["white"].mean(axis=(1, 2, 3)).min() > 240
    assert made["overexposed"].mean() > 200
    edges = {kind: np.abs(np.diff(pictures, axis=2)).mean() for kind, pictures in made.items()}
    assert max(edges, key=lambda kind: edges[kind]) == "noise"
    assert edges["blurred"] < 5 < edges["page"]


def test_it_shares_nothing_with_the_first() -> None:
    tree = ast.parse(Path(benchmarks.nonpictures.__file__).read_text(encoding="utf-8"))
    modules = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert not [name for name in modules if name.startswith("train")]


def test_bad_input() -> None:
    with pytest.raises(OptionError, match=r"^'grey': no kind of non-pictures; choose one of black, white, "):
        stranger_draw("grey", 1)
    with pytest.raises(PictureError, match=r"^blurred: is made of photographs, and there are none; pass some$"):
        stranger_draw("blurred", 1)
