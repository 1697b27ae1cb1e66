"""Where the pictures of a data set lie: in one folder, or in several."""

import os
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

from train.datasets.base import LeftOut, shown
from train.errors import DatasetError


class PictureFolders:
    """The pictures of one folder, by their names, or of several, by their paths from the folder that holds all of these.

    Args:
        folders: At least one.

    Attributes:
        root: What the names start from.
        names: Of every file.

    Raises:
        DatasetError: A folder is missing or cannot be read.
    """

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = folders
        for folder in folders:
            if not folder.is_dir():
                raise DatasetError(f"{folder}: no such folder of pictures; check --images")
        several = len(folders) > 1
        self.root = Path(os.path.commonpath([folder.resolve() for folder in folders])) if several else folders[0]
        self._by_file: dict[str, list[str]] = {}
        for folder in dict.fromkeys(folders):
            before = folder.resolve().relative_to(self.root).as_posix() + "/" if several else ""
            for name in _files_in(folder):
                self._by_file.setdefault(name, []).append(before.removeprefix("./") + name)
        self.names = {name for names in self._by_file.values() for name in names}
        self._by_stem = _by_stem(self._by_file)

    @property
    def shown(self) -> str:
        """Return the folders, for a message."""
        return ", ".join(map(str, self._folders))

    def named(self, name: str) -> str:
        """Return the name of the one picture of a file name; the same name where there is none, or where it is a path already."""
        found = self._by_file.get(name, ())
        return found[0] if len(found) == 1 else name

    def find(self, name: str, others: Collection[str]) -> str | LeftOut:
        """Return the name of the picture that a captions file calls so, or why there is none.

        Args:
            name: With its ending or without.
            others: All names of that file.
        """
        if _leads_out(name):
            return LeftOut(shown(name), "a name that leads out of the folder of pictures")
        if len(self._by_file.get(name, ())) > 1:
            return LeftOut(shown(name), "a picture of this name lies in two folders")
        if name in self._by_file:
            return self._by_file[name][0]
        if os.path.isfile(self.root / name):  # noqa: PTH113 - Path.is_file raises on names that are too long
            return name
        if name in self._by_stem and self._by_stem[name] not in others:
            return self.named(self._by_stem[name])
        return LeftOut(shown(name), f"no such picture in {self.shown}")


def _files_in(images: Path) -> set[str]:
    try:
        return {entry.name for entry in images.iterdir() if entry.is_file()}
    except OSError as error:
        raise DatasetError(f"{images}: cannot be read ({error.strerror}); check --images") from None


def _leads_out(name: str) -> bool:
    path = Path(name)
    return path.is_absolute() or ".." in path.parts


def _by_stem(names: Iterable[str]) -> dict[str, str]:
    """Name without its ending -> name, where only one has it: tutorials' captions are kept by such names."""
    found: dict[str, list[str]] = {}
    for name in names:
        found.setdefault(Path(name).stem, []).append(name)
    return {stem: alike[0] for stem, alike in found.items() if len(alike) == 1}
