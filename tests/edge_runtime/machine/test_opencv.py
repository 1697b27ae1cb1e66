import sys
import types
from pathlib import Path

import pytest

from edge_runtime.errors import SourceError
from edge_runtime.machine.opencv import opencv


@pytest.fixture(autouse=True)
def _anew() -> None:
    opencv.cache_clear()


def test_a_build_without_a_module_for_its_log(monkeypatch: pytest.MonkeyPatch) -> None:
    """4.10 and 4.11 have no `cv2.utils.logging`; a build without Python's part has no `cv2.utils`."""
    levels: list[int] = []
    for attributes in (
        {"utils": types.SimpleNamespace(logging=types.SimpleNamespace(setLogLevel=levels.append))},
        {"utils": types.SimpleNamespace(), "setLogLevel": levels.append},
        {"setLogLevel": levels.append},
        {},
    ):
        opencv.cache_clear()
        module = types.SimpleNamespace(**attributes)
        monkeypatch.setitem(sys.modules, "cv2", module)
        assert opencv() is module
    assert levels == [0, 0, 0]


@pytest.mark.parametrize(
    ("raises", "remedy"),
    [
        (
            "ImportError('libGL.so.1: cannot open shared object file: No such file or directory')",
            "run: pip uninstall opencv-python, then: pip install --force-reinstall opencv-python-headless",
        ),
        (
            "ImportError('numpy.core.multiarray failed to import')",
            "run: pip install --upgrade opencv-python-headless numpy",
        ),
        ("AttributeError('_ARRAY_API')", "run: pip install --force-reinstall opencv-python-headless"),
    ],
)
def test_an_installation_that_cannot_be_loaded(
    raises: str, remedy: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "cv2.py").write_text(f"raise {raises}\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "cv2", raising=False)
    with pytest.raises(SourceError) as caught:
        opencv()
    assert str(caught.value).startswith("OpenCV is installed and cannot be loaded (")
    assert str(caught.value).endswith(remedy)
