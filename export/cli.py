"""The command `python -m export`: a run folder becomes a bundle; `check`, `sensitivity` and `redecode` look into one."""

import argparse
import sys
from collections.abc import Sequence

from edge_runtime.console import run_safely
from export.commands import bundle, check, redecode, sensitivity
from train.caches import place_caches
from train.cli import quiet_tensorflow
from train.commands.moved import pass_on

COMMANDS = {"check": check, "sensitivity": sensitivity, "redecode": redecode}
"""Name -> module of `export.commands`; without a name a bundle is made."""


def build_parser() -> argparse.ArgumentParser:
    """Options of the command without a name."""
    return bundle.build_parser()


def main(argv: Sequence[str] | None = None) -> int:
    """Entry point; returns the exit status: 1 where a bundle falls short of the bars."""
    quiet_tensorflow()
    place_caches()
    argv = sys.argv[1:] if argv is None else list(argv)
    if argv[:1] == ["across"]:
        return run_safely(lambda: pass_on("benchmarks", "across", argv[1:]), "export across", "export")
    command = COMMANDS.get(argv[0] if argv else "")
    # Parsing is part of it: what it prints may not be written.
    if command is not None:
        return run_safely(
            lambda: command.run(command.build_parser().parse_args(argv[1:])), f"export {argv[0]}", "export"
        )
    return run_safely(lambda: bundle.run(bundle.build_parser().parse_args(argv)), "export", "export")
