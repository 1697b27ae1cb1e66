"""The seam between a captioner and what runs its graphs."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from edge_runtime.backends.decoding import DecoderStep, Floats, Hypothesis, State


@dataclass(frozen=True)
class EncodedPicture:
    """A picture as the decoder sees it.

    Attributes:
        step: One decoder step, bound to this picture.
        state: State before the first word, arrays [1, ...] as the manifest lists them.
        context: What the decoder reads of the picture, likewise.
        greedy: The whole greedy search in one call, where the variant has a graph for it.
    """

    step: DecoderStep
    state: State
    context: tuple[Floats, ...]
    greedy: Callable[[], Hypothesis] | None = None


class Backend(Protocol):
    """A variant's graphs, loaded and ready."""

    def encode(self, image: npt.NDArray[np.uint8]) -> EncodedPicture:
        """Run the encoder.

        Args:
            image: uint8 [1, H, W, 3] RGB, as `edge_runtime.pictures.preprocess` gives it.
        """
        ...

    def bind(self, context: tuple[Floats, ...], state: State) -> EncodedPicture:
        """Return a picture that this backend's encoder has seen, or the same encoder in another backend, as the decoder here reads it.

        Args:
            context: Of the picture, as `EncodedPicture` holds it.
            state: Before the first word, likewise.
        """
        ...
