"""The command `python -m train features|fit|evaluate|to-pickle|join|average`."""

import argparse
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from edge_runtime.arguments import Parser
from edge_runtime.bundle.manifest import MAX_BEAM
from edge_runtime.console import log, run_safely
from edge_runtime.validation import check_within, file_or_folder, whole_number
from train.caches import place_caches
from train.commands.average import add_average
from train.commands.features import add_features
from train.commands.fit import add_fit
from train.commands.join import add_join
from train.commands.moved import pass_on
from train.commands.run_options import FEATURES
from train.commands.to_pickle import add_to_pickle
from train.datasets.base import SPLITS
from train.datasets.options import add_data_options, check_counts, data_source, data_source_if_named
from train.fitting.stopping import Stopped, stoppable

_LONGEST = 1000
"""Places of a padded caption."""


def build_parser() -> argparse.ArgumentParser:
    """All commands and options."""
    parser: argparse.ArgumentParser = Parser(prog="python -m train", description="Train a captioner.")
    commands = parser.add_subparsers(
        dest="command", required=True, metavar="features|fit|evaluate|to-pickle|join|average"
    )

    add_features(commands)
    add_fit(commands)
    evaluate = commands.add_parser("evaluate", help="score a run or a bundle")
    what = evaluate.add_mutually_exclusive_group(required=True)
    what.add_argument("--run", type=file_or_folder, help="run folder: its best decoder, in Keras")
    what.add_argument("--bundle", type=file_or_folder, help="bundle: as the device runs it")
    add_data_options(evaluate)
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
    add_to_pickle(commands)
    add_join(commands)
    add_average(commands)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Entry point; returns the exit status: that of a shell where a signal ended it, see `train.fitting.stopping`."""
    quiet_tensorflow()
    place_caches()
    # Parsing is part of it: what it prints may not be written.
    return run_safely(lambda: _run(argv), "train", "train")


def _run(argv: Sequence[str] | None) -> int:
    argv = sys.argv[1:] if argv is None else list(argv)
    if argv[:1] == ["study"]:
        return pass_on("benchmarks", "study", argv[1:])
    arguments = build_parser().parse_args(argv)
    program = f"train {arguments.command}"

    def action() -> int:
        try:
            return int(arguments.action(arguments))
        except Stopped as stopped:
            log(f"{program}: interrupted")
            return stopped.status

    with stoppable():
        return run_safely(action, program, "train")


def quiet_tensorflow() -> None:
    """Keep TensorFlow's news of itself out of the output; its errors stay."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    logging.getLogger("tensorflow").setLevel(logging.ERROR)


def _evaluate(arguments: argparse.Namespace) -> int:
    from train.scoring.evaluate import evaluate_bundle, evaluate_run

    check_counts(arguments, "limit", "beam", "padded_length", "sample")
    check_within("--beam", [] if arguments.beam is None else [arguments.beam], 1, MAX_BEAM)
    check_within("--padded-length", arguments.padded_length, 1, _LONGEST)
    if arguments.run is not None:
        return evaluate_run(arguments, data_source_if_named(arguments))
    return evaluate_bundle(arguments, data_source(arguments))
