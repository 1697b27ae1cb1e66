"""Milliseconds a caption, from the picture file to the sentence: in Keras as the study ran it, and in the exported bundle.

All systems are timed in one interleaved run: only so are ratios of them worth anything.
"""

import functools
import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from edge_runtime.bench.interleaved import interleaved, timed
from edge_runtime.bundle.vocabulary import Vocabulary
from edge_runtime.captioner import Captioner
from edge_runtime.pictures.preprocess import Picture, load_input

if TYPE_CHECKING:
    import keras
    import tensorflow as tf

    from train.decoders.base import CaptionDecoder

_WARM_ROUNDS = 2
"""Pictures that are captioned before the clock counts."""

Caption = Callable[[Path], int]
"""From a picture file to the number of words said of it."""


@dataclass(frozen=True)
class Latency:
    """Whole captions of one system.

    Attributes:
        milliseconds: A caption, the median.
        words: A caption, on average, its end included.
        captions: How many were timed.
    """

    milliseconds: float
    words: float
    captions: int


class PredictedCaptions:
    """A trained system run as the study ran it: `encoder.predict` once, then `model.predict` once a word, one picture at a time.

    The second model is what a captioning tutorial trains: feature and caption so far, padded to one length, to the scores of the word
    at each place.

    Args:
        encoder: From uint8 [B, H, W, 3] to [B, h, w, C].
        decoder: Its decoder.
        length: Places that captions are padded to, their end included; so one word fewer is said at the most, as by the bundles.
    """

    def __init__(self, encoder: "keras.Model", decoder: "CaptionDecoder", length: int) -> None:
        import keras

        class WordScores(keras.Model):  # type: ignore[misc]
            """Features [B, R, C] and tokens [B, T] to scores [B, T, V]."""

            def call(self, inputs: "tuple[tf.Tensor, tf.Tensor]") -> "tf.Tensor":
                features, tokens = inputs
                return decoder.logits(decoder(features, tokens[:, None])[:, 0])

        self._encoder, self._words, self._length = encoder, WordScores(), length
        self._size = encoder.input_shape[1]

    def ids(self, path: Path) -> list[int]:
        """The most probable word after each one, the end included where it is reached."""
        said: list[int] = []
        for token in self._words_of(path, self._length - 1):
            said.append(token)
            if token == Vocabulary.end_id:
                break
        return said

    def forced_ids(self, picture: Picture, words: int) -> list[int]:
        """So many words, whatever they are: what a system costs does not depend on what it says.

        Args:
            picture: A file, or its pixels.
            words: Fewer than the places that captions are padded to.
        """
        return list(self._words_of(picture, min(words, self._length - 1)))

    def _words_of(self, picture: Picture, most: int) -> Iterator[int]:
        grid = self._encoder.predict(load_input(picture, self._size, self._size)[None], verbose=0)
        features = grid.reshape(1, -1, grid.shape[-1])
        tokens = np.full((1, self._length), Vocabulary.pad_id, np.int32)
        tokens[0, 0] = Vocabulary.start_id
        for place in range(most):
            scores = self._words.predict((features, tokens), verbose=0)
            token = int(scores[0, place].argmax())
            yield token
            tokens[0, place + 1] = token

    def __call__(self, path: Path) -> int:
        """Caption a picture; the number of words."""
        return len(self.ids(path))


class BundleCaptions:
    """A bundle's variant, greedily, as the device runs it.

    Args:
        bundle: Folder or zip.
        variant: One of its variants.
    """

    def __init__(self, bundle: Path, variant: str) -> None:
        self._captioner = Captioner.load(bundle, variant)

    def __call__(self, path: Path) -> int:
        """Caption a picture; the number of words."""
        return len(self._captioner.caption(path, 1).token_log_probs)


def time_captions(systems: Mapping[str, Caption], pictures: Sequence[Path]) -> dict[str, Latency]:
    """Time several systems, interleaved picture by picture.

    Args:
        systems: Name -> what captions.
        pictures: Files to caption.
    """
    spent: dict[str, list[float]] = {name: [] for name in systems}
    words: dict[str, list[int]] = {name: [] for name in systems}
    for one in interleaved(list(systems), len(pictures), _WARM_ROUNDS):
        path = pictures[one.number % len(pictures)]
        for name in one.order:
            count, milliseconds = timed(functools.partial(systems[name], path))
            if one.counts:
                spent[name].append(milliseconds)
                words[name].append(count)
    return {
        name: Latency(
            round(statistics.median(spent[name]), 2), round(statistics.fmean(words[name]), 1), len(spent[name])
        )
        for name in systems
    }


def to_table(times: Mapping[str, Latency]) -> dict[str, dict[str, Any]]:
    """As stored in `study.json`."""
    return {name: asdict(latency) for name, latency in times.items()}
