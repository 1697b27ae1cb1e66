"""Which graphs a network has for a backend."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from export.bundling.network import Network

Files = Mapping[str, tuple[str, bytes]]
"""Graph name -> (file name, content)."""


class BackendVariants(Protocol):
    """A network's graphs for one backend, by precision, see `export.bundling.variants.PRECISIONS`."""

    @property
    def encoder(self) -> Callable[[str], Files]:
        """Return the encoder's file."""
        ...

    @property
    def decoder(self) -> Callable[[str], Files]:
        """Return the decoder's files."""
        ...


def backend_variants(backend: str, network: "Network") -> BackendVariants:
    """Return a network's graphs for a backend of `export.bundling.variants.BACKENDS`."""
    if backend == "onnx":
        from export.bundling.onnx_variants import OnnxVariants

        return OnnxVariants(network)
    from export.bundling.litert_variants import LitertVariants

    return LitertVariants(network)
