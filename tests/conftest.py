import gc
import logging
import os
import sqlite3  # noqa: F401 - before TensorFlow, whose own SQLite without full-text search would take its place in the process
import sys
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

from tests.shared import TRAINED, machine, made_once
from tests.tiny_bundle import write_bundle

ROOT = Path(__file__).parent.parent
_FLICKR8K = (ROOT.parent / "shared" / "flickr8k").resolve()


_LONGEST_FIRST = ("tests/export", "tests/train", "tests/benchmarks")
"""Begun before the others, so that at the end no process waits for one long file."""
_BY_ITSELF = ("test_its_bundle_knows_the_pictures_by_heart", "test_other_input_sizes")
"""Tests of minutes that share nothing with the others of their file."""


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """A file's tests, and what they share, stay in one process; files are begun in the order in which they are collected."""
    from xdist.scheduler import LoadScopeScheduling

    class Scheduler(LoadScopeScheduling):  # type: ignore[misc]
        def _split_scope(self, nodeid: str) -> str:
            file, _, test = nodeid.partition("::")
            return nodeid if test.startswith(_BY_ITSELF) else file

    config.option.loadscopereorder = False
    return Scheduler(config, log)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first."""

    def rank(item: pytest.Item) -> int:
        return next((at for at, name in enumerate(_LONGEST_FIRST) if item.nodeid.startswith(name)), len(_LONGEST_FIRST))

    items.sort(key=rank)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, Any, Any]:
    """Where several processes run the tests, one that is marked as `alone` has the machine to itself."""
    if not hasattr(item.config, "workerinput"):
        return (yield)
    with machine(item.get_closest_marker("alone") is not None):
        return (yield)


@pytest.fixture(scope="session")
def shared(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Callable[[str, Callable[[Path], None]], Path]:
    """Makes a folder once for all processes that run the tests: its name, and what fills it."""
    worker = getattr(request.config, "workerinput", {}).get("workerid")
    return lambda name, make: made_once(tmp_path_factory, worker, name, make)


@pytest.fixture(scope="module", autouse=True)
def _networks_are_let_go() -> Iterator[None]:
    """Keras keeps every network that it has built, in the end 7 GB of them."""
    yield
    if (keras := sys.modules.get("keras")) is not None:
        keras.backend.clear_session()
        gc.collect()


@pytest.fixture(scope="session")
def tiny_bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_bundle(tmp_path_factory.mktemp("bundle") / "tiny")


@pytest.fixture(autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was tuned on this machine must not choose the variants of tests."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))


@pytest.fixture(autouse=True)
def _own_log() -> Iterator[None]:
    """What `live` sets up when a test runs it in this process, on a stderr that is closed afterwards, is no other test's."""
    product = logging.getLogger("edge_runtime")
    handlers, level, propagate = list(product.handlers), product.level, product.propagate
    yield
    product.handlers[:] = handlers
    product.setLevel(level)
    product.propagate = propagate


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
def coloured(shared: Callable[[str, Callable[[Path], None]], Path]) -> Path:
    """A Flickr8k-shaped data set of coloured squares: 208 to train on, 16 for dev, 16 for test."""
    return shared("coloured", _write_coloured)


def _write_coloured(folder: Path) -> None:
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


@pytest.fixture(scope="session")
def trained(coloured: Path, shared: Callable[[str, Callable[[Path], None]], Path]) -> Path:
    """A folder with a `run` that knows the colours, trained for five passes, and the `features` that it was trained on."""

    def train_it(folder: Path) -> None:
        from train.cli import main

        arguments = (
            "fit",
            "--data",
            str(coloured),
            "--run",
            str(folder / "run"),
            "--features",
            str(folder / "features"),
        )
        assert main([*arguments, *TRAINED, "--epochs", "5"]) == 0

    return shared("trained", train_it)
