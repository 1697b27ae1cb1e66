"""What must stay true of the tree: who imports whom, what an import loads, what the wheel holds."""

import ast
import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
_ORDER = ["edge_runtime", "train", "export", "benchmarks"]
"""Each may import those before it."""


def _imports(file: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            found.update(alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
    return found


@pytest.mark.parametrize("package", _ORDER)
def test_imports_point_toward_the_product(package: str) -> None:
    later = set(_ORDER[_ORDER.index(package) + 1 :]) | {"tests"}
    forbidden = later | ({"tensorflow", "keras", "tf2onnx", "onnx", "torch"} if package == "edge_runtime" else set())
    wrong = {str(file): _imports(file) & forbidden for file in (ROOT / package).rglob("*.py")}
    assert {file: names for file, names in wrong.items() if names} == {}


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
    assert "edge_runtime/py.typed" in names


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
