"""Nothing leaves the device and nothing is left on it: every command is watched by strace, in a home and a folder that are empty."""

import ast
import contextlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

_CHECKOUT = Path(__file__).parents[2]
_CALLS = (
    "trace=socket,connect,sendto,openat,open,creat,mkdir,mkdirat,rename,renameat,renameat2,unlink,unlinkat,link,symlink"
)
_SOCKET = re.compile(r"socket\((AF_\w+)")
_WRITTEN = re.compile(r'open(?:at)?\([^"]*"([^"]*)", [^)]*O_(?:WRONLY|RDWR|CREAT)')
_MADE = re.compile(r'(?:creat|mkdir|mkdirat|rename|renameat|renameat2|unlink|unlinkat|link|symlink)\([^"]*"([^"]*)"')
_HOSTILE = ("cv2", "numpy", "json", "onnxruntime", "PIL", "socket", "edge_runtime", "psutil", "sitecustomize")


@pytest.fixture
def places(tmp_path: Path) -> tuple[Path, Path]:
    """An empty home and an empty current folder."""
    home, current = tmp_path / "home", tmp_path / "current"
    home.mkdir()
    current.mkdir()
    return home, current


def _temporary(home: Path) -> Path:
    """The folder for temporary files, beside the home."""
    folder = home.parent / "temporary"
    folder.mkdir(exist_ok=True)
    return folder


