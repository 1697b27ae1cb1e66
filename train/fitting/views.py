"""The cached features that a run reads: of its pictures as they are, and mirrored where that is wanted."""

from collections.abc import Callable
from pathlib import Path

from train.datasets.base import Dataset
from train.encoders.registry import encoder_spec, find_weights
from train.features.cache import FeatureCache, View, cache_features
from train.runs.config import RunConfig


def cached_views(
    config: RunConfig, dataset: Dataset, encoder_weights: Path | None, features: Path, log: Callable[[str], None]
) -> list[FeatureCache]:
    """Compute the features of every picture, or what is still missing of them.

    Args:
        config: Encoder, size, and whether mirrored pictures are seen; an encoder that learns too sees none here.
        dataset: The pictures.
        encoder_weights: Weights file of the encoder; the ImageNet weights where None.
        features: Folder of feature caches.
        log: Receives lines about the work.

    Returns:
        The features of the pictures as they are, then those of the mirrored ones.

    Raises:
        WeightsError: There are no such weights.
        FeatureCacheError: The folder cannot be written or read.
    """
    spec = encoder_spec(config.encoder)
    weights = find_weights(spec, encoder_weights, config.seed)
    if warning := weights.warning(spec):
        log(warning)
    shown: tuple[View, ...] = ("plain", "flip") if config.mirror and not config.trains_encoder else ("plain",)
    return [
        cache_features(dataset.images, dataset.names, spec, weights, features, config.image_size, view, log)
        for view in shown
    ]
