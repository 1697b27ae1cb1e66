"""The bundle: manifest, reader, vocabulary, and the variant that was found the fastest here."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from edge_runtime.bundle.reader import DEFAULT_BUNDLE, MANIFEST, Bundle

__all__ = ["DEFAULT_BUNDLE", "MANIFEST", "Bundle"]


def __getattr__(name: str) -> Any:
    """Return the short names, imported when they are first asked for."""
    if name in __all__:
        from edge_runtime.bundle import reader

        return getattr(reader, name)
    raise AttributeError(f"module 'edge_runtime.bundle' has no attribute '{name}'")