def _environment(home: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "PYTHON", "ORT_"))}
    return {
        **kept,
        "HOME": str(home),
        "TMPDIR": str(_temporary(home)),
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def _watched(arguments: list[str], home: Path, current: Path, trace: Path) -> tuple[set[str], set[str], str]:
    """Families of sockets opened, paths written to, and stderr of a Python that must end well."""
    watch = ["strace", "-f", "-qq", "-o", str(trace), "-e", _CALLS]
    done = subprocess.run(
        [*watch, sys.executable, "-P", *arguments],
        cwd=current,
        env=_environment(home),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode in (0, 1), done.stderr
    told = trace.read_text(errors="replace")
    # `doctor` tries whether a folder can be written with a file that never has a name.
    lines = [line for line in told.splitlines() if " = -1 " not in line and "O_TMPFILE" not in line]
    # What is named relative to a folder that is open is in one that was named in full before.
    lines = [line for line in lines if not re.search(r"unlinkat\(\d+", line)]
    sockets = {match[1] for line in told.splitlines() if (match := _SOCKET.search(line))}
    found = {match[1] for line in lines for expression in (_WRITTEN, _MADE) if (match := expression.search(line))}
    return (
        sockets,
        {path for path in found if not path.startswith(("/dev/", "/proc/", str(_temporary(home))))},
        done.stderr,
    )


@pytest.mark.skipif(shutil.which("strace") is None, reason="needs strace")
@pytest.mark.parametrize(
    "command",
    [
        ["-c", "import edge_runtime; edge_runtime.Captioner.load(BUNDLE).caption(PICTURE)"],
        ["-m", "edge_runtime", "caption", "PICTURE", "--bundle", "BUNDLE"],
        ["-m", "edge_runtime", "live", "--source", "FOLDER", "--bundle", "BUNDLE"],
        ["-m", "edge_runtime", "bench", "--bundle", "BUNDLE", "--rounds", "20"],
        ["-m", "edge_runtime", "doctor", "--bundle", "BUNDLE"],
        ["-m", "edge_runtime", "bundle", "info", "BUNDLE"],
        ["-m", "edge_runtime", "bundle", "verify", "BUNDLE"],
        ["-m", "edge_runtime", "bundle", "tune", "BUNDLE", "--rounds", "5"],
    ],
    ids=lambda command: "-".join(word for word in command if word.islower() and len(word) > 2)[:40],
)
def test_nothing_is_sent_and_nothing_written(
    command: list[str], places: tuple[Path, Path], tiny_bundle: Path, dark: Path, tmp_path: Path
) -> None:
    home, current = places
    folder = tmp_path / "pictures"
    folder.mkdir()
    shutil.copy(dark, folder)
    named = {"BUNDLE": str(tiny_bundle), "PICTURE": str(dark), "FOLDER": str(folder)}
    if command[0] == "-c":
        arguments = ["-c", command[1].replace("BUNDLE", repr(str(tiny_bundle))).replace("PICTURE", repr(str(dark)))]
    else:
        arguments = [named.get(word, word) for word in command]
    sockets, written, errors = _watched(arguments, home, current, tmp_path / "trace")
    # AF_UNIX asks the machine itself (nscd, the display), AF_NETLINK its kernel.
    assert sockets <= {"AF_UNIX", "AF_NETLINK"}, errors
    assert list(current.iterdir()) == []
    if command[-1] == "5" and "tune" in command:
        assert {path.name for path in (home / ".cache").rglob("*") if path.is_file()} == {"tuned.json"}
        written = {path for path in written if not path.startswith(str(home / ".cache"))}
    else:
        assert list(home.iterdir()) == []
    assert written == set()
    assert list(_temporary(home).iterdir()) == []


@pytest.mark.parametrize(
    "command", [["caption", "PICTURE"], ["doctor"], ["bundle", "verify"], ["bench", "--rounds", "20"]]
)
def test_a_library_in_the_current_folder_is_not_run(
    command: list[str], places: tuple[Path, Path], tiny_bundle: Path, dark: Path
) -> None:
    home, current = places
    for name in _HOSTILE:
        (current / f"{name}.py").write_text(f"open({str(home / 'was_run')!r}, 'a').write({name!r})\n")
    arguments = [str(dark) if word == "PICTURE" else word for word in command]
    arguments += [str(tiny_bundle)] if "verify" in command else ["--bundle", str(tiny_bundle)]
    program = Path(sys.executable).parent / "edge-caption"
    start = [str(program)] if program.exists() else [sys.executable, "-P", "-m", "edge_runtime"]
    done = subprocess.run(
        [*start, *arguments], cwd=current, env=_environment(home), capture_output=True, text=True, timeout=300
    )
    assert done.returncode in (0, 1), done.stderr
    assert not (home / "was_run").exists()


def test_the_probe_of_the_display_runs_no_library_of_the_current_folder(
    places: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    from edge_runtime.errors import SinkError
    from edge_runtime.sinks import screen

    home, current = places
    (current / "cv2.py").write_text(f"open({str(home / 'was_run')!r}, 'w').close()\n")
    monkeypatch.chdir(current)
    monkeypatch.delenv("PYTHONSAFEPATH", raising=False)
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    with contextlib.suppress(SinkError):
        screen._probe("window")
    assert not (home / "was_run").exists()


def _sources() -> list[Path]:
    folders = ("edge_runtime", "train", "export", "benchmarks", "deploy", "examples", "tests")
    return [path for name in folders for path in (_CHECKOUT / name).rglob("*.py")]


def _product_sources() -> list[Path]:
    return [path for path in _sources() if (_CHECKOUT / "tests") not in path.parents]


def _imported(tree: ast.AST) -> set[str]:
    """Top packages that a module imports when it runs, in functions too, or asks `importlib` for by a text."""
    found: set[str] = set()
    guards = [node for node in ast.walk(tree) if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"]
    for guard in guards:
        guard.body.clear()  # read by type checkers alone
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found.update(alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("import_module", "__import__")):
            found.update(text.value.partition(".")[0] for text in ast.walk(node) if _is_text(text))  # type: ignore[attr-defined]
    return found


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def test_onnx_runtime_is_imported_in_one_place() -> None:
    importing = [path for path in _sources() if "onnxruntime" in _imported(ast.parse(path.read_text()))]
    assert importing == [_CHECKOUT / "edge_runtime/backends/onnx_runtime.py"]
    # Nor by code that is handed to another Python as a text.
    told = re.compile(r"\b(?:import|from) onnxruntime\b")
    for path in _product_sources():
        for node in ast.walk(ast.parse(path.read_text())):
            if _is_text(node):
                assert not told.search(node.value), (path, node.lineno)  # type: ignore[attr-defined]


def test_every_python_that_is_started_leaves_out_the_current_folder() -> None:
    started = 0
    for path in _product_sources():
        tree = ast.parse(path.read_text())
        named = {id(node) for node in ast.walk(tree) if _is_interpreter(node)}
        for node in ast.walk(tree):
            if isinstance(node, ast.List | ast.Tuple) and any(map(_is_interpreter, node.elts)):
                first, isolated = node.elts[:2]
                assert _is_interpreter(first), path
                assert ast.unparse(isolated) in ("'-P'", "'-I'"), path
                named.discard(id(first))
                started += 1
        # `this_machine` puts it into such a command itself.
        assert not named or path == _CHECKOUT / "benchmarks/arm64/graphs.py", path
    assert started >= 4


def _is_interpreter(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and ast.unparse(node) == "sys.executable"
