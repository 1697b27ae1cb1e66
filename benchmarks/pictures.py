"""The pictures that are measured with."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from edge_runtime.errors import PictureError
from edge_runtime.pictures.listing import picture_files
from edge_runtime.pictures.preprocess import load_input
from edge_runtime.pictures.synthetic import FRAME


def required_pictures(folder: Path, option: str = "--pictures", below: bool = False) -> list[Path]:
    """Pictures of a folder that an option names.

    Args:
        folder: Its value.
        option: Name of the option, for what is said.
        below: Whether the folders in it are looked into too.

    Raises:
        PictureError: There is no such folder, or there are no pictures in it.
    """
    if not folder.is_dir():
        raise PictureError(f"{folder}: no such folder of pictures; check {option}")
    inner = sorted(entry for entry in folder.iterdir() if entry.is_dir()) if below else []
    found = [path for place in (folder, *inner) for path in picture_files(place)]
    if not found:
        raise PictureError(f"{folder}: no pictures in it; check {option}")
    return found


def as_frames(paths: Sequence[Path]) -> list[npt.NDArray[np.uint8]]:
    """Pictures decoded beforehand to a camera's 640 x 480, as uint8 [H, W, 3] RGB."""
    return [load_input(path, FRAME[0], FRAME[1]) for path in paths]
