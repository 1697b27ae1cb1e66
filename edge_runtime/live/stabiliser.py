"""The sentence that is shown: it does not flicker between near-synonyms on a still scene.

A model says "a dog runs" of one frame and "a dog is running" of the next, which show the same. So the sentence that is shown is
kept as long as it fits the new frame nearly as well as what the model says of it: both are scored by the model itself on the new
frame, as a beam search compares its hypotheses, and the new one is shown only where it is better by a margin. The margin shrinks
the more the encoder sees something else than when the shown sentence was said, and the faster the less the two sentences have in
common; another scene's sentence is shown at once. A sentence that says the same in other words is shown only where it is no guess
and the shown one is.
"""

import numpy as np

from edge_runtime.captioner import Caption, Captioner, Encoded, Floats
from edge_runtime.live.meaning import likeness, meaning

MARGIN = 0.8
"""By how much the score of a new sentence of an unchanged scene must be higher, log-probability / length ** penalty.

Measured on 150 dev pictures of Flickr8k (docs/decisions/012), four noisy and trembling frames of each: without it 60 % of the
frames change the sentence; 97 % of those changes are below the margin, 99 % of the changes to another picture above it.
"""
OTHER_SCENE = 0.5
"""1 - cosine of the encoder's values from which on a frame shows another scene; two pictures are at least 0.7 apart."""
_ALIKE = 0.2
"""How much farther that is for a sentence that has everything in common with the shown one.

Measured with the model that ships on 60 pictures of Flickr8k, each panned over a fifth of its width in 12 trembling frames: sentences
that share half or more of what they say are better by at most .2 in 9 of 10 cases, at distances of .1 to .25; those of two pictures
share at most .57, and are better by .76 and more in 19 of 20 cases, at distances of .63 and more.
"""


class Stabiliser:
    """The shown sentence of one source.

    Args:
        captioner: Scores sentences.

    Attributes:
        captioner: The same.
    """

    def __init__(self, captioner: Captioner) -> None:
        self.captioner = captioner
        self._shown: Caption | None = None
        self._meaning: tuple[str, ...] = ()
        self._features: Floats = np.zeros(1, np.float32)

    @property
    def text(self) -> str:
        """Return the sentence that is shown; empty before the first."""
        return self._shown.text if self._shown else ""

    @property
    def line(self) -> str:
        """Return what people are shown, see `Caption.shown`; empty before the first."""
        return self._shown.shown if self._shown else ""

    @property
    def hedges(self) -> bool:
        """Return whether the sentence that is shown is a guess."""
        return self._shown is not None and self._shown.hedged

    def margin(self, encoded: Encoded, alike: float = 0.0) -> float:
        """By how much a sentence about a frame must be better than the one that is shown; 0 where it is shown in any case.

        Args:
            encoded: The frame.
            alike: How much the sentence has in common with the one that is shown, 0 to 1.
        """
        if self._shown is None or self._shown.abstained:
            return 0.0
        distance = 1 - float(encoded.features @ self._features)
        return MARGIN * max(0.0, 1 - max(0.0, distance) / (OTHER_SCENE + _ALIKE * alike))

    def take(self, caption: Caption, encoded: Encoded, is_news: bool = False) -> bool:
        """Take a new caption, or keep the one that is shown.

        Args:
            caption: What the model says of a frame.
            encoded: The frame.
            is_news: Whether the frame is known to show another scene, however little of it has changed.

        Returns:
            Whether another line is shown now.
        """
        said = meaning(caption.tokens)
        shown = self._shown
        if shown is not None and not (is_news and caption.text) and self._stays(shown, caption, said, encoded):
            return False
        self._shown, self._meaning, self._features = caption, said, encoded.features
        return shown is None or shown.shown != caption.shown

    def _stays(self, shown: Caption, caption: Caption, said: tuple[str, ...], encoded: Encoded) -> bool:
        if shown.abstained:
            # Once is enough, whatever the next unclear frame is unclear by.
            return bool(caption.abstained) and caption.is_unsure == shown.is_unsure
        if caption.abstained:
            # A sentence whose confidence wavers about what was asked for would come and go.
            return caption.is_unsure and said == self._meaning and self.margin(encoded) > 0
        if caption.text == shown.text or said == self._meaning:
            self._features = encoded.features  # it is said of this scene now
            return caption.hedged or not shown.hedged
        margin = self.margin(encoded, likeness(said, self._meaning))
        if margin == 0:
            return False
        return self.captioner.score_of(caption) - self.captioner.score(encoded, shown.tokens) <= margin
