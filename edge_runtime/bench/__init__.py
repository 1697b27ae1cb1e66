"""Measuring a bundle on this machine."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from edge_runtime.bench.measure import BenchOptions, bench

__all__ = ["BenchOptions", "bench"]


def __getattr__(name: str) -> Any:
    """Return the short names, imported when they are first asked for."""
    if name in __all__:
        from edge_runtime.bench import measure

        return getattr(measure, name)
    raise AttributeError(f"module 'edge_runtime.bench' has no attribute '{name}'")
