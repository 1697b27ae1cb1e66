"""`python -m benchmarks report`: one page of everything that was measured."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from edge_runtime.terminal import plain

if TYPE_CHECKING:
    from edge_runtime.bundle.manifest import Manifest

_NARROW = 3
"""Hypotheses of a search that costs little more than greedy."""


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser(
        "report", help="one HTML file, Markdown and charts of the measurements in a folder", allow_abbrev=False
    )
    parser.add_argument(
        "records", type=Path, metavar="DIR", help="folder with the records that the other commands' --out wrote"
    )
    parser.add_argument(
        "--measure",
        action="store_true",
        help="measure what can be measured here first, a quarter of an hour: latency, limits, live, scale, peers, encoders",
    )
    parser.add_argument(
        "--data", type=Path, metavar="FLICKR8K", help="with --measure: quality too, on the test split of this folder"
    )
    parser.add_argument("--out", type=Path, metavar="DIR", help="where the report goes (default: the same folder)")
    parser.set_defaults(action=run)


def run(arguments: argparse.Namespace) -> int:
    """Write the report; returns the exit status."""
    from benchmarks.report.blocks import Chart, html_page, markdown_page
    from benchmarks.report.records import read_records
    from benchmarks.report.sections import sections
    from edge_runtime.files import check_folder, written_whole

    out = arguments.out or arguments.records
    if arguments.measure:
        check_folder(arguments.records)
        _measure(arguments.records, arguments.data)
    records = read_records(arguments.records)
    check_folder(out)
    blocks = sections(records)
    files = {"report.md": markdown_page(blocks).encode(), "report.html": html_page("edge-caption", blocks).encode()}
    files |= {block.name: block.png for block in blocks if isinstance(block, Chart)}
    for path in written_whole(out, files):
        print(plain(str(path)))
    return 0


def measured_beams(manifest: "Manifest") -> list[int]:
    """Beams that a report compares: greedy, a narrow one, and the one that the bundle searches with."""
    return sorted({1, _NARROW, manifest.decode.beam_width})


def _measure(folder: Path, data: Path | None) -> None:
    """Run what can run, each in a process of its own; what cannot says so on stderr, and the report marks it."""
    import os
    import subprocess
    import sys

    from edge_runtime.bundle.reader import Bundle
    from edge_runtime.console import log

    beams = ["--beam", *map(str, measured_beams(Bundle().manifest))]
    wanted = [
        ["latency", "--threads", "1", "2", *beams],
        *([["quality", "--data", str(data), "--split", "test", *beams]] if data else []),
        ["limits"],
        ["live"],
        ["scale"],
        ["peers"],
        ["encoders"],
    ]
    path = os.pathsep.join(filter(None, (str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH"))))
    for command in wanted:
        log(f"python -m benchmarks {' '.join(command)}")
        # -P: a file in the current folder must not pass for a library; the checkout is named instead.
        subprocess.run(
            [sys.executable, "-P", "-m", "benchmarks", *command, "--out", str(folder)],
            stdout=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": path},
            check=False,
        )
