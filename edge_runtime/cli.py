"""The command `edge-caption`."""

import argparse
import contextlib
import sys
from collections.abc import Callable, Sequence

from edge_runtime import __version__
from edge_runtime.commands import bundle, caption
from edge_runtime.exits import run_safely


def build_parser() -> argparse.ArgumentParser:
    """All commands and options."""
    parser = argparse.ArgumentParser(
        prog="edge-caption", description="Turn pictures into sentences, on a small computer.", allow_abbrev=False
    )
    parser.add_argument("--version", action="version", version=f"edge-caption {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    caption.add_parser(commands)
    bundle.add_parser(commands)
    return parser


def run(arguments: argparse.Namespace) -> int:
    """Carry out parsed arguments; returns the exit status."""
    action: Callable[[argparse.Namespace], int] = arguments.action
    return run_safely(lambda: action(arguments), "edge-caption")


def main(argv: Sequence[str] | None = None) -> int:
    """Entry point; returns the exit status."""
    with contextlib.suppress(AttributeError, ValueError):
        # File names may hold bytes that are no text; they are printed as they came.
        sys.stdout.reconfigure(errors="surrogateescape")  # type: ignore[union-attr]
        sys.stderr.reconfigure(errors="surrogateescape")  # type: ignore[union-attr]
    return run(build_parser().parse_args(argv))
