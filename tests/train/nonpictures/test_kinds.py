"""Every kind is what its name says, and the same pictures come of the same seed."""

import numpy as np
import pytest
from PIL import Image, ImageFilter

from edge_runtime.errors import OptionError, PictureError
from train.nonpictures.fields import Pixels
from train.nonpictures.kinds import FROM_PHOTOGRAPHS, KINDS, draw

_COUNT = 24


def made_photographs() -> list[Pixels]:
    """Scenes with edges of every size: grounds, boxes and grain."""
    rng = np.random.default_rng(7)
    found = []
    for height, width in ((150, 200), (200, 150), (120, 213)):
        pixels = rng.integers(0, 40, (height, width, 3)) + rng.integers(20, 160, 3)
        for _ in range(25):
            top, left = rng.integers(0, height - 20), rng.integers(0, width - 20)
            pixels[top : top + rng.integers(5, 80), left : left + rng.integers(5, 80)] = rng.integers(0, 256, 3)
        found.append(np.clip(pixels, 0, 255).astype(np.uint8))
    return found


@pytest.fixture(scope="module")
def drawn() -> dict[str, Pixels]:
    photographs = made_photographs()
    return {kind: draw(kind, _COUNT, photographs, seed=3) for kind in KINDS}


def means(pictures: Pixels) -> list[float]:
    return [float(picture.mean()) for picture in pictures]


def fineness(picture: Pixels) -> float:
    """Mean difference to a slightly blurred copy: how much there is that is fine."""
    soft = Image.fromarray(picture).filter(ImageFilter.GaussianBlur(2))
    return float(np.abs(picture.astype(float) - np.asarray(soft, float)).mean())


def coarseness(picture: Pixels) -> float:
    """What the finest scales hold, once the noise of a sensor is gone, as a share of all contrast."""
    calm = Image.fromarray(picture).convert("L").filter(ImageFilter.GaussianBlur(3))
    fine = np.asarray(calm, float) - np.asarray(calm.filter(ImageFilter.GaussianBlur(6)), float)
    return float(fine.std() / max(np.asarray(calm, float).std(), 1))


def test_there_are_ten() -> None:
    words = ("black", "white", "covered", "blurred", "noise", "bars", "overexposed", "page", "screenshot", "diagram")
    assert words == KINDS


@pytest.mark.parametrize("kind", KINDS)
def test_pictures_have_the_size_and_are_all_different(drawn: dict[str, Pixels], kind: str) -> None:
    pictures = drawn[kind]
    assert pictures.shape == (_COUNT, 224, 224, 3)
    assert pictures.dtype == np.uint8
    # Some of black and white and test fields are one plain colour, which two may share.
    assert len({picture.tobytes() for picture in pictures}) >= _COUNT * 3 // 4


@pytest.mark.parametrize("kind", KINDS)
def test_the_seed_decides_and_the_count_does_not(drawn: dict[str, Pixels], kind: str) -> None:
    photographs = made_photographs()
    np.testing.assert_array_equal(draw(kind, 3, photographs, seed=3), drawn[kind][:3])
    assert (draw(kind, 3, photographs, seed=4) != drawn[kind][:3]).any()


def test_another_size() -> None:
    small = draw("page", 2, size=64)
    assert small.shape == (2, 64, 64, 3)


def test_black_is_dark(drawn: dict[str, Pixels]) -> None:
    assert max(means(drawn["black"])) < 45
    assert min(means(drawn["black"])) < 2


def test_white_is_light(drawn: dict[str, Pixels]) -> None:
    assert min(means(drawn["white"])) > 185
    assert max(means(drawn["white"])) > 250


def test_a_covered_lens_shows_hardly_an_edge(drawn: dict[str, Pixels]) -> None:
    assert np.median([coarseness(picture) for picture in drawn["covered"]]) < 0.2
    assert max(means(drawn["covered"])) < 200
    reddish = sum(picture[..., 0].mean() > picture[..., 2].mean() + 8 for picture in drawn["covered"])
    assert reddish > _COUNT / 4  # fingers and hands


def test_what_is_blurred_has_no_fine_edges(drawn: dict[str, Pixels]) -> None:
    sharp = [np.asarray(Image.fromarray(one).resize((224, 224)), np.uint8) for one in made_photographs()]
    known = min(coarseness(picture) for picture in sharp)
    assert np.median([coarseness(picture) for picture in drawn["blurred"]]) < known / 2


def test_noise_is_rougher_than_anything_else(drawn: dict[str, Pixels]) -> None:
    noisy = np.median([fineness(picture) for picture in drawn["noise"]])
    assert noisy > 15
    for kind in KINDS:
        assert kind == "noise" or np.median([fineness(picture) for picture in drawn[kind]]) < noisy


def test_bars_have_few_colours_or_strong_ones(drawn: dict[str, Pixels]) -> None:
    plain = [picture for picture in drawn["bars"] if len(np.unique((picture // 32) @ np.array([1, 8, 64]))) <= 40]
    assert len(plain) > _COUNT / 3
    assert np.std(means(drawn["bars"])) > 25


def test_what_is_overexposed_is_mostly_clipped(drawn: dict[str, Pixels]) -> None:
    assert min(means(drawn["overexposed"])) > 170
    clipped = [(picture >= 250).mean() for picture in drawn["overexposed"]]
    assert np.median(clipped) > 0.7


@pytest.mark.parametrize("kind", ["page", "screenshot", "diagram"])
def test_what_is_drawn_has_sharp_lines_on_an_even_ground(drawn: dict[str, Pixels], kind: str) -> None:
    """Half of all pixels or so are of the ground, within the noise of a camera; lines stand out from it."""
    for picture in drawn[kind]:
        grey = np.asarray(Image.fromarray(picture).convert("L"), float)
        assert np.ptp(grey) > 25
    grounds = [np.bincount(picture.mean(2).astype(int).ravel() // 16).max() / 224**2 for picture in drawn[kind]]
    assert np.median(grounds) > 0.35
    assert np.median([fineness(picture) for picture in drawn[kind]]) > 2.5


def test_kinds_without_photographs_need_none() -> None:
    for kind in KINDS:
        if kind not in FROM_PHOTOGRAPHS:
            assert draw(kind, 1).shape == (1, 224, 224, 3)


@pytest.mark.parametrize("kind", sorted(FROM_PHOTOGRAPHS))
def test_photographs_that_are_missing(kind: str) -> None:
    with pytest.raises(PictureError, match=f"^{kind}: is made of photographs, and there are none; pass some$"):
        draw(kind, 1)


def test_a_kind_that_is_none() -> None:
    with pytest.raises(OptionError, match=r"^'grey': no kind of non-pictures; choose one of black, white, covered, "):
        draw("grey", 1)


@pytest.mark.parametrize(
    ("count", "seed", "size", "message"),
    [
        (0, 0, 224, "count 0: must be 1 to"),
        (1, -1, 224, "seed -1: must be 0 to"),
        (1, 0, 4, "size 4: must be 8 to 1024"),
    ],
)
def test_numbers_outside_their_bounds(count: int, seed: int, size: int, message: str) -> None:
    with pytest.raises(OptionError, match=message):
        draw("black", count, seed=seed, size=size)
    assert draw("black", 1).mean() < 45


@pytest.mark.parametrize("shape", [(1, 1), (3, 500), (500, 2)])
def test_photographs_of_strange_shapes(shape: tuple[int, int]) -> None:
    strange = [np.full((*shape, 3), 90, np.uint8)]
    for kind in KINDS:
        assert draw(kind, 6, strange).shape == (6, 224, 224, 3)
