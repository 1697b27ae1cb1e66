"""`python -m benchmarks across`: the same pictures captioned here and on an emulated ARM processor, side by side."""

import argparse
from pathlib import Path

from edge_runtime.console import log
from edge_runtime.terminal import plain
from edge_runtime.validation import file_or_folder, whole_number
from train.datasets.options import check_counts


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser("across", help="a bundle's graphs here and on an emulated ARM processor, side by side")
    parser.add_argument("bundle", nargs="?", type=file_or_folder, help="folder or zip (default: the one that ships)")
    parser.add_argument("--root", type=file_or_folder, required=True, help="what deploy/arm64/make_root.sh made")
    parser.add_argument("--images", type=file_or_folder, required=True, help="folder of pictures")
    parser.add_argument(
        "--pictures", type=whole_number, default=50, help="how many of them, spread evenly (default: 50)"
    )
    parser.add_argument("--cpu", default="cortex-a72", help="that QEMU plays (default: cortex-a72, a Raspberry Pi 4)")
    parser.add_argument(
        "--out",
        type=file_or_folder,
        default=Path("across"),
        metavar="DIR",
        help="for JSON and Markdown (default: across)",
    )
    parser.set_defaults(action=run)


def run(arguments: argparse.Namespace) -> int:
    """Compare; returns the exit status."""
    from benchmarks.arm64.graphs import compare
    from benchmarks.pictures import required_pictures
    from edge_runtime.files import check_folder
    from export.report_files import write_report

    check_counts(arguments, "pictures")
    check_folder(arguments.out)
    images = required_pictures(arguments.images, "--images")
    chosen = images[:: max(1, len(images) // arguments.pictures)][: arguments.pictures]
    report = compare(arguments.bundle, chosen, arguments.root, arguments.cpu, log)
    for path in write_report(arguments.out, "across", report.to_dict(), report.to_markdown()):
        print(plain(str(path)))
    return 0
