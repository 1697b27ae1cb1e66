"""`python -m benchmarks latency`: milliseconds a picture, everything side by side."""

import argparse
from pathlib import Path

from benchmarks.commands.timing_options import add_timing_options
from benchmarks.report.writing import add_record_options, check_out, hand_over
from edge_runtime.commands.variant_option import add_variants


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser(
        "latency", help="milliseconds a picture: bundles, variants, threads and beams side by side", allow_abbrev=False
    )
    parser.add_argument(
        "--bundle",
        type=Path,
        nargs="+",
        metavar="BUNDLE",
        help="bundle folder or zip, or several to compare (default: the one that ships, unless --encoders are named)",
    )
    parser.add_argument(
        "--encoders",
        nargs="+",
        default=[],
        metavar="NAME",
        help="encoders to export untrained and measure beside the bundles",
    )
    add_variants(parser)
    parser.add_argument("--threads", type=int, nargs="+", default=[2], metavar="N", help="default: 2")
    parser.add_argument("--beam", type=int, nargs="+", default=[1], metavar="K", help="default: 1, greedy")
    parser.add_argument(
        "--language",
        nargs="+",
        default=[],
        metavar="TAG",
        help="of the sentences; several are compared a word, and the first beside each other of one frame, as languages.json",
    )
    add_timing_options(parser)
    add_record_options(parser)
    parser.set_defaults(action=run)


def run(arguments: argparse.Namespace) -> int:
    """Measure; returns the exit status."""
    from benchmarks.bundles.latency import LatencyOptions, latency, latency_markdown
    from edge_runtime.console.exits import log

    check_out(arguments)
    options = LatencyOptions(
        arguments.bundle or ([] if arguments.encoders else [None]),
        arguments.encoders,
        arguments.variants,
        arguments.pictures,
        arguments.threads,
        arguments.beam,
        arguments.rounds,
        arguments.warm_up,
        arguments.language,
    )
    record = latency(options, log)
    return hand_over(record, latency_markdown(record), arguments)
