"""The command `python -m train features|fit|evaluate|to-pickle|join|average|nonpictures|people`."""

import argparse
import logging
import os
import sys
from collections.abc import Sequence

from edge_runtime.console.arguments import Parser
from edge_runtime.console.exits import log, run_safely
from train.caches import place_caches
from train.commands.average import add_average
from train.commands.evaluate import add_evaluate
from train.commands.features import add_features
from train.commands.fit import add_fit
from train.commands.join import add_join
from train.commands.moved import pass_on
from train.commands.nonpictures import add_nonpictures
from train.commands.people import add_people
from train.commands.to_pickle import add_to_pickle
from train.fitting.stopping import Stopped, stoppable


def build_parser() -> argparse.ArgumentParser:
    """Return all commands and options."""
    parser: argparse.ArgumentParser = Parser(prog="python -m train", description="Train a captioner.")
    commands = parser.add_subparsers(
        dest="command", required=True, metavar="features|fit|evaluate|to-pickle|join|average|nonpictures|people"
    )

    add_features(commands)
    add_fit(commands)
    add_evaluate(commands)
    add_to_pickle(commands)
    add_join(commands)
    add_average(commands)
    add_nonpictures(commands)
    add_people(commands)
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
    """Keep TensorFlow's news of itself out of the output, where its errors stay, and let it use the faster of its operators."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    # Unasked, TensorFlow takes oneDNN's convolutions on newer processors alone; on all of them a training step is shorter by a quarter.
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")
    logging.getLogger("tensorflow").setLevel(logging.ERROR)
