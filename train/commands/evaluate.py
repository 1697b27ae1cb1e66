"""The command `python -m train evaluate`: the scores of a run or a bundle."""

import argparse
from pathlib import Path

from edge_runtime.bundle.languages import canonical_tag
from edge_runtime.bundle.manifest import MAX_BEAM
from edge_runtime.console.validation import check_within, file_or_folder, whole_number
from edge_runtime.errors import OptionError
from train.commands.run_options import FEATURES
from train.datasets.base import SPLITS
from train.datasets.options import add_data_options, check_counts, data_source, data_source_if_named

_LONGEST = 1000
"""Positions of a padded caption, its end included."""


def add_evaluate(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `evaluate` to the commands of `python -m train`."""
    evaluate = commands.add_parser("evaluate", help="score a run or a bundle")
    what = evaluate.add_mutually_exclusive_group(required=True)
    what.add_argument("--run", type=file_or_folder, help="run folder: its best decoder, in Keras")
    what.add_argument("--bundle", type=file_or_folder, help="bundle: as the device runs it")
    add_data_options(evaluate)
    evaluate.add_argument(
        "--language",
        metavar="TAG",
        help="of a bundle's sentences and the captions, one that it speaks (default: its own; a run knows its own)",
    )
    evaluate.add_argument("--variant", help="variant of the bundle (default: its default one)")
    evaluate.add_argument(
        "--split", choices=SPLITS, default="dev", help="default: dev; read test to report a model that ships"
    )
    evaluate.add_argument("--beam", type=whole_number, help="hypotheses kept (default: the run's or the bundle's)")
    evaluate.add_argument("--limit", type=whole_number, help="first N pictures only")
    evaluate.add_argument(
        "--padded-length",
        type=whole_number,
        nargs="+",
        default=[],
        metavar="N",
        help="places of the padded figures, longer captions cut (default: a run's, the longest caption; a bundle's, none)",
    )
    evaluate.add_argument("--captions-out", type=file_or_folder, help="write PATH<TAB>SENTENCE lines here")
    evaluate.add_argument(
        "--sample", type=whole_number, metavar="N", help="write N captions picked at random as a table"
    )
    evaluate.add_argument("--sample-seed", type=whole_number, default=0, help="of their choice (default: 0)")
    evaluate.add_argument(
        "--sample-out",
        type=file_or_folder,
        default=Path("sample.md"),
        metavar="FILE",
        help="Markdown (default: sample.md)",
    )
    evaluate.add_argument(
        "--features", type=file_or_folder, default=FEATURES, help="folder of feature caches (default: features)"
    )
    evaluate.add_argument(
        "--encoder-weights",
        type=file_or_folder,
        metavar="FILE",
        help="weights file of the encoder, where the run was given one",
    )
    evaluate.set_defaults(action=_evaluate)


def _evaluate(arguments: argparse.Namespace) -> int:
    from train.scoring.evaluate import evaluate_bundle, evaluate_run

    check_counts(arguments, "limit", "beam", "padded_length", "sample")
    check_within("--beam", [] if arguments.beam is None else [arguments.beam], 1, MAX_BEAM)
    check_within("--padded-length", arguments.padded_length, 1, _LONGEST)
    if arguments.language is not None:
        arguments.language = canonical_tag(arguments.language)
    if arguments.run is not None:
        if arguments.language is not None:
            raise OptionError(f"--language {arguments.language}: goes with --bundle alone; a run knows its own")
        return evaluate_run(arguments, data_source_if_named(arguments))
    return evaluate_bundle(arguments, data_source(arguments))
