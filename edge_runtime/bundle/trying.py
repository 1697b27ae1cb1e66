"""Tries a bundle's variants in processes of their own: a graph that crashes its runtime crashes nothing here."""

import importlib.util
import sys
from pathlib import Path

from edge_runtime.bundle.reader import Bundle
from edge_runtime.errors import BundleError
from edge_runtime.machine.isolated import run_isolated

_PACKAGES = {"onnx": "onnxruntime", "litert": "ai_edge_litert"}
"""Backend -> the package that runs it."""


def smoke_test_variants(bundle: Bundle) -> list[str]:
    """Caption a made-up picture with every variant that can run here, in every language.

    Args:
        bundle: One whose files have been held against its manifest.

    Returns:
        The variants that did.

    Raises:
        BundleError: One did not, or ended its process.
    """
    ran = []
    for name, variant in sorted(bundle.manifest.variants.items()):
        package = _PACKAGES.get(variant.backend)
        if package is not None and importlib.util.find_spec(package) is None:
            print(f"edge-caption: {ascii(name)[1:-1]} is not tried: {package} is not installed", file=sys.stderr)
            continue
        # As an absolute path: one that begins with a dash must not be an option of what runs there.
        outcome = run_isolated("-m", "edge_runtime.doctor.smoke_test", name, str(Path(bundle.path).absolute()))
        if outcome.problem is not None:
            raise BundleError(
                f"{bundle.path}: a bad bundle: {ascii(name)[1:-1]} could not caption a picture ({outcome.problem}); do not use it"
            )
        ran.append(name)
    return ran
