"""Training batches as `tf.data`: features of some pictures and their captions as tokens."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from edge_runtime.bundle.vocabulary import Vocabulary
from edge_runtime.pictures.preprocess import load_input
from train.datasets.tokeniser import tokenise
from train.features.cache import FeatureCache

_SIDED = re.compile(r"\b(left|right)\b", re.IGNORECASE)


@dataclass(frozen=True)
class TrainingSet:
    """Pictures with their captions as token ids.

    Attributes:
        names: File names.
        tokens: int32 [pictures, captions, length + 1]: start, words, end, then padding.
        mirrored: Whether a picture may be shown mirrored: no caption of it says left or right.
    """

    names: tuple[str, ...]
    tokens: npt.NDArray[np.int32]
    mirrored: npt.NDArray[np.bool_]


def training_set(
    captions: Mapping[str, Sequence[str]], vocabulary: Vocabulary, length: int, per_picture: int
) -> TrainingSet:
    """Tokenise captions into one array.

    Args:
        captions: File name -> captions; a picture with fewer than `per_picture` has them repeated, with more gives its first.
        vocabulary: Of the training split.
        length: Words kept of a caption; a longer one is cut and has no end token.
        per_picture: Captions a picture.
    """
    names = tuple(captions)
    tokens = np.full((len(names), per_picture, length + 2), Vocabulary.pad_id, np.int32)
    for row, name in enumerate(names):
        texts = list(captions[name])
        for column in range(per_picture):
            ids = vocabulary.encode(tokenise(texts[column % len(texts)]))
            full = [Vocabulary.start_id, *ids, Vocabulary.end_id][: length + 1 if len(ids) > length else length + 2]
            tokens[row, column, : len(full)] = full
    mirrored = np.array([not any(_SIDED.search(text) for text in captions[name]) for name in names])
    return TrainingSet(names, tokens, mirrored)


class Batches(Protocol):
    """What a run is trained on.

    Attributes:
        count: Batches of a pass.
    """

    count: int

    def epoch(self, epoch: int, skip: int = 0) -> tf.data.Dataset:
        """One pass over the pictures in an order that seed and epoch decide, without its first `skip` batches."""
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
        """One pass over the pictures in an order that seed and epoch decide.

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
        """One pass; see `FeatureBatches.epoch`.

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
    """

    def __init__(self, data: TrainingSet, views: npt.NDArray[np.float16], batch: int, seed: int) -> None:
        self._data, self._views, self._batch, self._seed = data, views, batch, seed
        self.count = len(data.names) // batch

    def epoch(self, epoch: int, skip: int = 0) -> tf.data.Dataset:
        """One pass; see `FeatureBatches.epoch`.

        Returns:
            Batches of float16 [P, h, w, C] and tokens int32 [P, K, T]; one view of each picture, by chance.
        """
        data, views = self._data, self._views
        rng = np.random.default_rng((self._seed, epoch))
        order = rng.permutation(len(data.names))
        which = rng.integers(len(views), size=len(data.names))

        def read(chosen: Any) -> tuple[Any, Any]:
            return np.stack([views[which[i], i] for i in chosen]), data.tokens[chosen]

        return _batches(
            order, self._batch, skip, read, (tf.float16, tf.int32), (views.shape[2:], data.tokens.shape[1:])
        )


def _batches(order: Any, batch: int, skip: int, read: Any, dtypes: Any, shapes: Any) -> tf.data.Dataset:
    def load(chosen: tf.Tensor) -> tuple[tf.Tensor, ...]:
        tensors = tf.numpy_function(read, [chosen], dtypes)
        for tensor, shape in zip(tensors, shapes, strict=True):
            tensor.set_shape((batch, *shape))
        return tuple(tensors)

    groups = tf.data.Dataset.from_tensor_slices(order).batch(batch, drop_remainder=True).skip(skip)
    return groups.map(load, num_parallel_calls=1).prefetch(4)
