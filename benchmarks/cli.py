"""The command `python -m benchmarks latency`."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from edge_runtime.exits import run_safely


def build_parser() -> argparse.ArgumentParser:
    """All commands and options."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description="Measure a captioner.", allow_abbrev=False
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="latency")
    latency = commands.add_parser("latency", help="milliseconds a picture, variants side by side", allow_abbrev=False)
    latency.add_argument(
        "--bundle",
        type=Path,
        nargs="+",
        metavar="BUNDLE",
        help="bundle folder or zip, or several to compare (default: the one that ships)",
    )
    latency.add_argument("--variants", nargs="+", metavar="V", help="default: all of the bundle's")
    latency.add_argument(
        "--pictures", type=Path, default=Path("examples"), help="folder of pictures (default: examples)"
    )
    latency.add_argument("--threads", type=int, default=2, help="default: 2")
    latency.add_argument("--beam", type=int, default=1, help="default: 1, greedy")
    latency.add_argument("--rounds", type=int, default=200, help="pictures captioned by each variant (default: 200)")
    latency.add_argument("--json", action="store_true", help="figures as JSON")
    latency.set_defaults(action=_latency)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Entry point; returns the exit status."""
    arguments = build_parser().parse_args(argv)
    return run_safely(lambda: int(arguments.action(arguments)), f"benchmarks {arguments.command}", "bench")


def _latency(arguments: argparse.Namespace) -> int:
    from benchmarks.latency import Latency, LatencyOptions

    options = LatencyOptions(
        arguments.bundle or [None],
        arguments.variants,
        arguments.pictures,
        arguments.threads,
        arguments.beam,
        arguments.rounds,
    )
    report = Latency(options).run()
    print(report.to_json() if arguments.json else report.to_markdown())
    return 0
