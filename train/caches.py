"""Where libraries of the workshop keep what they remember by themselves: matplotlib its fonts, Keras its settings and weights."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

_PLACES = {
    "MPLCONFIGDIR": ("matplotlib", (".config/matplotlib", ".cache/matplotlib")),
    "KERAS_HOME": ("keras", (".keras",)),
}
"""Variable that names a library's folder -> its name in a folder of ours, and where it is below the home otherwise."""


def place_caches() -> None:
    """Give libraries a folder that is gone at the end where the home takes none; otherwise they keep to theirs below it.

    By themselves matplotlib would warn, and Keras would take its settings from `/tmp/.keras`, which anybody may have written.
    Folders that the environment names stay. Nothing that the libraries and their like measure is sent either.
    """
    os.environ |= {"ORT_DISABLE_TELEMETRY": "1", "HF_HUB_DISABLE_TELEMETRY": "1", "DO_NOT_TRACK": "1"}
    home = Path(os.path.expanduser("~"))  # noqa: PTH111 - Path.expanduser raises where there is no home
    missing = {
        variable: name
        for variable, (name, folders) in _PLACES.items()
        if variable not in os.environ and not all(_is_writable(home / folder) for folder in folders)
    }
    if not missing:
        return
    try:
        kept = tempfile.mkdtemp(prefix="edge-caption-")
    except OSError:  # without a temporary folder either, the libraries do as they can
        return
    atexit.register(shutil.rmtree, kept, ignore_errors=True)
    for variable, name in missing.items():
        folder = Path(kept) / name
        folder.mkdir()
        os.environ[variable] = str(folder)


def _is_writable(folder: Path) -> bool:
    """Return whether a folder can be written, or be made."""
    while not os.path.lexists(folder) and folder != folder.parent:
        folder = folder.parent
    # `access` does not see what only a kernel's file system, such as /proc, refuses to root.
    return folder.is_dir() and os.access(folder, os.W_OK | os.X_OK) and os.statvfs(folder).f_blocks > 0
