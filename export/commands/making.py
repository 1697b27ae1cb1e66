"""Options and outcome of the commands that make a decoder's graphs of a run."""

import argparse
from collections.abc import Sequence
from typing import Any

from edge_runtime.console.exits import EXIT_PARTLY, log
from edge_runtime.console.terminal import plain
from edge_runtime.console.validation import file_or_folder, number, whole_number
from export.bundling.options import MakingOptions
from export.calibration.ranges import METHODS
from train.datasets.options import add_data_options, check_counts, data_source_if_named


def add_making_options(parser: argparse.ArgumentParser, run: str) -> None:
    """Add the options of `MakingOptions`.

    Args:
        parser: Of the command.
        run: The command that trains the run that is asked for.
    """
    parser.add_argument("--run", type=file_or_folder, required=True, help=f"run folder of '{run}'")
    parser.add_argument(
        "--out", type=file_or_folder, required=True, metavar="BUNDLE", help="bundle folder to make or replace"
    )
    parser.add_argument(
        "--encoder-weights", type=file_or_folder, metavar="FILE", help="its weights file, where the run was given one"
    )
    parser.add_argument(
        "--max-words", type=whole_number, metavar="N", help="keep the N most frequent words alone (default: all)"
    )
    parser.add_argument(
        "--calibration-method", choices=METHODS, help="how ranges are taken (default: each graph's best one)"
    )
    parser.add_argument(
        "--calibration", type=whole_number, default=256, help="training pictures to calibrate on (default: 256)"
    )
    parser.add_argument("--seed", type=whole_number, default=0, help="of their choice (default: 0)")
    parser.add_argument("--beam", type=whole_number, help="hypotheses kept by default (default: the run's)")
    parser.add_argument("--length-penalty", type=number, help="default: the run's")
    parser.add_argument(
        "--say-once",
        action="store_true",
        help="no word is said twice in a sentence but articles, prepositions and their like",
    )
    parser.add_argument(
        "--dev-pictures", type=whole_number, help="dev pictures to check on, at the most (default: all)"
    )
    parser.add_argument("--keep-going", action="store_true", help="write the bundle even if it falls short of the bars")
    parser.add_argument("--data-note", default="", help="what the model card says of the data")
    add_data_options(parser)


def making_options(arguments: argparse.Namespace) -> dict[str, Any]:
    """Return the fields of `MakingOptions` that were asked for.

    Raises:
        OptionError: A count that is none.
    """
    check_counts(arguments, "beam", "dev_pictures", "max_words")
    return {
        "run": arguments.run,
        "out": arguments.out,
        "source": data_source_if_named(arguments),
        "encoder_weights": arguments.encoder_weights,
        "calibration": arguments.calibration,
        "method": arguments.calibration_method,
        "seed": arguments.seed,
        "max_words": arguments.max_words,
        "beam": arguments.beam,
        "length_penalty": arguments.length_penalty,
        "say_once": arguments.say_once,
        "dev_pictures": arguments.dev_pictures,
        "keep_going": arguments.keep_going,
        "data_note": arguments.data_note,
    }


def tell_outcome(command: str, options: MakingOptions, failures: Sequence[str]) -> int:
    """Say what falls short of the bars, or where the bundle is; returns the exit status."""
    for failure in failures:
        log(f"{command}: {failure}")
    if failures and not options.keep_going:
        log(f"{command}: {options.out} was not written; pass --keep-going to write it all the same")
    else:
        print(plain(str(options.out)))
    return EXIT_PARTLY if failures else 0
