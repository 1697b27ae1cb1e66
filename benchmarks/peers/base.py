"""What a captioner has to offer to be measured beside the others."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from edge_runtime.errors import EdgeCaptionError

Pixels = npt.NDArray[np.uint8]
"""A decoded picture, [H, W, 3], RGB, 0 to 255."""


class PeerMissingError(EdgeCaptionError, RuntimeError):
    """A captioner that cannot run here; the others are measured without it."""


@dataclass(frozen=True)
class Loaded:
    """A captioner that is ready.

    Attributes:
        parameters_m: Its parameters in millions, shared ones once; None where they cannot be counted.
        facts: What else its row says.
    """

    parameters_m: float | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Said:
    """What a captioner said of a picture.

    Attributes:
        words: How many words it said; of a network with random weights, how many steps its decoder took.
        text: The sentence; empty where the weights are random.
    """

    words: int
    text: str = ""


class Peer(Protocol):
    """A captioner. Before `load` it is a description that can be sent to another process.

    Attributes:
        name: Of its row.
        extra: The extra of this project that installs what it needs.
        trained: Whether its sentences mean anything.
        needs_mb: Megabytes of free memory without which it is not started.
    """

    @property
    def name(self) -> str:
        """Of its row."""

    @property
    def extra(self) -> str:
        """Return the extra of this project that installs what it needs."""

    @property
    def trained(self) -> bool:
        """Return whether its sentences mean anything."""

    @property
    def needs_mb(self) -> int:
        """Return megabytes of free memory without which it is not started."""

    def load(self) -> Loaded:
        """Import and build everything that a caption needs.

        Raises:
            PeerMissingError: It cannot run here; the message says what to do.
        """

    def caption(self, picture: Pixels, words: int) -> Said:
        """Say what a picture shows, greedily, from its pixels on.

        Args:
            picture: Its own preprocessing is part of the caption.
            words: What a network with random weights is made to say; a trained one stops where it stops.
        """
