"""edge-caption: what a camera sees, as a sentence, live, on a small computer.

from edge_runtime import Captioner
Captioner.load().caption("photo.jpg").text
"""

from edge_runtime.captioner import Caption, Captioner, Timings
from edge_runtime.errors import EdgeCaptionError

__all__ = ["Caption", "Captioner", "EdgeCaptionError", "Timings", "__version__"]

__version__ = "0.1.0"
