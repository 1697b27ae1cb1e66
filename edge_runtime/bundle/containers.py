"""Where the files of a bundle lie: in a folder or in a zip. What is read is a regular file, and no more of it than is asked for."""

import contextlib
import io
import os
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import Protocol

from edge_runtime.console.validation import shortened
from edge_runtime.errors import BundleError, BundleNotFoundError

MANIFEST = "manifest.json"

_MAX_DIRECTORY = 1 << 20
"""Bytes of a zip's list of members: 20,000 of them at the most."""
_MAX_DEPTH = 2
"""Folders that a zip's bundle may lie in."""
_CHUNK = 1 << 20
_LISTED = 1000
"""Entries of a folder that are looked at for a bundle one level down."""
_LONGEST = 200
"""Characters of an error of the packer that a message shows."""
_OTHER_ARCHIVES = {b"\x1f\x8b": "gzip", b"BZh": "bzip2", b"\xfd7zXZ": "xz", b"7z\xbc\xaf": "7z", b"Rar!": "RAR"}


class Container(Protocol):
    """The files of a bundle, by their paths in it."""

    def read(self, name: str, most: int) -> bytes:
        """Return the beginning of a file: all of it, or one byte more than `most` where it is longer.

        Raises:
            BundleNotFoundError: There is none of this name.
            BundleError: It is no regular file, leaves the bundle, or cannot be read.
        """
        ...


def open_container(path: Path) -> Container:
    """Return the container at a path: a folder, its `manifest.json`, or a zip.

    Raises:
        BundleNotFoundError: Nothing there.
        BundleError: Something else.
    """
    try:
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        raise BundleNotFoundError(
            f"{path}: no such bundle; check --bundle, or leave it out for the default one"
        ) from None
    except (OSError, ValueError) as error:
        raise BundleError(f"{path}: cannot be read ({_reason(error)}); check --bundle") from None
    if stat.S_ISDIR(mode):
        return _Folder(path)
    if not stat.S_ISREG(mode):
        raise BundleError(f"{path}: neither a folder nor a regular file; check --bundle")
    return _Folder(path.parent) if path.name == MANIFEST else _Zip(path)


