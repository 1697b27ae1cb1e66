"""`python -m benchmarks figures`: the figures in the documents, held against the records or refreshed from them."""

import argparse
from pathlib import Path


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser(
        "figures", help="hold the figures of README and the guides against the records", allow_abbrev=False
    )
    parser.add_argument("--root", type=Path, default=Path(), metavar="DIR", help="the checkout (default: this folder)")
    parser.add_argument("--write", action="store_true", help="put the records' figures into the documents")
    parser.set_defaults(action=run)


def run(arguments: argparse.Namespace) -> int:
    """Check or refresh; returns the exit status: 1 if a figure differs, or is of no record."""
    from benchmarks.figures import check_documents

    found = check_documents(arguments.root, arguments.write)
    for sentence in found:
        print(sentence)
    wrong = [sentence for sentence in found if not (arguments.write and sentence.written)]
    if not wrong:
        print(f"{len(found)} figures refreshed" if found else "every figure is the record's")
    return 1 if wrong else 0
