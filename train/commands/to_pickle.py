"""The command `python -m train to-pickle`: captions of any format as the pickle that the original study kept them in."""

import argparse
import pickle
from pathlib import Path

from edge_runtime.console import log
from edge_runtime.files import replacing
from edge_runtime.terminal import plain
from edge_runtime.validation import file_or_folder
from train.datasets.base import summarise
from train.datasets.loading import FORMATS, flickr8k_source, read_captions
from train.errors import DatasetError

_PROTOCOL = 4
"""Every Python from 3.4 on reads it."""


def add_to_pickle(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to those of `python -m train`."""
    parser = commands.add_parser(
        "to-pickle", help="write captions as a pickle: file name -> list of captions", allow_abbrev=False
    )
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--data", type=file_or_folder, help="folder in the layout of Flickr8k")
    source.add_argument(
        "--captions", type=file_or_folder, help="captions: Flickr8k tokens, pickle, CSV or JSON; see docs/training.md"
    )
    parser.add_argument("--format", choices=FORMATS, help="of the captions (default: told by the file)")
    parser.add_argument("--out", type=file_or_folder, required=True, metavar="FILE", help="pickle to write")
    parser.add_argument("--force", action="store_true", help="replace the file if it is there")
    parser.set_defaults(action=_run)


def _run(arguments: argparse.Namespace) -> int:
    if arguments.data is not None:
        source = flickr8k_source(arguments.data)
        table = read_captions(source.captions, arguments.format or source.kind)
    else:
        table = read_captions(arguments.captions, arguments.format)
    for line in summarise(table.left_out):
        log(line)
    if not table.captions:
        raise DatasetError(f"{table.source}: holds no captions; check the path and --format")
    write_pickle(table.captions, arguments.out, arguments.force)
    count = sum(map(len, table.captions.values()))
    print(f"{plain(str(arguments.out))}\t{len(table.captions)} pictures\t{count} captions")
    return 0


def write_pickle(captions: dict[str, list[str]], out: Path, force: bool = False) -> None:
    """Write captions as plain `dict`, `list` and `str`, beside the file and then in its place.

    Args:
        captions: File name -> captions.
        out: The file.
        force: Whether to replace one that is there.

    Raises:
        DatasetError: It is there, or cannot be written.
    """
    if out.exists() and not force:
        raise DatasetError(f"{out}: exists already; pass --force to replace it, or choose another --out")
    plain = {name: list(texts) for name, texts in captions.items()}
    try:
        with replacing(out) as file:
            pickle.dump(plain, file, protocol=_PROTOCOL)
    except OSError as error:
        raise DatasetError(f"{out}: cannot be written ({error.strerror}); choose another --out") from None
