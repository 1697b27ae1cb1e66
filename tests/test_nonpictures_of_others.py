"""The pictures of others are what their kinds say, by any measure that a stranger would take, and share nothing with ours."""

import ast
from pathlib import Path

import numpy as np
import pytest

from tests import nonpictures_of_others, others
from tests.nonpictures_of_others import WAYS, stranger_draw
from tests.others.pencils import SIDE, Pixels

_COUNT = 12
"""More than any kind has ways."""


@pytest.fixture(scope="module")
def drawn() -> dict[str, Pixels]:
    return {kind: stranger_draw(kind, _COUNT, seed=2) for kind in WAYS}


def _means(pictures: Pixels) -> np.ndarray:
    return np.asarray(pictures.mean(axis=(1, 2, 3)))


def _steps(pictures: Pixels) -> np.ndarray:
    """Mean difference between neighbours, of each picture."""
    return np.asarray(np.abs(np.diff(pictures.astype(float), axis=2)).mean(axis=(1, 2, 3)))


def _even(picture: Pixels) -> float:
    """Share of the pixels that are equal to their right neighbour."""
    return float((picture[:, 1:] == picture[:, :-1]).all(axis=2).mean())


def test_the_kinds_are_those_that_a_device_names() -> None:
    words = ("black", "white", "covered", "blurred", "noise", "bars", "overexposed", "page", "screenshot", "diagram")
    assert tuple(WAYS) == words
    assert max(len(ways) for ways in WAYS.values()) < _COUNT


@pytest.mark.parametrize("kind", WAYS)
def test_the_seed_decides_and_the_count_does_not(drawn: dict[str, Pixels], kind: str) -> None:
    assert drawn[kind].shape == (_COUNT, SIDE, SIDE, 3)
    assert drawn[kind].dtype == np.uint8
    np.testing.assert_array_equal(stranger_draw(kind, 2, seed=2), drawn[kind][:2])
    assert (stranger_draw(kind, _COUNT, seed=3) != drawn[kind]).any()


def test_brightness(drawn: dict[str, Pixels]) -> None:
    assert _means(drawn["black"]).max() < 20 < 230 < _means(drawn["white"]).min()
    assert _means(drawn["covered"]).max() < 150
    assert _means(drawn["overexposed"]).min() > 190
    assert np.median((drawn["overexposed"] > 240).mean(axis=(1, 2, 3))) > 0.7
    # Scans of old paper, where scikit-image is installed, are grey.
    assert np.median(_means(drawn["page"])) > 200


def test_roughness(drawn: dict[str, Pixels]) -> None:
    rough = {kind: float(np.median(_steps(pictures))) for kind, pictures in drawn.items()}
    assert max(rough, key=lambda kind: rough[kind]) == "noise"
    assert max(rough["black"], rough["white"], rough["covered"], rough["blurred"]) < 6 < rough["page"]


@pytest.mark.parametrize("kind", ["screenshot", "diagram"])
def test_what_is_drawn_has_an_even_ground_and_lines(drawn: dict[str, Pixels], kind: str) -> None:
    assert min(_even(picture) for picture in drawn[kind]) > 0.25
    assert min(np.ptp(picture.mean(axis=2)) for picture in drawn[kind]) > 100


def test_what_is_blurred_is_made_of_the_photographs() -> None:
    red, blue = (np.full((40, 60, 3), colour, np.uint8) for colour in ((200, 10, 10), (10, 10, 200)))
    for kind in ("blurred", "overexposed"):
        warm, cold = (stranger_draw(kind, 4, [one]).astype(int) for one in (red, blue))
        assert (warm[..., 0].mean(axis=(1, 2)) >= warm[..., 2].mean(axis=(1, 2))).all()
        assert (cold[..., 2].mean(axis=(1, 2)) > warm[..., 2].mean(axis=(1, 2))).all()


def test_nothing_is_shared_with_what_is_taught_on() -> None:
    files = [Path(nonpictures_of_others.__file__), *Path(others.__path__[0]).glob("*.py")]
    modules: set[str] = set()
    for file in files:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                modules.add(node.module or "")
            elif isinstance(node, ast.Import):
                modules.update(alias.name for alias in node.names)
    ours = {
        name for name in modules if name.split(".")[0] in ("tests", "train", "export", "benchmarks", "edge_runtime")
    }
    assert len(files) > 5
    assert {name for name in ours if not name.startswith("tests.others.")} == set()
