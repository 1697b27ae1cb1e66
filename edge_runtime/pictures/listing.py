"""Lists the pictures of a folder: one rule for `caption`, `live`, `bench` and the workshop's commands.

A picture of a folder is what has a name that ends as pictures' do, is not hidden, and is no folder. What cannot be read for another
reason, such as a pipe or a link to nothing, is listed: who reads it says what is wrong with it.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from edge_runtime.errors import PictureError

SUFFIXES = frozenset(
    [".jpg", ".jpeg", ".jpe", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".ppm", ".pgm", ".avif", ".jp2"]
)
"""How names of pictures end, in lower case."""


class _Entry(NamedTuple):
    """What stands in a folder: its path, whether it is a folder itself, and whether a link is in between."""

    path: str
    is_folder: bool
    is_link: bool


def is_picture_name(name: str) -> bool:
    """Whether a file of this name counts as a picture where a folder is listed."""
    return Path(name).suffix.lower() in SUFFIXES and not name.startswith(".")


def listed_pictures(folder: Path) -> list[Path]:
    """The pictures of a folder in the order of their names.

    Raises:
        OSError: The folder cannot be listed.
    """
    return [Path(entry.path) for entry in _entries(str(folder)) if not entry.is_folder]


def picture_files(folder: Path) -> list[Path]:
    """Those of `listed_pictures` that are files, for work that reads them all and stops at the first that cannot be read.

    Raises:
        PictureError: The folder cannot be listed.
    """
    try:
        return [path for path in listed_pictures(folder) if _is_file(path)]
    except OSError as error:
        raise _unlisted(str(folder), error) from None


def walk_pictures(folder: Path, recursive: bool) -> Iterator[str | PictureError]:
    """Go through the pictures of a folder, and of those in it, each where its name stands in the order.

    Args:
        folder: Folders in it may be as deep as they like; links to folders are not followed.
        recursive: Whether to look into folders within it.

    Yields:
        Paths, and an error for every folder that cannot be listed.
    """
    waiting = [_Entry(str(folder), True, False)]
    while waiting:
        entry = waiting.pop()
        if not entry.is_folder:
            yield entry.path
            continue
        try:
            found = _entries(entry.path)
        except OSError as error:
            yield _unlisted(entry.path, error)
            continue
        waiting += [one for one in reversed(found) if not one.is_folder or (recursive and not one.is_link)]


def _entries(folder: str) -> list[_Entry]:
    """Folders and pictures that stand in a folder, in the order of their names."""
    with os.scandir(folder) as scanned:
        found = sorted((entry.name, _is_folder(entry), entry.is_symlink()) for entry in scanned)
    return [
        _Entry(str(Path(folder) / name), is_folder, is_link)
        for name, is_folder, is_link in found
        if (not name.startswith(".") if is_folder else is_picture_name(name))
    ]


def _is_folder(entry: "os.DirEntry[str]") -> bool:
    try:
        return entry.is_dir()
    except (
        OSError
    ):  # a link that leads round in a circle, or into a folder that may not be searched; reading it says why
        return False


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # likewise
        return False


def _unlisted(folder: str, error: OSError) -> PictureError:
    return PictureError(f"{folder}: cannot be listed ({error.strerror}); check its permissions")
