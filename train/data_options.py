"""The options that name a data set, the same for every command of the workshop."""

import argparse
from pathlib import Path

from train.datasets.base import SPLITS, Split
from train.datasets.loading import FORMATS, DatasetSource, flickr8k_source
from train.errors import DatasetError, RunError


def add_data_options(parser: argparse.ArgumentParser) -> None:
    """The options that name a data set."""
    group = parser.add_argument_group("data set")
    group.add_argument("--data", type=Path, help="folder in the layout of Flickr8k; or name its parts:")
    group.add_argument("--images", type=Path, help="folder of pictures")
    group.add_argument("--captions", type=Path, help="captions: Flickr8k tokens, pickle, Kaggle CSV or COCO JSON")
    group.add_argument("--format", choices=FORMATS, help="of the captions (default: told by the file)")
    for split in SPLITS:
        group.add_argument(
            f"--{split}-split", type=Path, metavar="FILE", help=f"names of the {split} pictures, one a line"
        )
    group.add_argument(
        "--holdout", type=float, nargs=2, metavar=("DEV", "TEST"), help="shares of a random split (default: 0.1 0.1)"
    )
    group.add_argument("--split-seed", type=int, default=0, help="of the random split (default: 0)")


def data_source(arguments: argparse.Namespace) -> DatasetSource:
    """The data set that the options name.

    Raises:
        DatasetError: They name none, or two.
    """
    if arguments.data is not None:
        parts = ("images", "captions", "format", "holdout", *(f"{split}_split" for split in SPLITS))
        if any(getattr(arguments, part) is not None for part in parts):
            raise DatasetError("--data and the options of its parts: name the data set one way, not both")
        return flickr8k_source(arguments.data)
    if arguments.images is None or arguments.captions is None:
        raise DatasetError("no data set: pass --data FOLDER, or --images FOLDER and --captions FILE")
    split_files: dict[Split, Path] = {
        split: path for split in SPLITS if (path := getattr(arguments, f"{split}_split")) is not None
    }
    dev, test = arguments.holdout or (0.1, 0.1)
    return DatasetSource(
        arguments.images, arguments.captions, split_files, arguments.format, (dev, test), arguments.split_seed
    )


def data_source_if_named(arguments: argparse.Namespace) -> DatasetSource | None:
    """The data set that the options name, or None where they name none and a run's own will do."""
    named = any(value is not None for value in (arguments.data, arguments.images, arguments.captions))
    return data_source(arguments) if named else None


def check_counts(arguments: argparse.Namespace, *names: str) -> None:
    """Refuse counts below 1.

    Raises:
        RunError: One of the options named is.
    """
    for name in names:
        value = getattr(arguments, name)
        for count in value if isinstance(value, list) else [value]:
            if count is not None and count < 1:
                raise RunError(f"--{name.replace('_', '-')} {count}: must be at least 1")
