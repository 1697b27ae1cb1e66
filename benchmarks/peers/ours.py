"""This project's own captioner, as the device runs it."""

from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.peers.base import Loaded, Pixels, Said
from edge_runtime.bundle.reader import Bundle
from edge_runtime.errors import OptionError

if TYPE_CHECKING:
    from edge_runtime.captioner import Captioner


class Ours:
    """A variant of a bundle.

    Args:
        bundle: Folder or zip; the default bundle where None.
        variant: One of its variants.
        threads: Of the encoder.
    """

    extra = "bench"
    trained = True
    needs_mb = 200

    def __init__(self, bundle: Path | None, variant: str, threads: int) -> None:
        self.bundle, self.variant, self.threads = bundle, variant, threads
        self._captioner: Captioner | None = None

    @property
    def name(self) -> str:
        """`edge-caption VARIANT`."""
        return f"edge-caption {self.variant}"

    def load(self) -> Loaded:
        """Open the bundle; see `Captioner.load` for the errors."""
        from edge_runtime.captioner import Captioner

        self._captioner = Captioner.load(self.bundle, self.variant, self.threads)
        return Loaded(None, {"weights": "its own", "variant": self.variant})

    def caption(self, picture: Pixels, words: int) -> Said:
        """Caption a picture greedily; the number of words is its own, and what the others are made to say."""
        if self._captioner is None:
            raise OptionError(f"{self.name}: not loaded; call load() first")
        caption = self._captioner.caption(picture, beam=1)
        return Said(len(caption.tokens), caption.text)


def parameters_m(bundle: Bundle, variant: str) -> float | None:
    """Return millions of parameters of a bundle's network, counted in its ONNX graphs; in float32 where there is such a variant.

    Args:
        bundle: An opened bundle.
        variant: One of its variants.

    Returns:
        None where the bundle has no ONNX graphs, or `onnx` is not installed.
    """
    try:
        import onnx
    except ModuleNotFoundError:
        return None
    variants = bundle.manifest.variants
    plain = [name for name, found in variants.items() if (found.backend, found.precision) == ("onnx", "fp32")]
    name = plain[0] if plain else variant
    if variants[name].backend != "onnx":
        return None
    total = 0
    for part in ("encoder", "decoder_step"):
        graph = onnx.load_model_from_string(bundle.read(variants[name].files[part])).graph
        for tensor in graph.initializer:
            count = 1
            for size in tensor.dims:
                count *= size
            total += count
    return round(total / 1e6, 2)
