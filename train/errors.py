"""Errors of the training workshop; see `edge_runtime.errors` for the rules they follow."""

from edge_runtime.errors import EdgeCaptionError


class DatasetError(EdgeCaptionError, ValueError):
    """Captions, pictures or splits that cannot be used, or do not belong together."""


class UnsafePickleError(DatasetError):
    """A pickle that names anything but plain data."""


class WeightsError(EdgeCaptionError, ValueError):
    """Encoder weights that are missing, damaged or of another network."""


class UnknownEncoderError(EdgeCaptionError, ValueError):
    """An encoder that the registry does not hold."""


class FeatureCacheError(EdgeCaptionError, ValueError):
    """A feature cache that cannot be written or read."""


class RunError(EdgeCaptionError, ValueError):
    """A run folder that is missing, incomplete, or made by another configuration."""
