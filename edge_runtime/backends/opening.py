"""From a variant's name for what runs it to that."""

from importlib import import_module

from edge_runtime.backends.base import Backend
from edge_runtime.bundle.manifest import Variant
from edge_runtime.bundle.reader import Bundle
from edge_runtime.errors import BundleError

BACKENDS = {
    "onnx": "edge_runtime.backends.onnx:OnnxBackend",
    "litert": "edge_runtime.backends.litert:LitertBackend",
}
"""Name in a manifest -> module and class, which is called with a bundle, one of its variants and the encoder's threads.

A module is imported when a variant asks for it, so that no backend needs the packages of another."""


def open_backend(bundle: Bundle, variant: Variant, threads: int, sharing: Backend | None = None) -> Backend:
    """Load a variant's graphs.

    Args:
        bundle: The bundle.
        variant: One of its variants.
        threads: Of the encoder.
        sharing: Backend of the same variant in another language, whose encoder is used as well; one is loaded where None.

    Raises:
        BackendNotInstalledError: The package that runs it is not installed.
        BundleError: A graph cannot be used, or nothing here runs this variant.
    """
    if variant.backend not in BACKENDS:
        raise BundleError(
            f"{bundle.path}: no backend '{variant.backend}' in this edge-caption; update it, or choose another --variant"
        )
    module, _, name = BACKENDS[variant.backend].partition(":")
    shared = () if sharing is None else (sharing,)
    backend: Backend = getattr(import_module(module), name)(bundle, variant, threads, *shared)
    return backend
