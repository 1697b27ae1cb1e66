"""`python -m benchmarks live`: age of captions, processor time, energy, scenes missed, a sink that hangs."""

import argparse
from pathlib import Path

from benchmarks.report.writing import add_record_options, check_out, hand_over


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser(
        "live", help="age of captions, processor time and energy, scenes missed, a sink that hangs", allow_abbrev=False
    )
    parser.add_argument(
        "--bundle", type=Path, metavar="BUNDLE", help="bundle folder or zip (default: the one that ships)"
    )
    parser.add_argument("--variant", metavar="V", help="default: as for 'edge-caption live'")
    parser.add_argument("--pictures", type=Path, default=Path("examples"), help="folder of scenes (default: examples)")
    parser.add_argument(
        "--scenes",
        type=int,
        default=300,
        help="scenes shown, again from the first where there are fewer (default: 300)",
    )
    parser.add_argument(
        "--seconds",
        type=float,
        default=20.0,
        metavar="S",
        help="of the still scene; a sink hangs half as long, a scene is shown for a tenth of it (default: 20)",
    )
    parser.add_argument("--clip", type=Path, metavar="VIDEO", help="video whose captions' age is measured too")
    parser.add_argument("--threads", type=int, metavar="N", help="processor threads (default: all, 4 at the most)")
    add_record_options(parser)
    parser.set_defaults(action=run)


def run(arguments: argparse.Namespace) -> int:
    """Measure; returns the exit status."""
    from benchmarks.live.live import LiveBenchOptions, live_markdown, measure_live
    from edge_runtime.console import log

    check_out(arguments)
    options = LiveBenchOptions(
        arguments.bundle,
        arguments.variant,
        arguments.threads,
        arguments.pictures,
        arguments.scenes,
        arguments.seconds,
        arguments.clip,
    )
    record = measure_live(options, log)
    return hand_over(record, live_markdown(record), arguments)
