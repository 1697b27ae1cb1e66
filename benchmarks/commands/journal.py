"""`python -m benchmarks journal`: a million scenes, and writers that are killed."""

import argparse
import tempfile
from pathlib import Path

from benchmarks.report.writing import add_record_options, check_out, hand_over


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser(
        "journal", help="a journal of a million scenes: insert, search, likeness, memory, kill -9", allow_abbrev=False
    )
    parser.add_argument("--events", type=int, default=1_000_000, metavar="N", help="scenes (default: 1000000)")
    parser.add_argument("--kills", type=int, default=100, metavar="N", help="writers that are killed (default: 100)")
    parser.add_argument(
        "--folder", type=Path, metavar="DIR", help="where the journals are made (default: a temporary folder)"
    )
    parser.add_argument(
        "--keep", action="store_true", help="leave the filled journal in --folder, and use one that is there"
    )
    add_record_options(parser)
    parser.set_defaults(action=run)


def run(arguments: argparse.Namespace) -> int:
    """Measure; returns the exit status."""
    from benchmarks.journal.journal import JournalBenchOptions, journal_markdown, measure_journal
    from edge_runtime.console.exits import log
    from edge_runtime.files import check_folder

    check_out(arguments)
    with tempfile.TemporaryDirectory(prefix="journal.") as made:
        folder = arguments.folder or Path(made)
        check_folder(folder)
        options = JournalBenchOptions(
            arguments.events, arguments.kills, folder, arguments.keep and arguments.folder is not None
        )
        record = measure_journal(options, log)
    return hand_over(record, journal_markdown(record), arguments)
