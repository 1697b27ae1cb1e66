"""From a variant's name for what runs it to that."""

from edge_runtime.backends.base import Backend
from edge_runtime.bundle.manifest import Variant
from edge_runtime.bundle.reader import Bundle
from edge_runtime.errors import BundleError


def open_backend(bundle: Bundle, variant: Variant, threads: int) -> Backend:
    """Load a variant's graphs.

    Args:
        bundle: The bundle.
        variant: One of its variants.
        threads: Of the encoder.

    Raises:
        BackendNotInstalledError: The package that runs it is not installed.
        BundleError: A graph cannot be used, or nothing here runs this variant.
    """
    if variant.backend == "onnx":
        from edge_runtime.backends.onnx import OnnxBackend

        return OnnxBackend(bundle, variant, threads)
    if variant.backend == "litert":
        from edge_runtime.backends.litert import LitertBackend

        return LitertBackend(bundle, variant, threads)
    raise BundleError(
        f"{bundle.path}: no backend '{variant.backend}' in this edge-caption; update it, or choose another --variant"
    )
