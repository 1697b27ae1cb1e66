"""`python -m benchmarks estimates`: what Raspberry Pis should take, from published encoder timings and a record of ours."""

import argparse
from pathlib import Path


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser(
        "estimates", help="an estimate of what Raspberry Pis take, from published timings", allow_abbrev=False
    )
    parser.add_argument(
        "record", type=Path, metavar="RECORD", help="JSON of 'latency' or 'edge-caption bench' with int8 on one thread"
    )
    parser.add_argument("--out", type=Path, metavar="DIR", help="write estimates.md into this folder")
    parser.set_defaults(action=run)


def run(arguments: argparse.Namespace) -> int:
    """Estimate; returns the exit status."""
    from benchmarks.estimates import estimates_markdown
    from edge_runtime.bench.result import Record
    from edge_runtime.files import check_folder, written_whole

    if arguments.out is not None:
        check_folder(arguments.out)
    page = estimates_markdown(Record.read(arguments.record), str(arguments.record))
    if arguments.out is not None:
        written_whole(arguments.out, {"estimates.md": page.encode()})
    print(page.rstrip("\n"))
    return 0
