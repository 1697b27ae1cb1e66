"""Whether a trained decoder reads the pictures that a bundle's encoder gives, so that it can be added to the bundle."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from edge_runtime.backends.opening import open_backend
from edge_runtime.bundle.manifest import SpecialIds
from edge_runtime.bundle.reader import Bundle
from edge_runtime.bundle.vocabulary import Vocabulary
from edge_runtime.pictures.preprocess import load_input
from export.errors import ExportError
from export.parity.measure import encoder_outputs
from train.decoders.base import CaptionDecoder
from train.runs.config import RunConfig

if TYPE_CHECKING:
    import keras

_PICTURES = 4
"""That are looked at."""
_TOLERANCE = 1e-3
"""Largest difference between what the bundle's graph gives and what the run's network does, relative to the largest number."""


class SharedPicture:
    """Holds a run against the bundle that its decoder is to be added to.

    Args:
        run: Run folder.
        bundle: The bundle.
        reference: Name of its float variant.

    Raises:
        ExportError: The bundle has no such variant.
    """

    def __init__(self, run: Path, bundle: Bundle, reference: str) -> None:
        self._run, self._bundle, self._reference = run, bundle, reference
        self._remedy = f"train it with --start-from {bundle.path} --shared-picture"
        if reference not in bundle.manifest.variants:
            raise ExportError(
                f"{bundle.path}: no variant '{reference}', whose encoder the run is held against; add the language to a bundle "
                "that was exported with it"
            )

    def check_config(self, config: RunConfig) -> None:
        """Refuse a run of the bundle's own language, or of another encoder or input size, before anything is loaded.

        Raises:
            ExportError: It is one.
        """
        manifest, path = self._bundle.manifest, self._bundle.path
        if config.language == manifest.language:
            raise ExportError(
                f"{self._run}: speaks {config.language}, which is {path}'s own language; name a run of another one, or export "
                "this one without --add-language"
            )
        if config.encoder != manifest.encoder:
            raise ExportError(
                f"{self._run}: its encoder is {config.encoder}, {path}'s is {manifest.encoder}; {self._remedy}"
            )
        size = manifest.input.height, manifest.input.width
        if (config.image_size, config.image_size) != size:
            raise ExportError(
                f"{self._run}: its pictures are {config.image_size} x {config.image_size}, {path}'s {size[0]} x {size[1]}; "
                f"{self._remedy}"
            )

    def check_network(
        self, encoder: "keras.Model", decoder: CaptionDecoder, regions: int, images: Path, names: Sequence[str]
    ) -> None:
        """Refuse a network that passes on other tensors, or sees other numbers in pictures.

        Args:
            encoder: Of the run.
            decoder: Of the run.
            regions: Places of the grid that the decoder keeps.
            images: Folder of pictures.
            names: File names in it; the first few are looked at.

        Raises:
            ExportError: It is one.
        """
        manifest, path = self._bundle.manifest, self._bundle.path
        ids = SpecialIds(Vocabulary.pad_id, Vocabulary.start_id, Vocabulary.end_id, Vocabulary.unknown_id)
        if decoder.spec(regions) != manifest.decoder or ids != manifest.special_ids:
            raise ExportError(f"{self._run}: its decoder is of another kind or size than {path}'s; {self._remedy}")
        graph = open_backend(self._bundle, manifest.variants[self._reference], 1)
        for name in names[:_PICTURES]:
            image = load_input(images / name, manifest.input.height, manifest.input.width)[None]
            grid = encoder(image, training=False)
            context, state = decoder.picture(np.reshape(grid, (1, -1, grid.shape[-1])))
            for own, wanted in zip((*context, *state), encoder_outputs(graph, image), strict=True):
                if not np.abs(own.numpy() - wanted).max() <= _TOLERANCE * np.abs(wanted).max():
                    raise ExportError(
                        f"{self._run}: its decoder reads other pictures than {path}'s encoder gives; {self._remedy}"
                    )
