"""What the processes that run the tests share: folders that are made once, and the machine."""

import fcntl
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

TRAINED = (
    *("--size", "64", "--width", "64", "--embedding", "32", "--batch", "4", "--captions-per-picture", "2"),
    *("--min-count", "1", "--max-length", "12", "--average", "0.8", "--learning-rate", "0.002", "--warmup", "0.2"),
    *("--dropout", "0.1", "--word-dropout", "0"),
)
"""How the small runs of the tests are trained, but for their number of passes."""


def made_once(temporary: pytest.TempPathFactory, worker: str | None, name: str, make: Callable[[Path], None]) -> Path:
    """A folder that one process makes while the others wait for it.

    Args:
        temporary: The process's factory of temporary folders.
        worker: The process's name, or None where a single one runs all tests.
        name: Of the folder.
        make: Fills the folder, which is new and empty.

    Returns:
        The folder; nobody may write to it, since others read it.
    """
    base = temporary.getbasetemp().parent if worker else temporary.getbasetemp()
    folder = base / "shared" / name
    folder.parent.mkdir(exist_ok=True)
    with (folder.parent / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = folder.parent / f"{name}.done"
        if not done.exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            make(folder)
            done.touch()
    return folder


@contextmanager
def machine(alone: bool) -> Iterator[None]:
    """Run a test beside those of other processes, or alone: begun when theirs have ended, before they begin others.

    Args:
        alone: Whether nothing may run beside it.
    """
    # Two files that are there anyway. Who waits to be alone holds the gate, so that the others queue behind it.
    with Path(__file__).open() as gate, (Path(__file__).parent / "conftest.py").open() as running:
        fcntl.flock(gate, fcntl.LOCK_EX)
        fcntl.flock(running, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        fcntl.flock(gate, fcntl.LOCK_UN)
        yield
