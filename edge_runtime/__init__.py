"""edge-caption: what a camera sees, as a sentence, live, on a small computer.

from edge_runtime import Captioner
Captioner.load().caption("photo.jpg").text
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from edge_runtime.captioner import Caption, Captioner, Timings
    from edge_runtime.errors import EdgeCaptionError

__all__ = ["Caption", "Captioner", "EdgeCaptionError", "Timings", "__version__"]

__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    """Return the public names, imported when they are first asked for, so that `edge-caption --help` is quick."""
    if name == "EdgeCaptionError":
        from edge_runtime.errors import EdgeCaptionError

        return EdgeCaptionError
    if name in __all__:
        from edge_runtime import captioner

        return getattr(captioner, name)
    raise AttributeError(f"module 'edge_runtime' has no attribute '{name}'")
