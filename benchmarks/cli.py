"""The command `python -m benchmarks`."""

import argparse
from collections.abc import Sequence

from benchmarks.commands import (
    across,
    arm64,
    compare,
    encoders,
    estimates,
    figures,
    journal,
    latency,
    limits,
    live,
    news,
    peers,
    quality,
    report,
    rules,
    scale,
    sizes,
    study,
    viewers,
)
from edge_runtime.console.arguments import Parser
from edge_runtime.console.exits import run_safely
from train.caches import place_caches

COMMANDS = (
    latency,
    quality,
    sizes,
    live,
    news,
    journal,
    viewers,
    limits,
    peers,
    encoders,
    compare,
    report,
    scale,
    study,
    arm64,
    across,
    estimates,
    figures,
    rules,
)
"""Modules of `benchmarks.commands`, in the order in which they are listed."""


def build_parser() -> argparse.ArgumentParser:
    """Return all commands and options."""
    parser: argparse.ArgumentParser = Parser(prog="python -m benchmarks", description="Measure a captioner.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for module in COMMANDS:
        module.add_parser(commands)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Entry point; returns the exit status."""
    place_caches()
    # Parsing is part of it: what it prints may not be written.
    return run_safely(lambda: _run(argv), "benchmarks", "bench")


def _run(argv: Sequence[str] | None) -> int:
    arguments = build_parser().parse_args(argv)
    return run_safely(lambda: int(arguments.action(arguments)), f"benchmarks {arguments.command}", "bench")
