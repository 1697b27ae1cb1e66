"""What the scripts say where something is missing; the emulation itself is `make arm64`'s."""

import shutil
import subprocess
from pathlib import Path

import pytest

_SCRIPTS = Path(__file__).parents[2] / "deploy" / "arm64"
_BASH = shutil.which("bash") or "/bin/bash"


def _program(folder: Path, name: str, text: str = "exit 0") -> None:
    (folder / name).write_text(f"#!{_BASH}\n{text}\n")
    (folder / name).chmod(0o755)


def _run(script: str, path: Path, *arguments: str) -> tuple[int, str]:
    command = [_BASH, str(_SCRIPTS / script), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, env={"PATH": str(path)}, check=False)
    return done.returncode, done.stderr.strip()


def test_tools_that_are_missing(tmp_path: Path) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    remedy = "run: apt-get install qemu-user-static debootstrap"
    assert _run("make_root.sh", tools, str(tmp_path / "root")) == (
        2,
        f"make_root.sh: debootstrap is missing; {remedy}",
    )
    _program(tools, "debootstrap")
    assert _run("make_root.sh", tools, str(tmp_path / "root")) == (
        2,
        f"make_root.sh: qemu-aarch64-static is missing; {remedy}",
    )
    assert not (tmp_path / "root").exists()


def test_a_wheel_that_is_missing(tmp_path: Path) -> None:
    status, said = _run("make_root.sh", tmp_path, str(tmp_path / "root"), "none.whl")
    assert (status, said) == (2, "make_root.sh: none.whl is missing; build it with: python -m build")


@pytest.mark.parametrize("script", ["make_root.sh", "check.sh"])
def test_rights_that_are_missing(script: str, tmp_path: Path) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("debootstrap", "qemu-aarch64-static"):
        _program(tools, name)
    _program(tools, "id", "echo 1000")
    status, said = _run(script, tools, "/root-of-nobody")
    assert (status, said) == (
        2,
        f"{script}: root's rights are needed to make and to enter /root-of-nobody; run this as root",
    )


@pytest.mark.parametrize("script", ["make_root.sh", "check.sh"])
def test_usage(script: str, tmp_path: Path) -> None:
    status, said = _run(script, tmp_path)
    assert status == 1
    assert f"usage: {script} ROOT" in said
