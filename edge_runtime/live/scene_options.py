"""What is asked about scenes, and about the cameras that show them."""

from dataclasses import dataclass

from edge_runtime.console.options import Options, option


@dataclass(frozen=True)
class SceneOptions(Options):
    """When a camera's picture is no news.

    Attributes:
        frozen_after: Seconds of the same picture, though frames come, after which a camera counts as frozen; 0 for never.
    """

    table = "scene"

    frozen_after: float = option(
        10.0,
        "seconds of the very same picture after which a camera is said to be frozen, 0 for never",
        metavar="S",
        low=0,
        high=86400,
    )
