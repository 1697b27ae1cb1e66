"""`python -m benchmarks limits`: how close a caption is to its graphs, and they to the machine."""

import argparse
from pathlib import Path

from benchmarks.report.writing import add_record_options, check_out, hand_over
from edge_runtime.commands.variant_option import add_variants


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser(
        "limits", help="a caption against its graphs alone, and these against the machine's peak", allow_abbrev=False
    )
    parser.add_argument(
        "--bundle", type=Path, metavar="BUNDLE", help="bundle folder or zip (default: the one that ships)"
    )
    add_variants(parser)
    parser.add_argument(
        "--pictures", type=Path, default=Path("examples"), help="folder of pictures (default: examples)"
    )
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2], metavar="N", help="default: 1 2")
    parser.add_argument("--rounds", type=int, default=200, help="captions of each (default: 200)")
    add_record_options(parser)
    parser.set_defaults(action=run)


def run(arguments: argparse.Namespace) -> int:
    """Measure; returns the exit status."""
    from benchmarks.bundles.latency import decoded
    from benchmarks.limits.limits import LimitsOptions, limits
    from benchmarks.limits.table import limits_markdown
    from edge_runtime.bench.interleaved import FEWEST_ROUNDS, MAX_ROUNDS
    from edge_runtime.captioner import MAX_THREADS
    from edge_runtime.console.exits import log
    from edge_runtime.console.validation import check_within

    check_within("--rounds", [arguments.rounds], FEWEST_ROUNDS, MAX_ROUNDS)
    check_within("--threads", arguments.threads, 1, MAX_THREADS)
    check_out(arguments)
    pictures = decoded(arguments.pictures)
    options = LimitsOptions(
        arguments.bundle, arguments.variants, list(dict.fromkeys(arguments.threads)), arguments.rounds, pictures
    )
    record = limits(options, log)
    return hand_over(record, limits_markdown(record), arguments)
