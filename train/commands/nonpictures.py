"""The command `python -m train nonpictures`: pictures of every kind that is no clear picture, as files."""

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from edge_runtime.console.exits import log
from edge_runtime.console.terminal import plain
from edge_runtime.console.validation import LARGEST, check_within, file_or_folder, whole_number
from edge_runtime.errors import OutputError, PictureError
from edge_runtime.pictures.listing import picture_files
from edge_runtime.pictures.preprocess import load_upright
from train.nonpictures.fields import Pixels
from train.nonpictures.kinds import KINDS, draw

_PHOTOGRAPHS = 200
"""Read at the most; more make no other kind of blur."""
_LONGEST = 320
"""Pixels of a photograph's longer side: more than is left of it."""
_MOST = 9999
"""Pictures of a kind, which four digits number."""


def add_nonpictures(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to those of `python -m train`."""
    parser = commands.add_parser(
        "nonpictures", help=f"draw pictures that are no clear picture: {', '.join(KINDS)}", allow_abbrev=False
    )
    parser.add_argument(
        "--images",
        type=file_or_folder,
        required=True,
        metavar="FOLDER",
        help=f"photographs to blur and to overexpose, {_PHOTOGRAPHS} of them picked at random where there are more",
    )
    parser.add_argument("--to", type=file_or_folder, required=True, metavar="FOLDER", help="new or empty folder")
    parser.add_argument("--count", type=whole_number, default=100, metavar="N", help="of each kind (default: 100)")
    parser.add_argument("--seed", type=whole_number, default=0, metavar="N", help="of all that is chosen (default: 0)")
    parser.set_defaults(action=_run)


def _run(arguments: argparse.Namespace) -> int:
    check_within("--count", [arguments.count], 1, _MOST)
    check_within("--seed", [arguments.seed], 0, LARGEST)
    _check_empty(arguments.to)
    photographs = read_photographs(arguments.images, arguments.seed)
    log(f"{len(photographs)} photographs of {plain(str(arguments.images))}")
    write_nonpictures(arguments.to, photographs, arguments.count, arguments.seed)
    print(f"{plain(str(arguments.to))}\t{len(KINDS)} kinds\t{len(KINDS) * arguments.count} pictures")
    return 0


def read_photographs(folder: Path, seed: int = 0) -> list[Pixels]:
    """Return photographs of a folder, 200 picked at random where there are more.

    Args:
        folder: Of pictures.
        seed: Of the choice.

    Returns:
        uint8 [H, W, 3] each, the longer side 320 pixels at the most.

    Raises:
        PictureError: The folder cannot be listed, holds none, or one of them cannot be read.
    """
    paths = picture_files(folder)
    if not paths:
        raise PictureError(f"{folder}: holds no pictures; name a folder of photographs")
    if len(paths) > _PHOTOGRAPHS:
        chosen = np.random.default_rng(seed).choice(len(paths), _PHOTOGRAPHS, replace=False)
        paths = [paths[at] for at in sorted(chosen.tolist())]
    return [load_upright(path, _LONGEST) for path in paths]


def write_nonpictures(to: Path, photographs: Sequence[Pixels], count: int, seed: int) -> None:
    """Write pictures of every kind, `KIND-0001.png` and so on; the folder is there whole, or as it was.

    Args:
        to: New or empty folder.
        photographs: uint8 [H, W, 3] each.
        count: Pictures of each kind.
        seed: As `draw` takes it.

    Raises:
        OutputError: The folder holds something, or cannot be written.
    """
    _check_empty(to)
    place = to.resolve()
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".writing.", dir=place.parent) as beside:
            whole = Path(beside) / "whole"
            whole.mkdir()
            for kind in KINDS:
                for at, pixels in enumerate(draw(kind, count, photographs, seed), 1):
                    Image.fromarray(pixels).save(whole / f"{kind}-{at:04}.png")
            whole.replace(place)
    except OSError as error:
        raise OutputError(f"{to}: cannot be written ({error.strerror or error}); choose another --to") from None


def _check_empty(to: Path) -> None:
    """Refuse a folder that holds something, or is none.

    Raises:
        OutputError: It is.
    """
    try:
        if any(to.iterdir()):
            raise OutputError(f"{to}: is not empty; choose another --to, or empty it")
    except FileNotFoundError:
        pass
    except NotADirectoryError:
        raise OutputError(f"{to}: is a file; name a new or empty folder with --to") from None
    except PermissionError as error:
        raise OutputError(f"{to}: cannot be written ({error.strerror}); choose another --to") from None
