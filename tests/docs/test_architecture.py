"""The committed picture and table are what the script makes of the code as it is now."""

import importlib.util
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from types import ModuleType

import pytest

from tests.docs.blocks import ROOT

SCRIPT = ROOT / "docs" / "draw_architecture.py"


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("draw_architecture", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_picture_and_table_are_what_the_code_says() -> None:
    ran = subprocess.run([sys.executable, str(SCRIPT), "--check"], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")


def _tree(root: Path, files: dict[str, str]) -> Path:
    for house in ("benchmarks", "export", "train", "edge_runtime"):
        for wing in ("", "one/", "two/", "three/"):
            file = root / house / f"{wing}__init__.py"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(f'"""The {wing or house} part."""\n')
    for name, text in files.items():
        (root / name).write_text(text)
    return root


def test_imports_are_found_however_they_are_written(script: ModuleType, tmp_path: Path) -> None:
    root = _tree(
        tmp_path,
        {
            "train/one/a.py": "import train.two.x\nfrom edge_runtime import one, errors\nfrom edge_runtime.errors import X\n",
            "train/one/b.py": "def f():\n    from train.three.y import z\n    from train.one.a import w\n",
        },
    )
    assert script.imports(root)["train/one"] == {"train/two", "train/three", "edge_runtime/one"}
    assert "| `train/one` | three, two | `edge_runtime`: one |\n" in script.table(root)
    assert "| `train/two` | - | - |\n" in script.table(root)


def test_an_arrow_that_a_longer_way_says_is_left_out(script: ModuleType) -> None:
    graph = {"a": {"b", "c"}, "b": {"c"}, "c": set()}
    assert script._drawn(graph) == [("a", "b"), ("b", "c")]
    assert script._columns(graph) == {"a": 2, "b": 1, "c": 0}
    circle = {"a": {"b", "c"}, "b": {"c"}, "c": {"b"}}
    assert script._drawn(circle) == [("a", "b"), ("a", "c"), ("b", "c"), ("c", "b")]
    assert script._columns(circle) == {"a": 1, "b": 0, "c": 0}


def test_the_picture_shows_every_wing_and_no_box_covers_another(script: ModuleType) -> None:
    picture = ET.fromstring(script.draw(ROOT))
    tag = "{http://www.w3.org/2000/svg}"
    boxes = [
        tuple(float(rect.get(name) or 0) for name in ("x", "y", "width", "height"))
        for rect in picture.iter(f"{tag}rect")
        if rect.get("rx") == "7"
    ]
    assert len(boxes) == len(script.wings(ROOT))
    names = {text.text for text in picture.iter(f"{tag}text")}
    assert {wing.rpartition("/")[2] for wing in script.wings(ROOT)} <= names
    for at, (x, y, width, height) in enumerate(boxes):
        for left, top, _, _ in boxes[at + 1 :]:
            assert abs(x - left) >= width or abs(y - top) >= height


def test_a_stale_page_is_told(script: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page, picture = tmp_path / "architecture.md", tmp_path / "architecture.svg"
    page.write_text(f"Before\n\n{script.BEGIN}old{script.END}\nAfter\n")
    for name, value in (("PAGE", page), ("PICTURE", picture), ("ROOT", _tree(tmp_path, {}))):
        monkeypatch.setattr(script, name, value)
    assert script.main(["--check"]) == 1
    assert script.main([]) == 0
    assert script.main(["--check"]) == 0
    assert page.read_text().startswith("Before\n")
    assert page.read_text().endswith("\nAfter\n")
