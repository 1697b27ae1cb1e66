"""The command `python -m train average`: the mean of the weights of several runs, as one run.

Runs that were begun with the same weights and differ in their seed lie close enough to each other for the mean of their weights to be as
good as the best of them, which nobody has to pick (Wortsman et al. 2022, arXiv 2203.05482, "uniform soup"). So may two be of which one was
trained on from the other.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from edge_runtime.console.terminal import plain
from edge_runtime.console.validation import file_or_folder
from train.errors import RunError

if TYPE_CHECKING:
    from train.runs.folder import RunFolder


_NETWORK = (
    "encoder",
    "encoder_sha256",
    "image_size",
    "decoder",
    "width",
    "embedding",
    "heads",
    "layers",
    "members",
    "language",
    "trains_encoder",
)
"""Of a run's configuration what the network is, and not how it was trained."""


def add_average(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to those of `python -m train`."""
    parser = commands.add_parser(
        "average", help="the mean of the weights of runs begun alike, as one run", allow_abbrev=False
    )
    parser.add_argument("members", nargs="+", type=file_or_folder, metavar="RUN", help="run folders")
    parser.add_argument("--run", type=file_or_folder, required=True, help="run folder to write")
    parser.add_argument(
        "--trained-otherwise",
        action="store_true",
        help="average runs of one network that were trained in several ways, too; look at the scores of what comes of it",
    )
    parser.set_defaults(action=_run)


def _run(arguments: argparse.Namespace) -> int:
    from train.runs.folder import RunFolder

    average([RunFolder(path) for path in arguments.members], arguments.run, arguments.trained_otherwise)
    print(f"{plain(str(arguments.run))}\tmean of {len(arguments.members)} runs")
    return 0


def average(members: "Sequence[RunFolder]", out: Path, trained_otherwise: bool = False) -> None:
    """Write a run whose weights are the mean of those that others scored best with.

    Args:
        members: Two runs or more that were begun with the same weights, of one configuration but for the seed.
        out: Run folder to write; its configuration is the first one's.
        trained_otherwise: Whether they may differ in more than the seed, as long as they are of one network and its words.

    Raises:
        RunError: Fewer than two, of several configurations or words, one without a finished epoch, or the folder cannot be written.
    """
    from train.runs.folder import RunFolder

    if len(members) < 2:
        raise RunError("average: pass two runs or more")
    first = members[0]
    config, vocabulary = first.config(), first.read_vocabulary()
    whole = RunFolder(out)
    whole.check_new()
    if not config.start_from:
        raise RunError(
            f"{first.path}: was begun with weights of its own; average runs that were begun alike (--start-from)"
        )
    stored = []
    for member in members:
        other = member.config()
        compared = _NETWORK if trained_otherwise else [name for name in vars(config) if name != "seed"]
        unlike = [name for name in compared if getattr(other, name) != getattr(config, name)]
        if unlike or member.read_vocabulary().words != vocabulary.words:
            what = ", ".join(unlike) or "words"
            raise RunError(
                f"{member.path}: differs from {first.path} in {what}; average runs that differ in --seed alone, "
                "or pass --trained-otherwise for runs of one network"
            )
        stored.append(member.read_best())
    places = [str(index) for index in range(len(stored[0]))]
    arrays = [
        np.mean([weights[place] for weights in stored], axis=0, dtype=np.float64).astype(stored[0][place].dtype)
        for place in places
    ]
    whole.write_made(config, first, [member.path for member in members], arrays)
