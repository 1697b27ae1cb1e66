"""The variant that `edge-caption bundle tune` found the fastest on this machine, in the user's cache, not in the bundle."""

import contextlib
import importlib.metadata
import json
import os
import platform
import tempfile
from pathlib import Path
from typing import Any

from edge_runtime.bundle import Bundle
from edge_runtime.errors import CacheError


def cache_file() -> Path:
    """Where winners are remembered: `tuned.json` in `$XDG_CACHE_HOME/edge-caption`, or in `~/.cache/edge-caption`."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "edge-caption" / "tuned.json"


def tuned_variant(bundle: Bundle, threads: int) -> str | None:
    """The variant that won on this machine, or None where none was measured for this bundle and this many threads."""
    try:
        stored = json.loads(cache_file().read_text())
        winner: str = stored[_key(bundle, threads)]["variant"]
        return winner if winner in bundle.manifest.variants else None
    except (OSError, RuntimeError, ValueError, KeyError, TypeError):
        return None


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
    content: dict[str, Any] = {}
    with contextlib.suppress(OSError, ValueError):
        stored = json.loads(file.read_text())
        content = stored if isinstance(stored, dict) else {}
    content[_key(bundle, threads)] = {"variant": variant, "milliseconds": milliseconds}
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=file.parent) as beside:
            (Path(beside) / file.name).write_text(json.dumps(content, indent=1))
            (Path(beside) / file.name).replace(file)
    except OSError as error:
        raise CacheError(
            f"{file}: the winner cannot be remembered ({error.strerror}); set XDG_CACHE_HOME to a folder that can be written"
        ) from None


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
