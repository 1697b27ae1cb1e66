"""What a run begins with: another run, or a bundle."""

from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from edge_runtime.bundle.reader import MANIFEST
from edge_runtime.bundle.vocabulary import Vocabulary
from train.errors import RunError

if TYPE_CHECKING:
    import keras

    from train.decoders.base import CaptionDecoder
    from train.runs.bundle_start import BundleStart
    from train.runs.folder import RunFolder


class WarmStart(Protocol):
    """Words and weights that a run begins with: a `RunFolder`, or a `BundleStart`.

    Attributes:
        path: Where it lies.
    """

    path: Path

    @property
    def digest(self) -> str:
        """SHA-256 of its weights."""
        ...

    @property
    def encoder_was_trained(self) -> bool:
        """Whether its encoder has learnt too, and is no ImageNet one any more."""
        ...

    def read_vocabulary(self) -> Vocabulary:
        """Its words."""
        ...

    def fill(self, decoder: "CaptionDecoder", encoder: "keras.Model | None") -> None:
        """Set the weights of a decoder of its sizes, and of its encoder where one is given."""
        ...


def find_start(path: Path) -> "RunFolder | BundleStart":
    """The bundle of a path, a folder or a zip, or else the run folder."""
    from train.runs.bundle_start import BundleStart
    from train.runs.folder import RunFolder

    return BundleStart(path) if path.is_file() or (path / MANIFEST).is_file() else RunFolder(path)


def check_encoder(start: WarmStart) -> None:
    """Refuse to keep the plain ImageNet encoder for a decoder that has learnt with a trained one.

    Args:
        start: What is begun with.

    Raises:
        RunError: Its encoder was trained too.
    """
    if start.encoder_was_trained:
        raise RunError(
            f"{start.path}: its encoder was trained too, and would be left out; pass an --encoder-rate above 0, "
            "and to leave it as it is: --encoder-rate 1 --train-from head --freeze head"
        )
