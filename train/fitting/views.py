"""The cached features that a run reads: of its pictures as they are, and mirrored where that is wanted."""

from pathlib import Path

from edge_runtime.console.exits import log
from train.datasets.base import Dataset
from train.encoders.registry import EncoderWeights, encoder_spec
from train.features.cache import FeatureCache, View, cache_features
from train.runs.config import RunConfig


def cached_views(config: RunConfig, dataset: Dataset, weights: EncoderWeights, features: Path) -> list[FeatureCache]:
    """Compute the features of every picture, or what is still missing of them.

    Args:
        config: Encoder, size, and whether mirrored pictures are seen.
        dataset: The pictures.
        weights: The encoder's.
        features: Folder of feature caches.

    Returns:
        The features of the pictures as they are, then those of the mirrored ones.

    Raises:
        FeatureCacheError: The folder cannot be written, or a picture cannot be read at all.
    """
    spec = encoder_spec(config.encoder)
    shown: tuple[View, ...] = ("plain", "flip") if config.mirror else ("plain",)
    return [
        cache_features(dataset.images, dataset.names, spec, weights, features, config.image_size, view, log)
        for view in shown
    ]
