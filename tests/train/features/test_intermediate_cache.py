from pathlib import Path

import keras
import numpy as np
import pytest
from PIL import Image

from train.encoders.registry import encoder_spec
from train.errors import RunError
from train.features.augmentation import augment
from train.features.intermediate_cache import cache_augmented_views, split_encoder


@pytest.fixture(scope="module")
def encoder() -> keras.Model:
    return encoder_spec("efficientnet_lite0").build(64, 64, False)


@pytest.fixture
def pictures(tmp_path: Path) -> tuple[Path, list[str]]:
    rng = np.random.default_rng(0)
    names = [f"{number:02}.png" for number in range(40)]
    for name in names:
        Image.fromarray(rng.integers(0, 256, (64, 64, 3), np.uint8)).save(tmp_path / name)
    return tmp_path, names


def test_both_parts_together_are_the_whole(encoder: keras.Model) -> None:
    lower, upper = split_encoder(encoder, "block6_")
    pixels = np.random.default_rng(0).integers(0, 256, (2, 64, 64, 3), np.uint8)
    np.testing.assert_allclose(upper(lower(pixels)), encoder(pixels), rtol=1e-4, atol=1e-4)
    assert lower.output_shape == (None, 4, 4, 80)
    shared = {id(weight) for weight in encoder.weights}
    assert {id(weight) for model in (lower, upper) for weight in model.weights} == shared


def test_a_cut_that_cannot_be(encoder: keras.Model) -> None:
    with pytest.raises(RunError, match="--train-from block99_: no layer of efficientnet_lite0 begins so"):
        split_encoder(encoder, "block99_")


def test_views_are_what_the_lower_part_says(
    encoder: keras.Model, pictures: tuple[Path, list[str]], tmp_path: Path
) -> None:
    images, names = pictures
    lower, _ = split_encoder(encoder, "block6_")
    mirrored = np.array([number % 2 == 0 for number in range(40)])
    news: list[str] = []
    views = cache_augmented_views(lower, images, names, mirrored, 2, tmp_path / "cache", news.append)
    assert views.shape == (2, 40, 4, 4, 80)
    pixels = np.stack([np.asarray(Image.open(images / name)) for name in names[32:]])
    plain = lower(augment(pixels, np.array([0, 1000]))).numpy()
    np.testing.assert_allclose(views[0, 32:], plain, rtol=1e-2, atol=1e-2)
    turned = np.where(mirrored[32:, None, None, None], pixels[:, :, ::-1], pixels)
    second = lower(augment(turned, np.array([0, 1016]))).numpy()
    np.testing.assert_allclose(views[1, 32:], second, rtol=1e-2, atol=1e-2)
    assert len(news) == 1
    again = cache_augmented_views(lower, images, names, mirrored, 2, tmp_path / "cache", news.append)
    np.testing.assert_array_equal(again, views)
    assert len(news) == 1


def test_an_interrupted_cache_goes_on(encoder: keras.Model, pictures: tuple[Path, list[str]], tmp_path: Path) -> None:
    images, names = pictures
    lower, _ = split_encoder(encoder, "block6_")
    mirrored = np.zeros(40, bool)
    whole = cache_augmented_views(lower, images, names, mirrored, 1, tmp_path / "cache", lambda line: None)
    (home,) = (tmp_path / "cache").iterdir()
    half = np.load(home / "views.npy")
    half[:, 32:] = 0
    np.save(home / "views.npy", half)
    (home / "done.json").write_text('{"batches": 1}')
    again = cache_augmented_views(lower, images, names, mirrored, 1, tmp_path / "cache", lambda line: None)
    np.testing.assert_array_equal(again, whole)
