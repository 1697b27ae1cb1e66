"""`edge-caption bench`: how fast, how big, on this machine."""

import argparse
from pathlib import Path

from edge_runtime.bench.result import measured
from edge_runtime.commands.variant_option import add_plural
from edge_runtime.console.exits import emit
from edge_runtime.errors import PictureError


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser("bench", help="how fast a bundle is on this machine", allow_abbrev=False)
    parser.add_argument(
        "--bundle",
        type=Path,
        metavar="B",
        help="bundle folder or zip, or small or large where they are installed (default: the one that ships)",
    )
    parser.add_argument(
        "--variant",
        nargs="+",
        default=[],
        metavar="V",
        help="forms of the model, or 'all' that run here (default: the one that would be used)",
    )
    add_plural(parser, nargs="+")
    parser.add_argument("--expect-digest", metavar="SHA256", help="refuse every bundle but the one of this digest")
    parser.add_argument(
        "--threads",
        type=int,
        nargs="+",
        default=[],
        metavar="N",
        help="processor threads (default: all, 4 at the most)",
    )
    parser.add_argument(
        "--beam", type=int, nargs="+", default=[], metavar="K", help="hypotheses kept (default: the bundle's)"
    )
    parser.add_argument(
        "--language",
        nargs="+",
        default=[],
        metavar="TAG",
        help="of the sentences, several to compare (default: the bundle's own)",
    )
    parser.add_argument(
        "--pictures",
        type=Path,
        nargs="+",
        default=[],
        metavar="PATH",
        help="files or folders (default: made-up frames)",
    )
    parser.add_argument("--rounds", type=int, default=100, metavar="N", help="pictures for each (default: 100)")
    parser.add_argument(
        "--warm-up", type=float, default=2.0, metavar="S", help="seconds beforehand that do not count (default: 2)"
    )
    parser.add_argument("--json", action="store_true", help="the record as JSON instead of a table")
    parser.set_defaults(action=_bench)


def _bench(arguments: argparse.Namespace) -> int:
    """Return exit status 1 if the figures must not be believed."""
    from edge_runtime.bench.measure import BenchOptions, bench
    from edge_runtime.bench.table import bench_table

    options = BenchOptions(
        arguments.bundle,
        arguments.variant,
        arguments.threads,
        arguments.beam,
        _pictures(arguments.pictures),
        arguments.rounds,
        arguments.warm_up,
        arguments.expect_digest,
        arguments.language,
    )
    emit("edge-caption", "measuring; leave the machine alone meanwhile")
    record = bench(options)
    print(record.to_json() if arguments.json else bench_table(record), end="" if arguments.json else "\n")
    return measured(record, "edge-caption")


def _pictures(paths: list[Path]) -> list[Path]:
    from edge_runtime.pictures.listing import picture_files

    found = []
    for path in paths:
        inside = picture_files(path) if path.is_dir() else [path]
        if not inside:
            raise PictureError(f"{path}: a folder without pictures; name one that holds some")
        found += inside
    return found
