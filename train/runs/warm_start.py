"""What a run begins with: another run, or a bundle."""

from pathlib import Path
from typing import TYPE_CHECKING

from edge_runtime.bundle.reader import MANIFEST
from train.errors import RunError

if TYPE_CHECKING:
    from train.runs.bundle_start import BundleStart
    from train.runs.folder import RunFolder


def find_start(path: Path) -> "RunFolder | BundleStart":
    """The bundle of a path, a folder or a zip, or else the run folder."""
    from train.runs.bundle_start import BundleStart
    from train.runs.folder import RunFolder

    return BundleStart(path) if path.is_file() or (path / MANIFEST).is_file() else RunFolder(path)


def check_encoder(start: "RunFolder | BundleStart") -> None:
    """Refuse to keep the plain ImageNet encoder for a decoder that has learnt with a trained one.

    Args:
        start: What is begun with.

    Raises:
        RunError: Its encoder was trained too.
    """
    from train.runs.bundle_start import BundleStart

    if isinstance(start, BundleStart):
        trained = "fine-tuned" in str(start.manifest.provenance.get("encoder", ""))
    else:
        trained = start.config().trains_encoder
    if trained:
        raise RunError(
            f"{start.path}: its encoder was trained too, and would be left out; pass an --encoder-rate above 0, "
            "and to leave it as it is: --encoder-rate 1 --train-from head --freeze head"
        )
