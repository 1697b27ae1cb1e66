"""The command `python -m export`: a run folder becomes a bundle; the others look into one or change it."""

import argparse
import sys
from collections.abc import Sequence

from edge_runtime.console.exits import run_safely
from export.commands import add_language, bundle, calibrate, check, package, redecode, sensitivity
from train.caches import place_caches
from train.cli import quiet_tensorflow
from train.commands.moved import pass_on

COMMANDS = {
    "check": check,
    "sensitivity": sensitivity,
    "redecode": redecode,
    "calibrate": calibrate,
    "package": package,
    "--add-language": add_language,
}
"""Name -> module of `export.commands`; without a name a bundle is made. The last one is written like an option of that."""
_ANYWHERE = "--add-language"
"""The command that may be named behind its options."""
_MOVED = {"across": "benchmarks"}
"""Old name of a command -> where it is now; the old name goes with the next release."""


def build_parser() -> argparse.ArgumentParser:
    """Return options of the command without a name; its help lists the others."""
    parser = bundle.build_parser()
    described = {name: module.build_parser().description for name, module in COMMANDS.items()}
    described |= {name: f"The same as 'python -m {house} {name}', its new name." for name, house in _MOVED.items()}
    widest = max(map(len, described))
    parser.epilog = "\n".join(
        ["other commands, each with --help:", *(f"  {name:<{widest}}  {text}" for name, text in described.items())]
    )
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Entry point; returns the exit status: 1 where a bundle falls short of the bars."""
    quiet_tensorflow()
    place_caches()
    argv = sys.argv[1:] if argv is None else list(argv)
    if _ANYWHERE in argv and argv[0] not in COMMANDS:
        argv = [_ANYWHERE, *(argument for argument in argv if argument != _ANYWHERE)]
    name = argv[0] if argv else ""
    if name in _MOVED:
        return run_safely(lambda: pass_on(_MOVED[name], name, argv[1:]), f"export {name}", "export")
    command = COMMANDS.get(name)
    # Parsing is part of it: what it prints may not be written.
    if command is not None:
        return run_safely(lambda: command.run(command.build_parser().parse_args(argv[1:])), f"export {name}", "export")
    return run_safely(lambda: bundle.run(build_parser().parse_args(argv)), "export", "export")
