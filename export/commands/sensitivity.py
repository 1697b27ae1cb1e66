"""`python -m export sensitivity`: a run's layers ranked by what int8 costs."""

import argparse
from pathlib import Path

from edge_runtime.arguments import Parser
from edge_runtime.console import log
from edge_runtime.terminal import plain
from edge_runtime.validation import file_or_folder, whole_number
from export.calibration.ranges import METHODS
from train.datasets.options import add_data_options, data_source_if_named


def build_parser() -> argparse.ArgumentParser:
    """Options of `sensitivity`."""
    parser: argparse.ArgumentParser = Parser(
        prog="python -m export sensitivity", description="Rank a run's layers by what int8 costs."
    )
    parser.add_argument("--run", type=file_or_folder, required=True, help="run folder of 'python -m train fit'")
    parser.add_argument(
        "--out",
        type=file_or_folder,
        default=Path("sensitivity"),
        metavar="DIR",
        help="for JSON and Markdown (default: sensitivity)",
    )
    parser.add_argument(
        "--encoder-weights", type=file_or_folder, metavar="FILE", help="its weights file, where the run was given one"
    )
    parser.add_argument("--calibration-method", choices=METHODS, default="percentile", help="default: percentile")
    parser.add_argument(
        "--calibration", type=whole_number, default=200, help="training pictures to calibrate on (default: 200)"
    )
    parser.add_argument("--seed", type=whole_number, default=0, help="of their choice (default: 0)")
    add_data_options(parser)
    return parser


def run(arguments: argparse.Namespace) -> int:
    """Run the command; returns the exit status."""
    from edge_runtime.files import check_folder
    from export.bundling.network import Network
    from export.bundling.sensitivity import sensitivity
    from export.bundling.trained_run import TrainedRun
    from export.report_files import write_report

    check_folder(arguments.out)
    run = TrainedRun(arguments.run, data_source_if_named(arguments), arguments.encoder_weights, ["train"], None, log)
    names = run.calibration(arguments.calibration, arguments.seed)
    encoder, decoder, regions = run.load()
    method = arguments.calibration_method
    network = Network(encoder, decoder, regions, run.dataset.images, names, run.search(None, None), method, log)
    report = sensitivity(network, method, log)
    for path in write_report(arguments.out, "sensitivity", report.to_dict(), report.to_markdown()):
        print(plain(str(path)))
    return 0
