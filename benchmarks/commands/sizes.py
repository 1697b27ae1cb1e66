"""`python -m benchmarks sizes`: bytes, milliseconds and scores of bundles of several sizes, in one run."""

import argparse
from pathlib import Path

from benchmarks.commands.timing_options import add_timing_options
from benchmarks.report.writing import add_record_options, check_out, hand_over
from edge_runtime.bundle.installed import DEFAULT, PACKAGES
from edge_runtime.commands.variant_option import add_variants
from train.datasets.base import Split
from train.datasets.named_sets import add_named_sets, named_sets
from train.datasets.options import check_counts

_SPLITS: tuple[Split, ...] = ("dev", "test")


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser(
        "sizes", help="bytes, milliseconds and CIDEr of bundles of several sizes, in one run", allow_abbrev=False
    )
    parser.add_argument(
        "--bundle",
        type=Path,
        nargs="+",
        default=[Path(name) for name in (DEFAULT, *PACKAGES)],
        metavar="BUNDLE",
        help=f"names, folders or zips; ratios are to the first (default: {' '.join((DEFAULT, *PACKAGES))})",
    )
    add_variants(parser)
    parser.add_argument("--threads", type=int, default=2, metavar="N", help="default: 2")
    parser.add_argument("--beam", type=int, nargs="+", default=[1, 3], metavar="K", help="default: 1, greedy, and 3")
    add_timing_options(parser)
    parser.add_argument("--limit", type=int, metavar="N", help="pictures scored (default: all of the split)")
    add_named_sets(parser, _SPLITS)
    add_record_options(parser)
    parser.set_defaults(action=run)


def run(arguments: argparse.Namespace) -> int:
    """Measure; returns the exit status."""
    from benchmarks.bundles.sizes import SizesOptions, sizes, sizes_markdown
    from edge_runtime.console.exits import log

    check_counts(arguments, "limit")
    check_out(arguments)
    options = SizesOptions(
        arguments.bundle,
        arguments.variants,
        arguments.pictures,
        arguments.threads,
        list(dict.fromkeys(arguments.beam)),
        arguments.rounds,
        arguments.warm_up,
        arguments.limit,
    )
    record = sizes(options, named_sets(arguments, _SPLITS), log)
    return hand_over(record, sizes_markdown(record), arguments)
