"""Files that are never half-written: each is written beside its place, and then put there."""

import contextlib
import os
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

from edge_runtime.errors import OutputError


@contextlib.contextmanager
def replacing(path: Path, sync: bool = False) -> Iterator[BinaryIO]:
    """A file beside `path` to write to, which takes its place at the end; where anything is raised, nothing of it is left.

    Args:
        path: What is written or replaced.
        sync: Whether it must be on the disk before it takes the place, as what a power cut must not cost.

    Raises:
        OSError: It cannot be written.
    """
    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("wb") as file:
            yield file
            if sync:
                file.flush()
                os.fsync(file.fileno())
        part.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            part.unlink()
        raise


def write_whole(path: Path, content: bytes) -> None:
    """Write a file, see `replacing`; its folder is made where it is missing.

    Args:
        path: What is written or replaced.
        content: All of it.

    Raises:
        OSError: It cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as file:
        file.write(content)


def check_folder(folder: Path) -> None:
    """Refuse a folder that cannot be written, before minutes of work go into it.

    Raises:
        OutputError: It cannot be.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryDirectory(prefix=".writing.", dir=folder).cleanup()
    except OSError as error:
        raise OutputError(f"{folder}: cannot be written ({error.strerror or error}); choose another --out") from None


def written_whole(folder: Path, contents: Mapping[str, bytes]) -> list[Path]:
    """Write files into a folder, all of them beside their places first, so that a full disk leaves none of them half there.

    Args:
        folder: Made where it is missing.
        contents: Name -> content.

    Returns:
        Their paths.

    Raises:
        OutputError: The folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".writing.", dir=folder) as beside:
            for name, content in contents.items():
                (Path(beside) / name).write_bytes(content)
            for name in contents:
                (Path(beside) / name).replace(folder / name)
    except OSError as error:
        raise OutputError(f"{folder}: cannot be written ({error.strerror or error}); choose another --out") from None
    return [folder / name for name in contents]
