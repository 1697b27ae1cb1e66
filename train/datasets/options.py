"""The options that name a data set, the same for every command of the workshop."""

import argparse
from dataclasses import replace
from pathlib import Path

from edge_runtime.validation import file_or_folder, number, whole_number
from train.datasets.base import SPLITS, Split
from train.datasets.loading import FORMATS, DatasetSource, flickr8k_source
from train.errors import DatasetError, RunError


def add_data_options(parser: argparse.ArgumentParser) -> None:
    """The options that name a data set."""
    group = parser.add_argument_group("data set")
    group.add_argument(
        "--data",
        type=file_or_folder,
        help="folder in the layout of Flickr8k, whose split files may be named otherwise below; or name its parts:",
    )
    group.add_argument("--images", type=file_or_folder, help="folder of pictures")
    group.add_argument(
        "--captions",
        type=file_or_folder,
        help="captions: Flickr8k tokens, pickle, CSV or JSON; see docs/training.md",
    )
    group.add_argument("--format", choices=FORMATS, help="of the captions (default: told by the file)")
    for split in SPLITS:
        group.add_argument(
            f"--{split}-split", type=file_or_folder, metavar="FILE", help=f"names of the {split} pictures, one a line"
        )
    group.add_argument(
        "--holdout", type=number, nargs=2, metavar=("DEV", "TEST"), help="shares of a random split (default: 0.1 0.1)"
    )
    group.add_argument("--split-seed", type=whole_number, default=0, help="of the random split (default: 0)")


def data_source(arguments: argparse.Namespace) -> DatasetSource:
    """The data set that the options name.

    Raises:
        DatasetError: They name none, or two.
    """
    split_files: dict[Split, Path] = {
        split: path for split in SPLITS if (path := getattr(arguments, f"{split}_split")) is not None
    }
    if arguments.data is not None:
        if any(getattr(arguments, part) is not None for part in ("images", "captions", "format", "holdout")):
            raise DatasetError("--data and the options of its parts: name the data set one way, not both")
        source = flickr8k_source(arguments.data)
        return replace(source, split_files={**source.split_files, **split_files})
    if arguments.images is None or arguments.captions is None:
        raise DatasetError("no data set: pass --data FOLDER, or --images FOLDER and --captions FILE")
    dev, test = arguments.holdout or (0.1, 0.1)
    return DatasetSource(
        arguments.images, arguments.captions, split_files, arguments.format, (dev, test), arguments.split_seed
    )


def data_source_if_named(arguments: argparse.Namespace) -> DatasetSource | None:
    """The data set that the options name, or None where they name none and a run's own will do.

    Raises:
        DatasetError: They name a part of one, or two.
    """
    parts = ("data", "images", "captions", "format", "holdout", *(f"{split}_split" for split in SPLITS))
    named = any(getattr(arguments, part) is not None for part in parts)
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
