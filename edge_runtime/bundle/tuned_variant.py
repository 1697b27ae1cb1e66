"""The variant that `edge-caption bundle tune` found the fastest on this machine, in the user's cache, not in the bundle."""

import contextlib
import fcntl
import importlib.metadata
import json
import os
import platform
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from edge_runtime.bundle.reader import Bundle
from edge_runtime.errors import CacheError
from edge_runtime.files import write_whole

_MAX_CACHE = 1 << 20
"""Bytes of a cache that is read; a winner is some 200."""
_MAX_MILLISECONDS = 1e9


def cache_file() -> Path:
    """Where winners are remembered: `tuned.json` in `$XDG_CACHE_HOME/edge-caption`, or in `~/.cache/edge-caption`."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "edge-caption" / "tuned.json"


def tuned_variant(bundle: Bundle, threads: int) -> str | None:
    """The variant that won on this machine, or None where none was measured for this bundle and this many threads."""
    try:
        file = cache_file()
    except RuntimeError:  # there is no home folder
        return None
    winners = _winners(file)
    if not winners:
        return None
    winner = winners.get(_key(bundle, threads), {}).get("variant")
    return winner if winner in bundle.manifest.variants else None


def remember(bundle: Bundle, threads: int, variant: str, milliseconds: float | None) -> None:
    """Add the winner to the cache, written beside it and renamed.

    Raises:
        CacheError: The cache cannot be written.
    """
    try:
        file = cache_file()
    except RuntimeError:
        raise CacheError(
            "there is no home folder to remember the winner in; set XDG_CACHE_HOME to a folder that can be written"
        ) from None
    won = {"variant": variant, "milliseconds": milliseconds}
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with _alone(file.parent):
            content = {**_winners(file), _key(bundle, threads): won}
            write_whole(file, json.dumps(content, indent=1, allow_nan=False).encode())
    except OSError as error:
        raise CacheError(
            f"{file}: the winner cannot be remembered ({error.strerror}); set XDG_CACHE_HOME to a folder that can be written"
        ) from None


def _winners(file: Path) -> dict[str, dict[str, Any]]:
    """What the cache says, without what is damaged in it."""
    try:
        handle = os.open(file, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
        with open(handle, "rb") as stream:  # noqa: PTH123 - a handle has no path
            text = stream.read(_MAX_CACHE + 1) if stat.S_ISREG(os.fstat(handle).st_mode) else b""
        stored = json.loads(text) if len(text) <= _MAX_CACHE else None
    except (OSError, ValueError, RecursionError):
        return {}
    entries = stored.items() if isinstance(stored, dict) else ()
    found = {}
    for key, value in entries:
        if isinstance(value, dict) and isinstance(value.get("variant"), str):
            taken = value.get("milliseconds")
            known = isinstance(taken, int | float) and abs(taken) < _MAX_MILLISECONDS
            found[key] = {"variant": value["variant"], "milliseconds": taken if known else None}
    return found


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One process at a time: two that read, add and write would lose what one of them added. A folder is locked without a file."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _key(bundle: Bundle, threads: int) -> str:
    """A bundle, a machine, the packages that run on it, and a number of threads."""
    versions = []
    for package in ("onnxruntime", "ai-edge-litert"):
        try:
            versions.append(f"{package} {importlib.metadata.version(package)}")
        except importlib.metadata.PackageNotFoundError:
            versions.append(f"no {package}")
    return "|".join(
        [bundle.digest[:16], platform.node(), platform.machine(), str(os.cpu_count()), f"{threads} threads", *versions]
    )
