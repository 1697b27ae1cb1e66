"""How a measurement of the workshop is handed over: printed, written as KIND.json and KIND.md, doubted."""

import argparse
from collections.abc import Mapping
from pathlib import Path

from edge_runtime.bench.result import Record
from edge_runtime.console import measured
from edge_runtime.files import check_folder, written_whole
from export.bundling.markdown import narrow


def add_record_options(parser: argparse.ArgumentParser) -> None:
    """Add `--json` and `--out`."""
    parser.add_argument("--json", action="store_true", help="the record as JSON instead of a table")
    parser.add_argument(
        "--out", type=Path, metavar="DIR", help="write the record as JSON and Markdown into this folder"
    )


def check_out(arguments: argparse.Namespace) -> None:
    """Refuse an `--out` that cannot be written, before minutes of work go into it.

    Raises:
        OutputError: It cannot be.
    """
    if arguments.out is not None:
        check_folder(arguments.out)


def heading(record: Record, title: str) -> list[str]:
    """The first lines of a record's Markdown: title, warnings, machine, versions, date.

    Args:
        record: What was measured.
        title: In plain words.
    """
    machine = record.machine
    board = f"{machine['board']}, " if machine["board"] else ""
    packages = ", ".join(f"{name} {version}" for name, version in machine["packages"].items())
    options = ", ".join(f"{name.replace('_', ' ')} {_plain(value)}" for name, value in record.options.items())
    return [
        f"# {title}",
        "",
        *(f"**Not valid**: {warning}.\n" for warning in record.warnings),
        f"{board}{machine['cpu']} ({' '.join(machine['cpu_features']) or 'no features known'}), {machine['cores']} cores, "
        f"governor {machine['governor'] or 'not told'}; {machine['system']}, Python {machine['python']}, {packages}; {record.date}.",
        "",
        f"Asked for: {options}.",
        "",
    ]


def _plain(value: object) -> str:
    if isinstance(value, list):
        return " ".join(_plain(entry) for entry in value) or "none"
    return "default" if value is None else str(value)


def hand_over(
    record: Record, markdown: str, arguments: argparse.Namespace, more: Mapping[str, bytes] | None = None
) -> int:
    """Print a record as `--json` asks, write it where `--out` says, and say on stderr if it must not be believed.

    Args:
        record: What was measured.
        markdown: The same for people.
        arguments: With `json` and `out`, see `add_record_options`.
        more: Further files for the folder, name -> content.

    Returns:
        The exit status: 1 if the record must not be believed.

    Raises:
        OutputError: The folder cannot be written.
    """
    if arguments.out is not None:
        files = {f"{record.kind}.json": record.to_json().encode(), f"{record.kind}.md": narrow(markdown).encode()}
        written_whole(arguments.out, {**files, **(more or {})})
    print((record.to_json() if arguments.json else markdown).rstrip("\n"))
    return measured(record, f"benchmarks {record.kind}")
