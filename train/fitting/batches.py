"""Training batches as `tf.data`: features of some pictures and their captions as tokens."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from edge_runtime.bundle.vocabulary import Vocabulary
from edge_runtime.pictures.preprocess import load_input
from train.datasets.sides import says_side
from train.datasets.sources import PEOPLE, caption_weights, in_turn, source_word
from train.datasets.tokeniser import tokeniser
from train.features.cache import FeatureCache
from train.scoring.token_scores import counted


@dataclass(frozen=True)
class TrainingSet:
    """Pictures with their captions as token ids.

    Attributes:
        names: File names.
        tokens: int32 [pictures, captions, length + 1]: start, words, end, then padding.
        mirrored: Whether a picture may be shown mirrored: no caption of it says left or right.
        weights: float32 [words], how much a caption counts by the token that it begins after; 1 on the mean of the words that the loss
            counts.
    """

    names: tuple[str, ...]
    tokens: npt.NDArray[np.int32]
    mirrored: npt.NDArray[np.bool_]
    weights: npt.NDArray[np.float32]


def training_set(
    captions: Mapping[str, Sequence[str]],
    vocabulary: Vocabulary,
    length: int,
    per_picture: int,
    writers: Mapping[str, Sequence[str]] | None = None,
    shares: Mapping[str, float] | None = None,
    language: str = "en",
) -> TrainingSet:
    """Tokenise captions into one array.

    Args:
        captions: File name -> captions; a picture with more than `per_picture` gives its first, source by source in turn, one with fewer
            leaves its rows empty.
        vocabulary: Of the training split.
        length: Words kept of a caption; a longer one is cut and has no end token.
        per_picture: Captions a picture at the most.
        writers: File name -> who wrote each caption; those of a source whose word the vocabulary holds begin after it.
        shares: Source -> its share of the loss; every caption counts alike where nothing is said.
        language: Tag of the captions, in the canonical form.

    Raises:
        DatasetError: Shares of other sources than those of the captions that are learnt from.
    """
    names, parted = tuple(captions), tokeniser(language, vocabulary)
    tokens = np.full((len(names), per_picture, length + 2), Vocabulary.pad_id, np.int32)
    words: Counter[str] = Counter()
    for row, name in enumerate(names):
        by = writers[name] if writers else (PEOPLE,) * len(captions[name])
        for column, place in enumerate(in_turn(by, per_picture)):
            ids = vocabulary.encode(parted(captions[name][place]))
            first = first_token(vocabulary, by[place]) if writers else Vocabulary.start_id
            full = [first, *ids, Vocabulary.end_id][: length + 1 if len(ids) > length else length + 2]
            tokens[row, column, : len(full)] = full
            words[by[place]] += int(counted(tokens[row, column, 1:]).sum())
    mirrored = np.array([not any(says_side(text, language) for text in captions[name]) for name in names])
    weights = np.ones(len(vocabulary), np.float32)
    for source, weight in caption_weights(shares or {}, words).items():
        weights[first_token(vocabulary, source)] = weight
    return TrainingSet(names, tokens, mirrored, weights)


def first_token(vocabulary: Vocabulary, source: str) -> int:
    """Return the token that captions of a source begin after: its own where the vocabulary has one, `<start>` otherwise."""
    word = source_word(source)
    return vocabulary.encode([word])[0] if word in vocabulary else Vocabulary.start_id


class Batches(Protocol):
    """What a run is trained on.

    Attributes:
        count: Batches of a pass.
    """

    count: int

    def epoch(self, epoch: int, skip: int = 0) -> tf.data.Dataset:
        """Return one pass over the pictures in an order that seed and epoch decide, without its first `skip` batches."""
        ...


class FeatureBatches:
    """Batches of cached features.

    Args:
        data: The pictures and captions.
        views: Features of the pictures as they are, and mirrored where wanted.
        batch: Pictures a batch; the last, smaller one is dropped.
        seed: Of the run.
    """

    def __init__(self, data: TrainingSet, views: Sequence[FeatureCache], batch: int, seed: int) -> None:
        self._data, self._views, self._batch, self._seed = data, views, batch, seed
        self.count = len(data.names) // batch

    def epoch(self, epoch: int, skip: int = 0) -> tf.data.Dataset:
        """Return one pass over the pictures in an order that seed and epoch decide.

        Args:
            epoch: From 0.
            skip: Batches to leave out at the front, when a run resumes within an epoch.

        Returns:
            Batches of features float32 [P, R, C] and tokens int32 [P, K, T].
        """
        data, grids = self._data, [view.grid for view in self._views]
        rng = np.random.default_rng((self._seed, epoch))
        order = rng.permutation(len(data.names))
        which = np.where(data.mirrored, rng.integers(len(grids), size=len(data.names)), 0)
        rows = np.array([self._views[0].rows[name] for name in data.names])

        def read(chosen: Any) -> tuple[Any, Any]:
            features = np.stack([grids[which[i]][rows[i]] for i in chosen])
            return features.astype(np.float32), data.tokens[chosen]

        return _batches(
            order, self._batch, skip, read, (tf.float32, tf.int32), (grids[0].shape[1:], data.tokens.shape[1:])
        )


class PictureBatches:
    """Batches of pictures for training an encoder too.

    Args:
        data: The pictures and captions.
        images: Folder of the pictures.
        size: Height and width in pixels.
        batch: Pictures a batch; the last, smaller one is dropped.
        seed: Of the run.
    """

    def __init__(self, data: TrainingSet, images: Path, size: int, batch: int, seed: int) -> None:
        self._data, self._images, self._size, self._batch, self._seed = data, images, size, batch, seed
        self.count = len(data.names) // batch

    def epoch(self, epoch: int, skip: int = 0) -> tf.data.Dataset:
        """Return one pass; see `FeatureBatches.epoch`.

        Returns:
            Batches of uint8 [P, size, size, 3] and tokens int32 [P, K, T]; a picture is mirrored by chance where it may be.
        """
        data, size = self._data, self._size
        rng = np.random.default_rng((self._seed, epoch))
        order = rng.permutation(len(data.names))
        mirror = data.mirrored & (rng.random(len(data.names)) < 0.5)

        def read(chosen: Any) -> tuple[Any, Any]:
            pictures = [load_input(self._images / data.names[i], size, size) for i in chosen]
            turned = [picture[:, ::-1] if mirror[i] else picture for i, picture in zip(chosen, pictures, strict=True)]
            return np.stack(turned), data.tokens[chosen]

        return _batches(order, self._batch, skip, read, (tf.uint8, tf.int32), ((size, size, 3), data.tokens.shape[1:]))


class IntermediateBatches:
    """Batches of intermediate features, for training an encoder's last stages.

    Args:
        data: The pictures and captions.
        views: float16 [views, pictures, h, w, C], what the stages before say; see `train.features.intermediate_cache`.
        batch: Pictures a batch; the last, smaller one is dropped.
        seed: Of the run.
        taught: float16 [views, pictures, width] each, what teachers have seen of the same views.
    """

    def __init__(
        self,
        data: TrainingSet,
        views: npt.NDArray[np.float16],
        batch: int,
        seed: int,
        taught: Sequence[npt.NDArray[np.float16]] = (),
    ) -> None:
        self._data, self._views, self._batch, self._seed = data, views, batch, seed
        self._taught = taught
        self.count = len(data.names) // batch

    def epoch(self, epoch: int, skip: int = 0) -> tf.data.Dataset:
        """Return one pass; see `FeatureBatches.epoch`.

        Returns:
            Batches of float16 [P, h, w, C] and tokens int32 [P, K, T]; one view of each picture, by chance. With teachers, beside the
            former a list of what each has seen.
        """
        data, views, taught = self._data, self._views, self._taught
        rng = np.random.default_rng((self._seed, epoch))
        order = rng.permutation(len(data.names))
        which = rng.integers(len(views), size=len(data.names))

        def read(chosen: Any) -> tuple[Any, Any]:
            seen = [np.stack([grid[which[i], i] for i in chosen]) for grid in (views, *taught)]
            return *seen, data.tokens[chosen]

        found = _batches(
            order,
            self._batch,
            skip,
            read,
            (*[tf.float16] * (1 + len(taught)), tf.int32),
            (*[grid.shape[2:] for grid in (views, *taught)], data.tokens.shape[1:]),
        )
        return found.map(lambda maps, *rest: ((maps, rest[:-1]), rest[-1])) if taught else found


def _batches(order: Any, batch: int, skip: int, read: Any, dtypes: Any, shapes: Any) -> tf.data.Dataset:
    def load(chosen: tf.Tensor) -> tuple[tf.Tensor, ...]:
        tensors = tf.numpy_function(read, [chosen], dtypes)
        for tensor, shape in zip(tensors, shapes, strict=True):
            tensor.set_shape((batch, *shape))
        return tuple(tensors)

    groups = tf.data.Dataset.from_tensor_slices(order).batch(batch, drop_remainder=True).skip(skip)
    return groups.map(load, num_parallel_calls=1).prefetch(4)
