"""`python -m export check`: a bundle's variants against its float one."""

import argparse
from pathlib import Path

from edge_runtime.arguments import Parser
from edge_runtime.console import EXIT_PARTLY, log
from edge_runtime.terminal import plain
from edge_runtime.validation import file_or_folder, whole_number
from train.datasets.options import add_data_options, check_counts, data_source


def build_parser() -> argparse.ArgumentParser:
    """Options of `check`."""
    parser: argparse.ArgumentParser = Parser(
        prog="python -m export check", description="Hold a bundle's variants against its float one."
    )
    parser.add_argument("bundle", nargs="?", type=file_or_folder, help="folder or zip (default: the one that ships)")
    parser.add_argument(
        "--out",
        type=file_or_folder,
        default=Path("parity"),
        metavar="DIR",
        help="for JSON, Markdown, PNG (default: parity)",
    )
    parser.add_argument("--reference", default="onnx-fp32", metavar="V", help="default: onnx-fp32")
    parser.add_argument("--dev-pictures", type=whole_number, help="dev pictures to caption, at the most (default: all)")
    parser.add_argument("--beam", type=whole_number, help="default: the bundle's")
    parser.add_argument("--threads", type=whole_number, default=2, help="of the encoder, for the times (default: 2)")
    parser.add_argument(
        "--rounds", type=whole_number, default=200, help="captions timed for each variant (default: 200)"
    )
    add_data_options(parser)
    return parser


def run(arguments: argparse.Namespace) -> int:
    """Run the command; returns the exit status."""
    from edge_runtime.files import check_folder
    from export.parity.check import CheckOptions, check
    from export.parity.report import write_parity

    check_counts(arguments, "beam", "dev_pictures", "threads", "rounds")
    check_folder(arguments.out)
    source = data_source(arguments)
    options = CheckOptions(
        arguments.bundle,
        source,
        arguments.reference,
        arguments.dev_pictures,
        arguments.beam,
        arguments.threads,
        arguments.rounds,
    )
    report = check(options, log)
    for path in write_parity(report, arguments.out):
        print(plain(str(path)))
    for failure in report.failures:
        log(f"export check: {failure}")
    return EXIT_PARTLY if report.failures else 0
