"""Writes a bundle beside its target and puts it in its place at the end, so that no half-written one is ever seen."""

import contextlib
import glob
import hashlib
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from edge_runtime.bundle.containers import MANIFEST
from edge_runtime.bundle.manifest import BundleFile, Manifest
from edge_runtime.errors import EdgeCaptionError
from export.errors import ExportError

_MADE = re.compile(r"[a-z0-9_]{8}(\.ready)?")
"""What the names of temporary folders end with."""
_ABANDONED_SECONDS = 86_400.0
"""An export writes into its folder within hours; one that is at work must not lose it."""


def check_target(target: Path) -> None:
    """Refuse a target that holds something else, before hours of work go into it.

    Raises:
        ExportError: It exists and is no bundle, or its folder cannot be written.
    """
    if target.exists() and not (target / MANIFEST).is_file() and (not target.is_dir() or any(target.iterdir())):
        raise ExportError(f"{target}: exists and is no bundle, so it is not replaced; choose another --out")
    try:
        target.resolve().parent.mkdir(parents=True, exist_ok=True)
        _clean(target)
        tempfile.TemporaryDirectory(prefix=f".{target.name}.", dir=target.resolve().parent).cleanup()
    except OSError as error:
        raise ExportError(f"{target}: cannot be written ({error.strerror}); choose another --out") from None


def _clean(target: Path) -> None:
    """Take away what exports of this target that were killed have left beside it: what has lain untouched for a day.

    A bundle that was moved aside for its successor when the power went is put back where there is none.
    """
    for left in target.resolve().parent.glob(f".{glob.escape(target.name)}.*"):
        if left.is_symlink() or not left.is_dir() or not _MADE.fullmatch(left.name.removeprefix(f".{target.name}.")):
            continue
        newest = max((file.lstat().st_mtime for file in [left, *left.iterdir()]), default=0.0)
        if time.time() - newest < _ABANDONED_SECONDS:
            continue
        if (left / "old" / MANIFEST).is_file() and not target.exists():
            (left / "old").rename(target)
        shutil.rmtree(left, ignore_errors=True)


@contextlib.contextmanager
def staging(target: Path) -> Iterator[Path]:
    """A folder beside the target for a bundle in the making; it is gone afterwards unless `publish` moved it."""
    parent = target.resolve().parent
    try:
        with tempfile.TemporaryDirectory(prefix=f".{target.name}.", dir=parent, ignore_cleanup_errors=True) as folder:
            yield Path(folder)
    except EdgeCaptionError:
        raise
    except OSError as error:
        raise ExportError(
            f"{target}: cannot be written ({error.strerror or error}); the bundle that was there is untouched"
        ) from None


def add_file(folder: Path, name: str, content: bytes) -> BundleFile:
    """Write a file of the bundle and return its entry."""
    (folder / name).write_bytes(content)
    return BundleFile(name, hashlib.sha256(content).hexdigest(), len(content))


def publish(folder: Path, manifest: Manifest, target: Path) -> None:
    """Complete a staged bundle with its manifest and put it in the target's place."""
    (folder / MANIFEST).write_text(manifest.to_json())
    ready = folder.with_name(f"{folder.name}.ready")
    try:
        ready.mkdir()  # with the permissions that new folders get here, not the private ones of a temporary one
        for file in folder.iterdir():
            shutil.copyfile(file, ready / file.name)
        if target.exists():
            old = folder / "old"
            target.rename(old)
            try:
                ready.rename(target)
            except BaseException:
                old.rename(target)
                raise
        else:
            ready.rename(target)
    finally:
        shutil.rmtree(ready, ignore_errors=True)
