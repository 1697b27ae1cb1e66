"""The run folders of a study: its systems, trained by its recipe on its data."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import keras

from benchmarks.study.systems import Recipe, System
from edge_runtime.bundle.vocabulary import Vocabulary
from train.datasets.base import Dataset
from train.datasets.loading import DatasetSource
from train.decoders.base import CaptionDecoder
from train.decoders.registry import decoder_class
from train.encoders.registry import build_encoder
from train.features.cache import FeatureCache, cache_features
from train.features.pooling import pooled
from train.fitting.batches import training_set
from train.fitting.plan import TrainingPlan, check_batch
from train.fitting.trainer import Trainer
from train.runs.config import RunConfig
from train.runs.folder import RunFolder

_ENOUGH = 256
"""Pictures that a system with a random encoder is trained on: enough for sentences of the usual length, whose quality nobody is told."""


class StudyRuns:
    """A run folder for each system.

    Args:
        folder: Folder of the run folders.
        source: Where the data set lies.
        dataset: The data set; its dev pictures are not looked at.
        recipe: How systems are trained.
        vocabulary: Of the training split.
        features: Folder of feature caches.
        say: Receives lines of news.
    """

    def __init__(
        self,
        folder: Path,
        source: DatasetSource,
        dataset: Dataset,
        recipe: Recipe,
        vocabulary: Vocabulary,
        features: Path,
        say: Callable[[str], None],
    ) -> None:
        self._folder, self._source, self._dataset, self._recipe = folder, source, dataset, recipe
        self._vocabulary, self._features, self._say = vocabulary, features, say
        self._captions_sha256 = hashlib.sha256(source.captions.read_bytes()).hexdigest()

    def config(self, system: System) -> RunConfig:
        """What a system's run is asked for."""
        pictures = len(self._trained_on(system))
        return self._recipe.config(system, self._captions_sha256, self._dataset.digest(), pictures)

    def folder(self, system: System) -> RunFolder:
        """A system's run folder."""
        return RunFolder(self._folder / system.name)

    def encoder(self, system: System) -> keras.Model:
        """A system's encoder, with its weights."""
        return build_encoder(system.spec, system.weights, self._recipe.size)

    def decoder(self, system: System) -> CaptionDecoder:
        """A trained system's decoder."""
        return self.folder(system).load_decoder(system.spec.channels)

    def features(self, system: System) -> FeatureCache:
        """What a system's decoder reads of all pictures that it needs, computed once for each encoder."""
        images, size = self._dataset.images, self._recipe.size
        names = self._trained_on(system) if system.random else self._dataset.names
        cache = cache_features(images, names, system.spec, system.weights, self._features, size, "plain", self._say)
        return pooled(cache) if decoder_class(system.decoder).reads_mean else cache

    def _trained_on(self, system: System) -> list[str]:
        names = list(self._dataset.captions_of("train"))
        return names[:_ENOUGH] if system.random else names

    def train(self, system: System, cache: FeatureCache) -> float:
        """Train a system to its last epoch, or what is left of it.

        Args:
            system: The system.
            cache: Its features.

        Returns:
            Seconds of all passes.

        Raises:
            RunError: The folder holds a run of another configuration, or cannot be written.
            DatasetError: Too few training pictures.
        """
        config, folder = self.config(system), self.folder(system)
        folder.prepare(config, self._source, self._vocabulary)
        train = {name: texts for name, texts in self._dataset.captions_of("train").items() if name in cache.rows}
        check_batch(train, config, self._source.captions)
        data = training_set(train, self._vocabulary, config.max_length, config.captions_per_picture)
        # Without dev pictures every epoch counts as the best so far: the last one stays.
        images = self._dataset.images
        plan = TrainingPlan(
            folder, config, self._vocabulary, data, {}, [cache], system.weights, images, self._features, log=self._say
        )
        state = Trainer(plan).run()
        return round(sum(row.seconds for row in state.history), 1)
