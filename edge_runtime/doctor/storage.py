"""Folders: may they be written, and is there room?"""

import shutil
import tempfile
from pathlib import Path

from edge_runtime.bundle.tuned_variant import cache_file
from edge_runtime.doctor.base import Check

_MB = 1 << 20
_ENOUGH, _TIGHT = 1024 * _MB, 50 * _MB
"""Free bytes: an hour of recorded video takes about 1 GB."""


def cache() -> Check:
    """Return where `bundle tune` remembers its winner."""
    remedy = "set XDG_CACHE_HOME to a folder that can be written"
    try:
        folder = cache_file().parent
    except RuntimeError:
        return Check("cache folder", "warning", "there is no home folder for it", remedy)
    there = next(parent for parent in (folder, *folder.parents) if parent.exists())
    reason = _refusal(there)
    if reason:
        return Check("cache folder", "warning", f"{folder} cannot be written ({reason})", remedy)
    return Check("cache folder", "ok", str(folder))


def current() -> Check:
    """Return where recordings and captions go whose paths are relative."""
    folder = Path.cwd()
    reason = _refusal(folder)
    if reason:
        remedy = "go to another folder, or give --jsonl, --record, --srt and --vtt whole paths"
        return Check("current folder", "warning", f"{folder} cannot be written ({reason})", remedy)
    return Check("current folder", "ok", str(folder))


def disk() -> Check:
    """Return room for recordings."""
    free = shutil.disk_usage(Path.cwd()).free
    told = f"{free // _MB} MB free"
    if free >= _ENOUGH:
        return Check("disk", "ok", told)
    return Check("disk", "failed" if free < _TIGHT else "warning", told, "delete what is not needed: df -h shows where")


def _refusal(folder: Path) -> str | None:
    """Return why nothing can be written there; asked by writing, since permissions do not tell of a read-only card."""
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"x")
    except OSError as error:
        return error.strerror or str(error)
    return None
