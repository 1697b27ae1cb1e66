import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

from tests.tiny_bundle import write_bundle

ROOT = Path(__file__).parent.parent
_FLICKR8K = (ROOT.parent / "shared" / "flickr8k").resolve()


@pytest.fixture(scope="session")
def tiny_bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_bundle(tmp_path_factory.mktemp("bundle") / "tiny")


@pytest.fixture(autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was tuned on this machine must not choose the variants of tests."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))


@pytest.fixture
def dark(tmp_path: Path) -> Path:
    path = tmp_path / "dark.png"
    Image.new("RGB", (40, 30), (20, 20, 20)).save(path)
    return path


@pytest.fixture
def bright(tmp_path: Path) -> Path:
    path = tmp_path / "bright.jpg"
    Image.new("RGB", (40, 30), (230, 230, 230)).save(path)
    return path


@pytest.fixture(scope="session")
def flickr8k() -> Path:
    if not _FLICKR8K.is_dir():
        pytest.skip("Flickr8k is not on this machine")
    return _FLICKR8K


_COLOURS = {"red": (220, 30, 30), "green": (30, 180, 40), "blue": (40, 60, 220), "yellow": (230, 220, 40)}


@pytest.fixture(scope="session")
def coloured(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Flickr8k-shaped data set of coloured squares: 208 to train on, 16 for dev, 16 for test."""
    folder = tmp_path_factory.mktemp("coloured")
    (folder / "images").mkdir()
    rng = np.random.default_rng(0)
    names, lines = [], []
    for index in range(240):
        colour = list(_COLOURS)[index % 4]
        pixels = rng.integers(90, 130, (64, 64, 3), np.uint8)
        pixels[8:56, 8:56] = np.clip(np.array(_COLOURS[colour]) + rng.integers(-20, 20, (48, 48, 3)), 0, 255)
        name = f"{index:03}.png"
        Image.fromarray(pixels).save(folder / "images" / name)
        names.append(name)
        lines += [f"{name}#0\tA {colour} square .", f"{name}#1\tThere is a {colour} square on a grey wall ."]
    (folder / "Flickr8k.token.txt").write_text("\n".join(lines) + "\n")
    for split, part in (("train", names[:208]), ("dev", names[208:224]), ("test", names[224:])):
        (folder / f"Flickr_8k.{split}Images.txt").write_text("\n".join(part) + "\n")
    return folder
