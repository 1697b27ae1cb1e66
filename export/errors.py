"""Errors of the export workshop; see `edge_runtime.errors` for the rules they follow."""

from edge_runtime.errors import EdgeCaptionError


class ExportError(EdgeCaptionError, ValueError):
    """A run that cannot be exported, or a target that cannot be written."""
