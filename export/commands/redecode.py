"""`python -m export redecode`: another search for a bundle that is there."""

import argparse

from edge_runtime.console.arguments import Parser
from edge_runtime.console.exits import log
from edge_runtime.console.terminal import plain
from edge_runtime.console.validation import file_or_folder, number, whole_number
from train.datasets.options import add_data_options, data_source


def build_parser() -> argparse.ArgumentParser:
    """Return options of `redecode`."""
    parser: argparse.ArgumentParser = Parser(
        prog="python -m export redecode",
        description="Another way to search for sentences, for a bundle that is there; what is not named stays.",
    )
    parser.add_argument("bundle", nargs="?", type=file_or_folder, help="folder or zip (default: the one that ships)")
    parser.add_argument(
        "--out", type=file_or_folder, required=True, metavar="BUNDLE", help="bundle folder to make or replace"
    )
    parser.add_argument("--beam", type=whole_number, help="hypotheses kept by default")
    parser.add_argument("--length-penalty", type=number)
    parser.add_argument(
        "--say-once",
        action=argparse.BooleanOptionalAction,
        help="no word is said twice in a sentence but 'a', 'in', 'with' and their like",
    )
    parser.add_argument("--test", action="store_true", help="score the test split too, for a model that ships")
    add_data_options(parser)
    return parser


def run(arguments: argparse.Namespace) -> int:
    """Run the command; returns the exit status."""
    from export.bundling.redecode import RedecodeOptions, redecode
    from export.errors import ExportError
    from train.datasets.base import Split

    splits: list[Split] = ["dev", "test"] if arguments.test else ["dev"]
    dataset = data_source(arguments).load()
    log(dataset.report())
    dataset = dataset.references(splits, log).readable(splits, log)
    for split in splits:
        if not dataset.captions_of(split):
            raise ExportError(f"{dataset.source}: no {split} pictures to score sentences on; check the split files")
    options = RedecodeOptions(
        arguments.bundle,
        arguments.out,
        arguments.beam,
        arguments.length_penalty,
        arguments.say_once,
        arguments.test,
    )
    redecode(options, dataset, log)
    print(plain(str(arguments.out)))
    return 0
