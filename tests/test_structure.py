"""What must stay true of the tree: who imports whom, what an import loads, what the wheel holds.

A room is a wing (a folder of a package) or a file that stands beside the wings, on the ground floor.
"""

import ast
import os
import re
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
_ORDER = ["edge_runtime", "train", "export", "benchmarks"]
"""Each may import those before it."""
_FILES = {"edge_runtime": 16, "train": 12, "export": 9, "benchmarks": 14}
"""Files on the ground floor, at most."""
_IMPORTS = {"edge_runtime": 110, "train": 45, "export": 20, "benchmarks": 31}
"""Imports among the rooms, at most."""
_LINES = 350
"""Of a file, at most."""


def _imports(file: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            found.update(alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
    return found


def _module(file: Path) -> str:
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _is_module(name: str) -> bool:
    path = ROOT / name.replace(".", "/")
    return path.is_dir() or path.with_suffix(".py").is_file()


def _room(module: str) -> str:
    return ".".join(module.split(".")[:2])


def _rooms(package: str) -> dict[str, set[str]]:
    """The rooms of a package, and which others of it each imports, be it within a function or for its types alone."""
    found: dict[str, set[str]] = {}
    for file in (ROOT / package).rglob("*.py"):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        room = _room(_module(file))
        names: set[str] = set()
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                names.update(alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                within = {f"{node.module}.{alias.name}" for alias in node.names}
                names.update(name if _is_module(name) else node.module for name in within)
        rooms = {_room(name) for name in names if name.split(".")[0] == package}
        found.setdefault(room, set()).update(rooms - {room})
    return found


def _circle(rooms: dict[str, set[str]]) -> set[str]:
    """Rooms that import each other, round about or at once; also those that lie between two circles."""
    left = {room: set(others) for room, others in rooms.items()}
    while True:
        known = {other for others in left.values() for other in others}
        ends = {room for room, others in left.items() if not others & left.keys() or room not in known}
        if not ends:
            return set(left)
        left = {room: others - ends for room, others in left.items() if room not in ends}


def test_a_circle_is_found() -> None:
    assert _circle({"a": {"b"}, "b": {"c"}, "c": set(), "d": {"a"}}) == set()
    assert _circle({"a": {"b"}, "b": {"c", "e"}, "c": {"b"}, "d": {"a"}, "e": set()}) == {"b", "c"}


@pytest.mark.parametrize("package", _ORDER)
def test_no_rooms_import_each_other(package: str) -> None:
    """Nor does one import what runs it: imports point down, from the commands to the errors."""
    assert _circle(_rooms(package)) == set()


@pytest.mark.parametrize("package", _ORDER)
def test_the_ground_floor_is_small(package: str) -> None:
    files = sorted(file.name for file in (ROOT / package).glob("*.py"))
    assert len(files) <= _FILES[package], files
    imports = [(room, other) for room, others in _rooms(package).items() for other in others]
    assert len(imports) > 5
    assert len(imports) <= _IMPORTS[package], sorted(imports)


def test_no_file_is_too_long() -> None:
    lengths = {
        str(file.relative_to(ROOT)): len(file.read_text(encoding="utf-8").splitlines())
        for package in _ORDER
        for file in (ROOT / package).rglob("*.py")
    }
    assert len(lengths) > 200
    assert {file: lines for file, lines in lengths.items() if lines > _LINES} == {}


@pytest.mark.parametrize("package", _ORDER)
def test_imports_point_toward_the_product(package: str) -> None:
    later = set(_ORDER[_ORDER.index(package) + 1 :]) | {"tests"}
    forbidden = later | ({"tensorflow", "keras", "tf2onnx", "onnx", "torch"} if package == "edge_runtime" else set())
    wrong = {str(file): _imports(file) & forbidden for file in (ROOT / package).rglob("*.py")}
    assert {file: names for file, names in wrong.items() if names} == {}


def test_the_tests_that_the_makefile_names_exist() -> None:
    named = re.findall(r"\btests/[\w/.]+", (ROOT / "Makefile").read_text(encoding="utf-8"))
    assert len(named) > 20
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_importing_the_product_loads_nothing_heavy() -> None:
    code = "import sys, edge_runtime; print(sorted({m.split('.')[0] for m in sys.modules}))"
    loaded = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    heavy = {"tensorflow", "keras", "onnxruntime", "cv2", "matplotlib", "onnx", "scipy"}
    assert heavy & set(ast.literal_eval(loaded)) == set()


def test_the_wheel_holds_the_product_alone(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("edge_caption-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"edge_runtime"}
    on_disk = {f"edge_runtime/models/default/{file.name}" for file in (ROOT / "edge_runtime/models/default").iterdir()}
    assert on_disk <= set(names)
    assert {f"edge_runtime/demo/{name}" for name in ("README.md", "clip.mp4", "rules.toml")} <= set(names)
    assert "edge_runtime/py.typed" in names
    page = {f"edge_runtime/server/page/{file.name}" for file in (ROOT / "edge_runtime/server/page").iterdir()}
    assert len(page) > 10
    assert page <= set(names)


@pytest.mark.skipif("EDGE_CAPTION_TESTS_WHEEL" not in os.environ, reason="the product is not installed from its wheel")
@pytest.mark.parametrize("start", [["-c"], ["-P", "-c"]])
def test_it_is_the_wheel_that_is_tested(start: list[str]) -> None:
    """Here and in every Python that a test starts in the checkout; the workshop comes from the checkout."""
    import edge_runtime

    installed = Path(sysconfig.get_path("purelib")) / "edge_runtime" / "__init__.py"
    assert Path(edge_runtime.__file__) == installed
    code = "import edge_runtime, train; print(edge_runtime.__file__, train.__file__, sep='\\n')"
    command = [sys.executable, *start, code]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    assert found == [str(installed), str(ROOT / "train" / "__init__.py")]
