"""The sentence that is shown: it does not flicker between near-synonyms on a still scene.

A model says "a dog runs" of one frame and "a dog is running" of the next, which show the same. So the sentence that is shown is
kept as long as it fits the new frame nearly as well as what the model says of it: both are scored by the model itself on the new
frame, as a beam search compares its hypotheses, and the new one is shown only where it is better by a margin. The margin shrinks
the more the encoder sees something else than when the shown sentence was said; another scene's sentence is shown at once.
"""

import numpy as np

from edge_runtime.captioner import Caption, Captioner, Encoded
from edge_runtime.decoding import Floats

MARGIN = 0.8
"""By how much the score of a new sentence of an unchanged scene must be higher, log-probability / length ** penalty.

Measured on 150 dev pictures of Flickr8k (docs/decisions/012), four noisy and trembling frames of each: without it 60 % of the
frames change the sentence; 97 % of those changes are below the margin, 99 % of the changes to another picture above it.
"""
OTHER_SCENE = 0.5
"""1 - cosine of the encoder's values from which on a frame shows another scene; two pictures are at least 0.7 apart."""


class Steady:
    """The shown sentence of one source.

    Args:
        captioner: Scores sentences.
    """

    def __init__(self, captioner: Captioner) -> None:
        self._captioner = captioner
        self._shown: Caption | None = None
        self._features: Floats = np.zeros(1, np.float32)

    @property
    def text(self) -> str:
        """The sentence that is shown; empty before the first."""
        return self._shown.text if self._shown else ""

    def margin(self, encoded: Encoded) -> float:
        """By how much a sentence about a frame must be better than the one that is shown; 0 where it is shown in any case.

        Args:
            encoded: The frame.
        """
        if self._shown is None:
            return 0.0
        distance = 1 - float(encoded.features @ self._features)
        return MARGIN * max(0.0, 1 - max(0.0, distance) / OTHER_SCENE)

    def take(self, caption: Caption, encoded: Encoded) -> bool:
        """Take a new caption, or keep the one that is shown.

        Args:
            caption: What the model says of a frame.
            encoded: The frame.

        Returns:
            Whether the shown sentence is another one now.
        """
        shown = self._shown
        if shown is not None and caption.text == shown.text:
            return False
        margin = self.margin(encoded)
        if shown is not None and margin > 0:
            gain = self._captioner.score_of(caption) - self._captioner.score(encoded, shown.tokens)
            if gain <= margin:
                return False
        self._shown, self._features = caption, encoded.features
        return True
