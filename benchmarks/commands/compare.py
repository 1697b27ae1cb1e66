"""`python -m benchmarks compare A.json B.json`: regressions past the noise."""

import argparse
import json
from dataclasses import asdict
from pathlib import Path


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser(
        "compare", help="what became worse between two measurements; exit status 1 if anything did", allow_abbrev=False
    )
    parser.add_argument(
        "before", type=Path, metavar="A.json", help="the earlier one, of any command here or of 'bench'"
    )
    parser.add_argument("after", type=Path, metavar="B.json", help="the later one, of the same command")
    parser.add_argument("--json", action="store_true", help="every figure, as JSON")
    parser.set_defaults(action=run)


def run(arguments: argparse.Namespace) -> int:
    """Compare; returns 1 if something became worse."""
    from benchmarks.report.comparison import compare
    from edge_runtime.bench.result import Record

    found = compare(Record.read(arguments.before), Record.read(arguments.after))
    if arguments.json:
        print(json.dumps({**asdict(found), "verdict": found.verdict}, indent=2))
    else:
        print(found.to_markdown(), end="")
    return 1 if found.regressions else 0