class _Folder:
    """A folder of files; links that stay inside it are followed."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self, name: str, most: int) -> bytes:
        """See `Container.read`."""
        try:
            file = (self._path / name).resolve(strict=True)
            if not file.is_relative_to(self._path.resolve()):
                raise BundleError(f"{self._path}/{name}: a link that leaves the bundle; copy the file itself into it")
            # A FIFO must not hold us until somebody writes into it.
            handle = os.open(file, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
            with io.FileIO(handle) as stream:
                if not stat.S_ISREG(os.fstat(handle).st_mode):
                    raise BundleError(f"{self._path}/{name}: not a regular file; do not use this bundle")
                return _at_most(stream.read, most + 1)
        except (FileNotFoundError, NotADirectoryError):
            raise BundleNotFoundError(f"{self._path}/{name}: missing from the bundle; {self._remedy(name)}") from None
        except (OSError, ValueError, RuntimeError) as error:  # RuntimeError: links in a ring, before Python 3.13
            if isinstance(error, BundleError):
                raise
            raise BundleError(
                f"{self._path}/{name}: cannot be read ({_reason(error)}); check its permissions"
            ) from None

    def _remedy(self, name: str) -> str:
        """Return what to do about a file that is not there: perhaps the bundle lies one level down."""
        if name == MANIFEST:
            with contextlib.suppress(OSError), os.scandir(self._path) as entries:
                for _, entry in zip(range(_LISTED), entries, strict=False):
                    if (self._path / entry.name / MANIFEST).is_file():
                        return f"the folder '{entry.name}' in it is a bundle, name that one"
        return "copy the bundle again"


class _Zip:
    """A zip, whose bundle may lie in a folder or two of it; whatever lies beside is left alone."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with self._opened() as archive:
            self._members = self._listed(archive)
        self._root = self._found_root()

    def read(self, name: str, most: int) -> bytes:
        """See `Container.read`."""
        try:
            member = self._members[self._root + str(PurePosixPath(name))]
        except KeyError:
            raise BundleNotFoundError(f"{self._path}/{name}: missing from the bundle; copy the bundle again") from None
        if member.flag_bits & 1:
            raise BundleError(f"{self._path}: encrypted; unpack it with its password and name the folder")
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            # The other methods unpack without a bound.
            raise BundleError(f"{self._path}: packed neither by deflate nor plainly; unpack it and name the folder")
        try:
            with self._opened() as archive, archive.open(member) as stream:
                return _at_most(stream.read, most + 1)
        except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError, KeyError) as error:
            raise BundleError(
                f"{self._path}/{name}: damaged ({shortened(str(error), _LONGEST)}); copy the bundle again"
            ) from None
        except (OSError, ValueError, OverflowError) as error:
            if isinstance(error, BundleError):
                raise
            raise BundleError(f"{self._path}/{name}: damaged ({_reason(error)}); copy the bundle again") from None

    @contextlib.contextmanager
    def _opened(self) -> Iterator[zipfile.ZipFile]:
        try:
            stream = io.FileIO(self._path)
        except OSError as error:
            raise BundleError(f"{self._path}: cannot be read ({_reason(error)}); check its permissions") from None
        with stream:
            head = os.pread(stream.fileno(), 512, 0)
            other = next((kind for magic, kind in _OTHER_ARCHIVES.items() if head.startswith(magic)), None)
            other = "tar" if head[257:262] == b"ustar" else other
            if other:
                raise BundleError(f"{self._path}: a {other} archive is not read; unpack it and name the folder")
            try:
                archive = zipfile.ZipFile(_Bounded(stream, str(self._path)))
            except BundleError:
                raise
            # zipfile has many words for damage: struct.error and UnicodeDecodeError among them.
            except Exception:
                raise BundleError(f"{self._path}: neither a bundle folder nor a zip of one; check --bundle") from None
            with archive:
                yield archive

    def _listed(self, archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
        """Return members by their paths, with `/` between folders, whatever system packed them."""
        found: dict[str, zipfile.ZipInfo] = {}
        for member in archive.infolist():
            written = member.filename.replace("\\", "/")
            path = PurePosixPath(written)
            said = repr(member.filename[:100])
            if ".." in path.parts or path.is_absolute() or (path.parts[:1] and path.parts[0].endswith(":")):
                raise BundleError(f"{self._path}: its member {said} leaves the bundle; do not use this bundle")
            if stat.S_ISLNK(member.external_attr >> 16):
                raise BundleError(f"{self._path}: its member {said} is a link; pack the files themselves")
            if written.endswith("/") or "__MACOSX" in path.parts:
                continue
            if str(path) in found:
                raise BundleError(f"{self._path}: its member {said} stands in it twice; do not use this bundle")
            found[str(path)] = member
        return found

    def _found_root(self) -> str:
        """Return what the paths of the bundle's files begin with."""
        roots = [name[: -len(MANIFEST)] for name in self._members if PurePosixPath(name).name == MANIFEST]
        depth = min((root.count("/") for root in roots), default=0)
        roots = [root for root in roots if root.count("/") == depth]
        if depth > _MAX_DEPTH:
            raise BundleError(f"{self._path}: its {MANIFEST} lies {depth} folders deep; unpack it and name its folder")
        if len(roots) > 1:
            raise BundleError(f"{self._path}: holds {len(roots)} bundles; unpack it and name the folder of one")
        return roots[0] if roots else ""


class _Bounded(io.RawIOBase):
    """A file that refuses to be read in one piece larger than a zip's list of members may be."""

    def __init__(self, stream: io.FileIO, source: str) -> None:
        self._stream, self._source = stream, source

    def read(self, size: int | None = -1) -> bytes:
        """As a file's, where it is little."""
        wanted = _MAX_DIRECTORY + 1 if size is None or size < 0 else size
        if size is not None and size > _MAX_DIRECTORY + _CHUNK:
            raise BundleError(
                f"{self._source}: its list of members is longer than the {_MAX_DIRECTORY >> 20} MiB that a bundle's may be; "
                "do not use this bundle"
            )
        return _at_most(self._stream.read, wanted)

    def seek(self, offset: int, whence: int = 0) -> int:
        """As a file's."""
        return self._stream.seek(offset, whence)

    def tell(self) -> int:
        """As a file's."""
        return self._stream.tell()

    def seekable(self) -> bool:
        """As a file's."""
        return True

    def readable(self) -> bool:
        """As a file's."""
        return True


def _at_most(read: Callable[[int], bytes | None], most: int) -> bytes:
    """Up to so many bytes, held once: a join of pieces would hold them twice."""
    found = io.BytesIO()
    while (left := most - found.tell()) > 0 and (piece := read(min(left, _CHUNK))):
        found.write(piece)
    return found.getvalue()


def _reason(error: Exception) -> str:
    return str(getattr(error, "strerror", None) or error)
