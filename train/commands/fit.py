"""The command `python -m train fit`: from captions and pictures to a run."""

import argparse

from edge_runtime.console.terminal import plain
from train.commands.run_options import add_encoder_options, add_fit_options, training_job
from train.datasets.options import add_data_options


def add_fit(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `fit` to the commands of `python -m train`."""
    fit = commands.add_parser("fit", help="train a decoder, or go on training it", allow_abbrev=False)
    add_data_options(fit)
    add_encoder_options(fit)
    add_fit_options(fit)
    fit.set_defaults(action=_fit)


def _fit(arguments: argparse.Namespace) -> int:
    job = training_job(arguments)
    from train.fitting.plan import Preparation
    from train.fitting.trainer import Trainer
    from train.scoring.metrics import require_java

    require_java(job.config.language)
    state = Trainer(Preparation(job).plan()).run()
    print(f"{plain(str(job.run))}\t{state.outcome()}")
    return 0
