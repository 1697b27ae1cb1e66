"""`python -m benchmarks viewers`: from a change in front of the camera to text on the page, and what viewers cost."""

import argparse
from pathlib import Path

from benchmarks.report.writing import add_record_options, check_out, hand_over


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser(
        "viewers", help="from a change to text on the live page, and what viewers of it cost", allow_abbrev=False
    )
    parser.add_argument(
        "--bundle", type=Path, metavar="BUNDLE", help="bundle folder or zip (default: the one that ships)"
    )
    parser.add_argument("--variant", metavar="V", help="default: as for 'edge-caption live'")
    parser.add_argument("--threads", type=int, metavar="N", help="processor threads (default: all, 4 at the most)")
    parser.add_argument("--pictures", type=Path, default=Path("examples"), help="folder of scenes (default: examples)")
    parser.add_argument("--scenes", type=int, default=60, help="scenes whose delay is measured, 2 s each (default: 60)")
    parser.add_argument("--viewers", type=int, default=50, metavar="N", help="who watch (default: 50)")
    parser.add_argument("--seconds", type=float, default=60.0, metavar="S", help="for so long (default: 60)")
    parser.add_argument("--browser", action="store_true", help="measure a real Chromium too")
    add_record_options(parser)
    parser.set_defaults(action=run)


def run(arguments: argparse.Namespace) -> int:
    """Measure; returns the exit status."""
    from benchmarks.live.viewers import ViewersOptions, measure_viewers, viewers_markdown
    from edge_runtime.console.exits import log

    check_out(arguments)
    options = ViewersOptions(
        arguments.bundle,
        arguments.variant,
        arguments.threads,
        arguments.pictures,
        arguments.scenes,
        arguments.viewers,
        arguments.seconds,
        arguments.browser,
    )
    record = measure_viewers(options, log)
    return hand_over(record, viewers_markdown(record), arguments)
