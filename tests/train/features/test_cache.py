import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import train.features.cache as module
from train.encoders.registry import encoder_spec, find_weights
from train.errors import FeatureCacheError
from train.features.cache import FeatureCache, cache_features

_SIZE = 64


@pytest.fixture
def images(tmp_path: Path) -> Path:
    folder = tmp_path / "images"
    folder.mkdir()
    rng = np.random.default_rng(0)
    for index in range(40):
        Image.fromarray(rng.integers(0, 255, (_SIZE, _SIZE, 3), np.uint8)).save(folder / f"{index:02}.png")
    return folder


def _cache(images: Path, folder: Path, **options: object) -> FeatureCache:
    spec = encoder_spec("efficientnet_lite0")
    names = sorted(path.name for path in images.iterdir())
    return cache_features(images, names, spec, find_weights(spec), folder, _SIZE, **options)  # type: ignore[arg-type]


def test_an_interrupted_cache_goes_on_and_ends_the_same(
    images: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = np.array(_cache(images, tmp_path / "one").grid)
    assert whole.shape == (40, 4, 1280)
    monkeypatch.setattr(module, "_BATCH", 8)
    monkeypatch.setattr(module, "_SAVE_EVERY", 1)
    calls = 0
    save = module._save

    def stop_after_two(*arguments: object) -> None:
        nonlocal calls
        save(*arguments)  # type: ignore[arg-type]
        calls += 1
        if calls == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(module, "_save", stop_after_two)
    with pytest.raises(KeyboardInterrupt):
        _cache(images, tmp_path / "two")
    (state,) = (tmp_path / "two").glob("*/cache.json")
    assert json.loads(state.read_text())["done"] == 16
    monkeypatch.setattr(module, "_save", save)
    news: list[str] = []
    again = _cache(images, tmp_path / "two", log=news.append)
    assert news[0].startswith("features: 24 of 40 pictures to go")
    assert np.allclose(again.grid, whole, atol=2e-2)


def test_a_complete_cache_is_not_computed_again(images: Path, tmp_path: Path) -> None:
    first = _cache(images, tmp_path / "c")
    news: list[str] = []
    assert _cache(images, tmp_path / "c", log=news.append).folder == first.folder
    assert news == []


def test_other_pictures_or_views_are_another_cache(images: Path, tmp_path: Path) -> None:
    plain = _cache(images, tmp_path / "c")
    flip = _cache(images, tmp_path / "c", view="flip")
    assert plain.folder != flip.folder
    assert not np.array_equal(plain.grid, flip.grid)
    Image.new("RGB", (_SIZE, _SIZE), "red").save(images / "00.png")
    assert _cache(images, tmp_path / "c").folder != plain.folder


def test_a_picture_that_cannot_be_read_is_left_out(images: Path, tmp_path: Path) -> None:
    (images / "05.png").write_text("broken")
    news: list[str] = []
    cache = _cache(images, tmp_path / "c", log=news.append)
    assert "05.png" not in cache.rows
    assert len(cache.rows) == 39
    assert any("left out 05.png" in line and "not a picture" in line for line in news)


def test_a_folder_that_cannot_be_written(images: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(FeatureCacheError, match="choose another --features folder"):
        _cache(images, tmp_path / "file")
