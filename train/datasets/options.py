"""The options that name a data set, the same for every command of the workshop."""

import argparse
from dataclasses import replace
from pathlib import Path

from edge_runtime.console.validation import file_or_folder, number, whole_number
from train.datasets.base import SPLITS, Split
from train.datasets.loading import FORMATS, DatasetSource, flickr8k_source
from train.datasets.sources import CaptionFile
from train.errors import DatasetError, RunError


def add_data_options(parser: argparse.ArgumentParser) -> None:
    """The options that name a data set."""
    group = parser.add_argument_group("data set")
    group.add_argument(
        "--data",
        type=file_or_folder,
        help="folder in the layout of Flickr8k, whose split files may be named otherwise below; or name its parts:",
    )
    group.add_argument(
        "--images", type=file_or_folder, nargs="+", metavar="FOLDER", help="of pictures; several where they lie so"
    )
    group.add_argument(
        "--captions",
        type=CaptionFile.parse,
        nargs="+",
        metavar="[NAME=]FILE",
        help="captions: Flickr8k tokens, pickle, CSV or JSON; with a name of who wrote them, where that differs; see docs/training.md",
    )
    group.add_argument("--format", choices=FORMATS, help="of the captions (default: told by the file)")
    for split in SPLITS:
        group.add_argument(
            f"--{split}-split",
            type=file_or_folder,
            nargs="+",
            metavar="FILE",
            help=f"names of the {split} pictures, one a line",
        )
    group.add_argument(
        "--holdout", type=number, nargs=2, metavar=("DEV", "TEST"), help="shares of a random split (default: 0.1 0.1)"
    )
    group.add_argument("--split-seed", type=whole_number, default=0, help="of the random split (default: 0)")


def data_source(arguments: argparse.Namespace) -> DatasetSource:
    """Return the data set that the options name.

    Raises:
        DatasetError: They name none, or two.
    """
    split_files: dict[Split, Path | tuple[Path, ...]] = {
        split: tuple(paths) for split in SPLITS if (paths := getattr(arguments, f"{split}_split")) is not None
    }
    if arguments.data is not None:
        if any(getattr(arguments, part) is not None for part in ("images", "captions", "format", "holdout")):
            raise DatasetError("--data and the options of its parts: name the data set one way, not both")
        source = flickr8k_source(arguments.data)
        return replace(source, split_files={**source.split_files, **split_files})
    if arguments.images is None or arguments.captions is None:
        raise DatasetError("no data set: pass --data FOLDER, or --images FOLDER and --captions FILE")
    dev, test = arguments.holdout or (0.1, 0.1)
    (images, *more_images), (captions, *more_captions) = arguments.images, arguments.captions
    return DatasetSource(
        images,
        captions.path,
        split_files,
        arguments.format,
        (dev, test),
        arguments.split_seed,
        captions.source,
        tuple(more_images),
        tuple(more_captions),
    )


def data_source_if_named(arguments: argparse.Namespace) -> DatasetSource | None:
    """Return the data set that the options name, or None where they name none and a run's own will do.

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
