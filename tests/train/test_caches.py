"""Libraries of the workshop in a home that takes nothing, and in one that does."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

_NAMES = ("MPLCONFIGDIR", "KERAS_HOME")
_CODE = """
import os
from train.caches import place_caches
place_caches()
print(*(os.environ.get(name, "") for name in ("MPLCONFIGDIR", "KERAS_HOME")), sep="\\n")
"""


def _run(code: str, home: Path, temporary: Path, **more: str) -> "subprocess.CompletedProcess[str]":
    kept = {name: value for name, value in os.environ.items() if name not in _NAMES and not name.startswith("XDG_")}
    return subprocess.run(
        [sys.executable, "-P", "-c", code],
        env={**kept, "HOME": str(home), "TMPDIR": str(temporary), **more},
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )


@pytest.fixture
def temporary(tmp_path: Path) -> Path:
    folder = tmp_path / "temporary"
    folder.mkdir()
    return folder


def test_a_home_that_takes_none(tmp_path: Path, temporary: Path) -> None:
    home = tmp_path / "a file"
    home.touch()
    matplotlib, keras = _run(_CODE, home, temporary).stdout.splitlines()
    assert Path(matplotlib).parent == Path(keras).parent
    assert Path(keras).parent.parent == temporary
    assert list(temporary.iterdir()) == []


def test_a_home_that_takes_them_and_folders_that_are_named(tmp_path: Path, temporary: Path) -> None:
    assert _run(_CODE, tmp_path, temporary).stdout == "\n\n"
    home = tmp_path / "a file"
    home.touch()
    assert _run(_CODE, home, temporary, MPLCONFIGDIR="/a", KERAS_HOME="/b").stdout == "/a\n/b\n"


def test_the_libraries_say_nothing_and_leave_nothing(tmp_path: Path, temporary: Path) -> None:
    home = tmp_path / "a file"
    home.touch()
    code = "from train.caches import place_caches; place_caches(); import keras; from matplotlib import pyplot"
    done = _run(code, home, temporary, TF_CPP_MIN_LOG_LEVEL="3", MPLBACKEND="Agg")
    assert (done.stdout, [line for line in done.stderr.splitlines() if "atplotlib" in line or "keras" in line]) == (
        "",
        [],
    )
    assert list(temporary.iterdir()) == []


def test_nothing_is_sent(tmp_path: Path, temporary: Path) -> None:
    names = ("ORT_DISABLE_TELEMETRY", "HF_HUB_DISABLE_TELEMETRY", "DO_NOT_TRACK")
    code = f"import os; from train.caches import place_caches; place_caches(); print([os.environ[n] for n in {names}])"
    assert _run(code, tmp_path, temporary).stdout == "['1', '1', '1']\n"
