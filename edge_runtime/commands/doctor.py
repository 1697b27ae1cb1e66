"""`edge-caption doctor`: what this machine has for captions, and what to do about what it lacks."""

import argparse
import json
from dataclasses import asdict
from pathlib import Path

from edge_runtime.console.exits import emit


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser(
        "doctor", help="look at this machine: processor, packages, cameras, bundle", allow_abbrev=False
    )
    parser.add_argument(
        "--bundle",
        type=Path,
        metavar="PATH",
        help="folder or zip, or small or large where they are installed (default: the one that ships)",
    )
    parser.add_argument("--json", action="store_true", help="a list of objects: check, status, found, remedy")
    parser.set_defaults(action=_doctor)


def _doctor(arguments: argparse.Namespace) -> int:
    """Return exit status 1 if a row failed; warnings are no failure."""
    from edge_runtime.doctor.examine import examine, table

    checks = examine(arguments.bundle)
    print(
        json.dumps([asdict(check) for check in checks], indent=2, allow_nan=False) if arguments.json else table(checks)
    )
    counts = {status: sum(check.status == status for check in checks) for status in ("ok", "warning", "failed")}
    summary = ", ".join(f"{count} {status}" for status, count in counts.items())
    emit("edge-caption", summary)
    return 1 if counts["failed"] else 0
