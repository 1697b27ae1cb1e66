"""The command `edge-caption`."""

import argparse
import contextlib
import sys
from collections.abc import Callable, Sequence

from edge_runtime.console.arguments import Parser
from edge_runtime.console.exits import NO_STDOUT, run_safely
from edge_runtime.console.streams import open_streams, stdout_is_open
from edge_runtime.errors import SinkError


def build_parser() -> argparse.ArgumentParser:
    """Return all commands and options."""
    from edge_runtime import __version__
    from edge_runtime.commands import bench, bundle, caption, demo, doctor, journal, live, rules
    from edge_runtime.commands.examples import add_examples

    parser: argparse.ArgumentParser = Parser(
        prog="edge-caption", description="Turn pictures into sentences, on a small computer."
    )
    parser.add_argument("--version", action="version", version=f"edge-caption {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    caption.add_parser(commands)
    demo.add_parser(commands)
    live.add_parser(commands)
    journal.add_parser(commands)
    bench.add_parser(commands)
    bundle.add_parser(commands)
    rules.add_parser(commands)
    doctor.add_parser(commands)
    add_examples(parser)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Entry point; returns the exit status."""
    open_streams()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError, ValueError):
            # File names may hold bytes that are no text: they are printed as they came, or with escapes where that cannot be.
            utf8 = stream.encoding.lower() in ("utf-8", "utf8")
            stream.reconfigure(errors="surrogateescape" if utf8 else "backslashreplace")  # type: ignore[union-attr]
    return run_safely(lambda: _run(argv), "edge-caption")


def _run(argv: Sequence[str] | None) -> int:
    # Parsing is part of it: even the imports it needs may be interrupted.
    arguments = build_parser().parse_args(argv)
    if arguments.command != "live" and not stdout_is_open():  # `live` may write elsewhere, and looks itself
        raise SinkError(NO_STDOUT)
    action: Callable[[argparse.Namespace], int] = arguments.action
    return action(arguments)
