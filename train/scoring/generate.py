"""Captions of cached features with the Keras decoder, searched for as on the device."""

from collections.abc import Iterable

import numpy as np
import tensorflow as tf

from edge_runtime.backends.decoding import BeamSearch, Floats, Hypothesis, Search
from edge_runtime.bundle.languages import ENGLISH, Sentences
from edge_runtime.bundle.vocabulary import Vocabulary
from train.decoders.base import CaptionDecoder
from train.features.cache import FeatureCache

_TOGETHER = 64
"""Pictures whose searches take their steps at the same time."""


class FeatureCaptioner:
    """Captions pictures by their features, many at a time.

    Args:
        decoder: The Keras decoder.
        vocabulary: Its words.
        sentences: How they become a sentence.
    """

    def __init__(self, decoder: CaptionDecoder, vocabulary: Vocabulary, sentences: Sentences = ENGLISH) -> None:
        self._vocabulary, self._sentences = vocabulary, sentences
        self._picture = tf.function(lambda features: decoder.picture(features))
        self._step = tf.function(decoder.step)

    def search(self, features: Floats, search: Search) -> list[Hypothesis]:
        """Return the sentence of each picture.

        Args:
            features: float32 [P, R, C].
            search: How to search.
        """
        context, first = self._picture(tf.constant(features))
        width = search.beam_width
        beams = [BeamSearch(search) for _ in range(len(features))]
        state = tuple(np.repeat(part.numpy(), width, 0) for part in first)
        tokens = np.zeros(len(features) * width, np.int32)
        rows = np.arange(len(tokens))
        while not all(beam.done for beam in beams):
            for place, beam in enumerate(beams):
                tokens[place * width : place * width + len(beam.tokens)] = beam.tokens
            log_probs, new = self._step(tf.constant(tokens), tuple(map(tf.constant, state)), context)
            scores = log_probs.numpy()
            for place, beam in enumerate(beams):
                if not beam.done:
                    first = place * width
                    kept = beam.advance(scores[first : first + len(beam.tokens)])
                    rows[first : first + len(kept)] = [first + row for row in kept]
            state = tuple(part.numpy()[rows] for part in new)
        return [beam.best for beam in beams]

    def captions(self, cache: FeatureCache, names: Iterable[str], search: Search) -> dict[str, str]:
        """File name -> sentence."""
        names = list(names)
        found: dict[str, str] = {}
        for start in range(0, len(names), _TOGETHER):
            group = names[start : start + _TOGETHER]
            features = np.stack([cache.grid[cache.rows[name]] for name in group]).astype(np.float32)
            for name, hypothesis in zip(group, self.search(features, search), strict=True):
                found[name] = self._sentences.said(self._vocabulary.decode(hypothesis.ids))
        return found
