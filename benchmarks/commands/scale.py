"""`python -m benchmarks scale`: time and memory against pictures, cameras, words, input size and threads."""

import argparse
from pathlib import Path

from benchmarks.report.writing import add_record_options, check_out, hand_over


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser(
        "scale", help="time and memory against pictures, cameras, words, input size, threads", allow_abbrev=False
    )
    parser.add_argument(
        "--bundle", type=Path, metavar="BUNDLE", help="bundle folder or zip (default: the one that ships)"
    )
    parser.add_argument("--variant", metavar="V", help="default: as for 'edge-caption caption'")
    parser.add_argument("--threads", type=int, metavar="N", help="processor threads (default: all, 4 at the most)")
    parser.add_argument("--beam", type=int, default=1, metavar="K", help="hypotheses kept (default: 1, greedy)")
    parser.add_argument(
        "--pictures-most", type=int, default=20_000, metavar="N", help="pictures of the longest run (default: 20000)"
    )
    parser.add_argument("--quick", action="store_true", help="few points and rounds, to try the command: not valid")
    add_record_options(parser)
    parser.set_defaults(action=run)


def run(arguments: argparse.Namespace) -> int:
    """Measure; returns the exit status."""
    from benchmarks.scale.axes import FULL, QUICK, ScaleOptions
    from benchmarks.scale.scaling import scale
    from benchmarks.scale.table import scale_markdown
    from edge_runtime.bundle.manifest import MAX_BEAM
    from edge_runtime.console import log
    from edge_runtime.validation import check_within

    check_within("--beam", [arguments.beam], 1, MAX_BEAM)
    check_out(arguments)
    options = ScaleOptions(
        arguments.bundle,
        arguments.variant,
        arguments.threads,
        arguments.beam,
        arguments.pictures_most,
        QUICK if arguments.quick else FULL,
    )
    record = scale(options, log)
    return hand_over(record, scale_markdown(record), arguments)
