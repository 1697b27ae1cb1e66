"""The pictures that are measured with."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from edge_runtime.commands.caption import pictures_in
from edge_runtime.errors import PictureError
from edge_runtime.pictures.preprocess import load_input
from edge_runtime.pictures.synthetic import FRAME


def picture_files(folder: Path) -> list[Path]:
    """Pictures of a folder.

    Raises:
        PictureError: There are none.
    """
    found = pictures_in(folder) if folder.is_dir() else []
    if not found:
        raise PictureError(f"{folder}: no folder of pictures; check --pictures")
    return found


def as_frames(paths: Sequence[Path]) -> list[npt.NDArray[np.uint8]]:
    """Pictures decoded beforehand to a camera's 640 x 480, as uint8 [H, W, 3] RGB."""
    return [load_input(path, FRAME[0], FRAME[1]) for path in paths]
