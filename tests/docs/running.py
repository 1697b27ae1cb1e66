"""Runs the blocks of a page in a folder that holds what its commands name."""

import configparser
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from tests.docs.blocks import ROOT, SHELL, Block

_FOLDERS = ("edge_runtime", "train", "export", "benchmarks", "examples", "docs", "deploy")
_PICTURES = 40
_LONGEST = 240
"""Seconds of a block at the most; what needs longer is marked."""


def prepare(folder: Path) -> None:
    """Put there what the pages name: pictures, a folder of them, captions, a clip, and the repository's own folders."""
    examples = sorted((ROOT / "examples").glob("*.jpg"))
    for name in ("photo.jpg", "a.jpg", "b.jpg"):
        shutil.copy(examples[0], folder / name)
    (folder / "holiday").mkdir()
    for picture in examples[:2]:
        shutil.copy(picture, folder / "holiday")
    for name in (*_FOLDERS, *(page.name for page in ROOT.glob("*.md"))):
        (folder / name).symlink_to(ROOT / name)
    _write_pictures(folder / "pictures", folder / "captions.json")
    _write_clip(folder / "holiday.mp4")


def _write_pictures(folder: Path, captions: Path) -> None:
    """Bright and dark pictures and their captions: a data set that a network of a few layers learns in a minute."""
    folder.mkdir()
    said = {}
    for number in range(_PICTURES):
        shade, word = ((30, "dark"), (220, "bright"))[number % 2]
        pixels = np.random.default_rng(number).integers(-20, 20, (64, 64, 3)) + shade
        Image.fromarray(pixels.astype(np.uint8)).save(folder / f"{number:02}.png")
        said[f"{number:02}.png"] = [f"a {word} picture", f"this is a {word} picture"]
    captions.write_text(json.dumps(said), encoding="utf-8")


def _write_clip(path: Path) -> None:
    import cv2

    with Image.open(ROOT / "examples" / "street.jpg") as opened:
        picture = np.asarray(opened.convert("RGB").resize((320, 240)))[:, :, ::-1].copy()
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), 10, (320, 240))
    for _ in range(20):
        writer.write(picture)
    writer.release()


def run_page(found: Sequence[Block], folder: Path) -> list[str]:
    """What went wrong, a sentence for each block; a page's blocks are run in their order and share what they set.

    Args:
        found: The blocks of one page.
        folder: Prepared, and the page's own.
    """
    wrong, before = [], ""
    for block in found:
        runner = _RUNNERS.get(block.language)
        if block.file is not None:
            problem = _check_file(block)
        elif block.language in SHELL:
            problem = None if block.skip else _run_shell(block, folder, before)
            before += "".join(line + "\n" for line in block.code.splitlines() if re.match(r"\w+=[\"']", line))
        elif runner is not None:
            problem = runner(block, folder)
        elif block.language != "python" and not block.skip:
            problem = f"a block of '{block.language}' cannot be run; say why by a mark: <!-- skip: reason -->"
        else:
            problem = None
        if problem:
            wrong.append(f"{block.place}: {problem}")
    return wrong + _run_python(
        [block for block in found if block.language == "python" and not (block.skip or block.file)], folder
    )


def lines_run(block: Block) -> str:
    """A shell's block, each command on one line, without the lines that a mark skips."""
    lines = block.code.replace("\\\n", " ").splitlines()
    return "".join(f"{line}\n" for line in lines if not any(words in line for words in block.skipped))


def _run_shell(block: Block, folder: Path, before: str) -> str | None:
    code = f"{before}set -e -o pipefail\n{lines_run(block)}"
    return _outcome(["bash", "-c", code], folder, int(block.error or 0))


def _run_python(found: Sequence[Block], folder: Path) -> list[str]:
    """All blocks of a page as one program, each line at its number on the page; those that end with an error one by one."""
    wrong = []
    plain = [block for block in found if block.error is None]
    for blocks in [plain, *([*plain, block] for block in found if block.error is not None)]:
        if not blocks:
            continue
        program: list[str] = []
        for block in sorted(blocks, key=lambda block: block.line):
            program += [""] * (block.line - 1 - len(program))
            lines = block.code.splitlines()
            if block.given:
                lines[0] = f"{block.given}; {lines[0]}" if len(lines[0].strip()) else block.given
            program += lines
        file = folder / f"{blocks[0].page.stem.replace('-', '_')}_blocks.py"
        file.write_text("\n".join(program) + "\n", encoding="utf-8")
        error = next((block.error for block in blocks if block.error is not None), None)
        problem = _outcome([sys.executable, str(file)], folder, 0 if error is None else 1, error, file.name)
        if problem:
            wrong.append(f"{blocks[0].place}: {problem}")
    return wrong


def _outcome(
    command: Sequence[str], folder: Path, status: int, error: str | None = None, program: str = ""
) -> str | None:
    """Run it; None where it ended as it should, else a sentence, with the line of the page where a Python program of it ended."""
    cache = str(folder / "cache")
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(folder),
        "XDG_CACHE_HOME": cache,
    }
    try:
        ended = subprocess.run(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_LONGEST,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"not done after {_LONGEST} s; mark it: <!-- skip: reason -->"
    said = ended.stderr.strip().splitlines()[-1:]
    if ended.returncode != status:
        lines = re.findall(rf'{re.escape(program)}", line (\d+)', ended.stderr) if program else []
        where = f" (line {lines[-1]})" if lines else ""
        return f"exit status {ended.returncode}, not {status}{where}: {''.join(said)}"
    if error is not None and not "".join(said).rpartition(".")[2].startswith(error) and error not in "".join(said):
        return f"ended with {''.join(said)}, not {error}"
    return None


def _check_file(block: Block) -> str | None:
    file = ROOT / str(block.file)
    if not file.is_file():
        return f"shows {block.file}, which is not there"
    return (
        None
        if block.code == file.read_text(encoding="utf-8")
        else f"is not {block.file} as it is now; run: python -m tests.docs.copying"
    )


def _check_json(block: Block, folder: Path) -> str | None:
    del folder
    try:
        json.loads(block.code)
    except ValueError:
        try:
            for line in block.code.splitlines():
                json.loads(line)
        except ValueError as error:
            return f"not JSON ({error})"
    return None


def _check_toml(block: Block, folder: Path) -> str | None:
    """A configuration is read by the product itself; one that is marked as skipped has to be TOML alone."""
    try:
        tomllib.loads(block.code)
    except ValueError as error:
        return f"not TOML ({error})"
    if block.skip:
        return None
    file = folder / "block.toml"
    file.write_text(block.code, encoding="utf-8")
    return _outcome(["edge-caption", "live", "--config", str(file), "--print-config"], folder, int(block.error or 0))


def _check_ini(block: Block, folder: Path) -> str | None:
    del folder
    try:
        configparser.ConfigParser(strict=False, interpolation=None).read_string(block.code)
    except configparser.Error as error:
        return f"not a file of sections ({error})"
    return None


_RUNNERS: dict[str, Callable[[Block, Path], str | None]] = {
    "json": _check_json,
    "jsonl": _check_json,
    "toml": _check_toml,
    "ini": _check_ini,
}
"""Language -> what holds such a block."""
