"""`python -m benchmarks news`: what is news and what is noise to the live loop."""

import argparse
from pathlib import Path

from benchmarks.report.writing import add_record_options, check_out, hand_over


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser(
        "news", help="scenes told in time, and events of scenes in which nothing happens", allow_abbrev=False
    )
    parser.add_argument(
        "--bundle", type=Path, metavar="BUNDLE", help="bundle folder or zip (default: the one that ships)"
    )
    parser.add_argument("--variant", metavar="V", help="default: as for 'edge-caption live'")
    parser.add_argument("--threads", type=int, metavar="N", help="processor threads (default: all, 4 at the most)")
    parser.add_argument(
        "--pictures",
        type=Path,
        required=True,
        metavar="FOLDER",
        help="photographs that scenes are made of, 200 or more",
    )
    parser.add_argument(
        "--objects", type=Path, metavar="FOLDER", help="photographs that things are cut out of (default: the same)"
    )
    parser.add_argument("--scenes", type=int, default=300, metavar="N", help="scenes of 2 s (default: 300)")
    parser.add_argument(
        "--stills", type=int, default=12, metavar="N", help="still scenes of each disturbance (default: 12)"
    )
    parser.add_argument("--seconds", type=float, default=60.0, metavar="S", help="of a still scene (default: 60)")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="of what is left to chance (default: 0)")
    add_record_options(parser)
    parser.set_defaults(action=run)


def run(arguments: argparse.Namespace) -> int:
    """Measure; returns the exit status."""
    from benchmarks.live.news import NewsOptions, measure_news, news_markdown
    from edge_runtime.console.exits import log

    check_out(arguments)
    options = NewsOptions(
        arguments.bundle,
        arguments.variant,
        arguments.threads,
        arguments.pictures,
        arguments.objects,
        arguments.scenes,
        arguments.stills,
        arguments.seconds,
        arguments.seed,
    )
    record = measure_news(options, log)
    return hand_over(record, news_markdown(record), arguments)
