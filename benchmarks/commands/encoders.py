"""`python -m benchmarks encoders`: what each encoder costs, on both runtimes, as ratios."""

import argparse
from pathlib import Path

from benchmarks.report.writing import add_record_options, check_out, hand_over


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser(
        "encoders", help="what each encoder costs, on both runtimes, as ratios", allow_abbrev=False
    )
    parser.add_argument("--encoders", nargs="+", metavar="NAME", help="default: all that are registered")
    parser.add_argument(
        "--pictures", type=Path, default=Path("examples"), help="folder of pictures (default: examples)"
    )
    parser.add_argument("--threads", type=int, default=1, help="default: 1")
    parser.add_argument("--rounds", type=int, default=50, help="pictures encoded by each (default: 50)")
    parser.add_argument(
        "--exports", type=Path, metavar="DIR", help="keep the exported bundles here, and use them again in another run"
    )
    add_record_options(parser)
    parser.set_defaults(action=run)


def run(arguments: argparse.Namespace) -> int:
    """Export and time the encoders; returns the exit status."""
    from benchmarks.encoders import encoders_markdown, encoders_picture, price_list
    from benchmarks.pictures import required_pictures
    from edge_runtime.captioner import MAX_THREADS
    from edge_runtime.console import log
    from edge_runtime.errors import OptionError
    from edge_runtime.files import check_folder
    from edge_runtime.validation import check_within
    from train.encoders.registry import ENCODERS, encoder_spec

    if arguments.rounds < 10:
        raise OptionError(f"--rounds {arguments.rounds}: at least 10 are needed for a median")
    check_within("--threads", [arguments.threads], 1, MAX_THREADS)
    pictures = required_pictures(arguments.pictures)
    names = [encoder_spec(name).name for name in dict.fromkeys(arguments.encoders or ENCODERS)]
    check_out(arguments)
    if arguments.exports is not None:
        check_folder(arguments.exports)
    found = price_list(names, pictures, arguments.threads, arguments.rounds, log, arguments.exports)
    more = {"encoders.png": encoders_picture(found)} if arguments.out is not None else None
    return hand_over(found, encoders_markdown(found), arguments, more)
