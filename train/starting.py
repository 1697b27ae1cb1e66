"""What a run begins with: another run, or a bundle."""

from pathlib import Path
from typing import TYPE_CHECKING

from edge_runtime.bundle import MANIFEST

if TYPE_CHECKING:
    from train.bundle_start import BundleStart
    from train.run import RunFolder


def find_start(path: Path) -> "RunFolder | BundleStart":
    """The bundle of a path, a folder or a zip, or else the run folder."""
    from train.bundle_start import BundleStart
    from train.run import RunFolder

    return BundleStart(path) if path.is_file() or (path / MANIFEST).is_file() else RunFolder(path)
