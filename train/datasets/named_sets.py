"""Several data sets in one command: the first one by its options, each further one by an `--also` that holds the same options."""

import argparse
import shlex
from collections.abc import Sequence
from dataclasses import dataclass, replace

from edge_runtime.console.exits import log
from edge_runtime.console.validation import plain_text
from train.datasets.base import Dataset, Split
from train.datasets.options import add_data_options, data_source
from train.errors import DatasetError


@dataclass(frozen=True)
class NamedSet:
    """A data set of a command that reads several.

    Attributes:
        name: In the figures; that of its captions file unless said.
        dataset: With pictures in the split that is looked at, all of which can be read; its captions are by the first source alone.
        split: The one that is looked at.
    """

    name: str
    dataset: Dataset
    split: Split


def add_named_sets(parser: argparse.ArgumentParser, splits: Sequence[Split]) -> None:
    """Add the options of the first data set, and `--also` for further ones.

    Args:
        parser: Of a command.
        splits: Those that can be looked at; `--split` chooses where there are several, the first one unless said.
    """
    _add_set_options(parser, splits)
    parser.add_argument(
        "--also",
        action="append",
        default=[],
        metavar="OPTIONS",
        help="a further data set, by the options that name it, as one word: "
        f"--also '--name world --images DIR --captions FILE --{splits[0]}-split FILE'",
    )


def named_sets(arguments: argparse.Namespace, splits: Sequence[Split], reserved: Sequence[str] = ()) -> list[NamedSet]:
    """Read the data sets that a command names; what each holds is said.

    Args:
        arguments: Of a parser with `add_named_sets`.
        splits: As there.
        reserved: Names that none may have.

    Raises:
        DatasetError: One cannot be read, has no pictures in its split or none that can be read, or is called like another.
    """
    found: list[NamedSet] = []
    for named in (arguments, *(_further(options, splits) for options in arguments.also)):
        source, split = data_source(named), named.split if len(splits) > 1 else splits[0]
        dataset = source.load()
        log(dataset.report())
        dataset = dataset.references([split], log)
        name = named.name or dataset.source.name
        if not dataset.captions_of(split):
            raise DatasetError(f"{dataset.source}: no pictures in the {split} split; check the split files")
        if name in (*reserved, *(each.name for each in found)):
            raise DatasetError(f"two data sets are called {name!r}; give each a name of its own with --name")
        found.append(NamedSet(name, dataset, split))
    return [replace(each, dataset=each.dataset.readable([each.split], log)) for each in found]


def _add_set_options(parser: argparse.ArgumentParser, splits: Sequence[Split]) -> None:
    parser.add_argument("--name", type=plain_text, metavar="NAME", help="of the data set (default: its file's)")
    if len(splits) > 1:
        parser.add_argument("--split", choices=splits, default=splits[0], help="choose on dev, report test")
    add_data_options(parser)


def _further(options: str, splits: Sequence[Split]) -> argparse.Namespace:
    """Return what an `--also` names."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
    _add_set_options(parser, splits)
    try:
        found, unknown = parser.parse_known_args(shlex.split(options))
    except (argparse.ArgumentError, ValueError) as error:
        raise DatasetError(f"--also {options!r}: {error}; quote the options that name a data set") from None
    if unknown:
        raise DatasetError(f"--also {options!r}: {unknown[0]} is none of the options that name a data set; see --help")
    return found
