"""The command `edge-caption`."""

import argparse
import contextlib
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from edge_runtime import __version__
from edge_runtime.errors import EdgeCaptionError

EXIT_PARTLY, EXIT_FAILED, EXIT_INTERRUPTED = 1, 2, 130


def build_parser() -> argparse.ArgumentParser:
    """All commands and options."""
    parser = argparse.ArgumentParser(
        prog="edge-caption", description="Turn pictures into sentences, on a small computer.", allow_abbrev=False
    )
    parser.add_argument("--version", action="version", version=f"edge-caption {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    from edge_runtime.commands import bundle, caption

    caption.add_parser(commands)
    bundle.add_parser(commands)
    return parser


def add_bundle_option(parser: argparse.ArgumentParser) -> None:
    """The option that names a bundle."""
    parser.add_argument("--bundle", type=Path, metavar="B", help="bundle folder or zip (default: the one that ships)")


def run_safely(action: Callable[[], int], program: str, extra: str | None = None) -> int:
    """Run a command: its errors become one sentence on stderr and an exit status.

    Args:
        action: The command.
        program: Name that leads the sentence.
        extra: The extra that installs what the command imports.

    Returns:
        The action's own status; 2 on an error; 130 on Ctrl-C; 0 when the reader of a pipe has left.
    """
    try:
        return action()
    except EdgeCaptionError as error:
        print(f"{program}: {error}", file=sys.stderr)
        return EXIT_FAILED
    except ModuleNotFoundError as error:
        remedy = f"edge-caption[{extra}]" if extra else error.name
        print(f"{program}: the package '{error.name}' is not installed; run: pip install '{remedy}'", file=sys.stderr)
        return EXIT_FAILED
    except KeyboardInterrupt:
        print(f"{program}: interrupted", file=sys.stderr)
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # Python would complain once more while it flushes stdout at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        print(f"{program}: {where}{error.strerror or error}; check the path, its permissions and the disk", file=sys.stderr)
        return EXIT_FAILED


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
