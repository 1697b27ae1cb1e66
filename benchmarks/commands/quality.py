"""`python -m benchmarks quality`: scores of every variant, by the official protocol."""

import argparse
from pathlib import Path

from benchmarks.report.writing import add_record_options, check_out, hand_over
from edge_runtime.commands.variant_option import add_variants
from train.datasets.base import Split
from train.datasets.named_sets import add_named_sets, named_sets
from train.datasets.options import check_counts

_SPLITS: tuple[Split, ...] = ("dev", "test")


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser(
        "quality", help="CIDEr, BLEU, METEOR and ROUGE-L of every variant, as the device runs it", allow_abbrev=False
    )
    parser.add_argument(
        "--bundle", type=Path, metavar="BUNDLE", help="bundle folder or zip (default: the one that ships)"
    )
    add_variants(parser)
    parser.add_argument("--beam", type=int, nargs="+", default=[], metavar="K", help="default: the bundle's")
    parser.add_argument("--limit", type=int, metavar="N", help="pictures scored (default: all of the split)")
    parser.add_argument(
        "--language",
        metavar="TAG",
        help="of the sentences and the captions, one that the bundle speaks (default: its own); "
        "of another than English the record is quality-TAG.json",
    )
    add_named_sets(parser, _SPLITS)
    add_record_options(parser)
    parser.set_defaults(action=run)


def run(arguments: argparse.Namespace) -> int:
    """Measure; returns the exit status."""
    from benchmarks.bundles.quality import QualityOptions, quality, quality_markdown
    from edge_runtime.bundle.manifest import MAX_BEAM
    from edge_runtime.console.exits import log
    from edge_runtime.console.validation import check_within

    check_counts(arguments, "limit")
    check_within("--beam", arguments.beam, 1, MAX_BEAM)
    check_out(arguments)
    sets = named_sets(arguments, _SPLITS)
    beams = list(dict.fromkeys(arguments.beam))
    options = QualityOptions(arguments.bundle, arguments.variants, beams, arguments.limit, arguments.language)
    record = quality(options, sets, log)
    return hand_over(record, quality_markdown(record), arguments)
