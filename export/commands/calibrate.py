"""`python -m export calibrate`: a bundle learns when its sentences can be trusted."""

import argparse
from pathlib import Path

from edge_runtime.console.arguments import Parser
from edge_runtime.console.exits import log
from edge_runtime.console.terminal import plain
from edge_runtime.console.validation import file_or_folder, number, whole_number
from train.datasets.base import Split
from train.datasets.named_sets import add_named_sets, named_sets
from train.datasets.options import check_counts

_SPLITS: tuple[Split, ...] = ("dev",)


def build_parser() -> argparse.ArgumentParser:
    """Return options of `calibrate`."""
    parser: argparse.ArgumentParser = Parser(
        prog="python -m export calibrate",
        description="Fit confidence, clear pictures and sure words to a bundle.",
    )
    parser.add_argument("bundle", type=file_or_folder, help="folder or zip")
    parser.add_argument(
        "--out",
        type=file_or_folder,
        metavar="BUNDLE",
        help="bundle folder to make or replace (default: the bundle's own)",
    )
    parser.add_argument(
        "--report",
        type=file_or_folder,
        default=Path("confidence"),
        metavar="DIR",
        help="for JSON, Markdown, PNG (default: confidence)",
    )
    parser.add_argument(
        "--photographs", type=whole_number, default=3000, help="training pictures, at the most (default: 3000)"
    )
    parser.add_argument(
        "--nonpictures",
        type=whole_number,
        default=300,
        help="drawn of each kind that is no clear picture (default: 300)",
    )
    parser.add_argument("--dev-pictures", type=whole_number, help="of each data set, at the most (default: all)")
    parser.add_argument(
        "--refused",
        type=number,
        default=0.005,
        metavar="SHARE",
        help="of dev pictures without a sentence (default: 0.005)",
    )
    parser.add_argument(
        "--wrong-sex",
        type=number,
        default=0.05,
        metavar="SHARE",
        help="of words for a sex, wrong at the most (default: 0.05)",
    )
    parser.add_argument("--heads", type=whole_number, help="of the decoder (default: its kind's)")
    parser.add_argument("--seed", type=whole_number, default=0, help="of all that is chosen (default: 0)")
    add_named_sets(parser, _SPLITS)
    return parser


def run(arguments: argparse.Namespace) -> int:
    """Run the command; returns the exit status."""
    from edge_runtime.bundle.reader import Bundle
    from edge_runtime.console.validation import LARGEST, check_within
    from edge_runtime.files import check_folder, written_whole
    from export.trust.calibrate import calibrate
    from export.trust.options import CalibrateOptions, Outside
    from export.trust.report import TOGETHER, confidence_markdown, confidence_record, risk_chart
    from train.nonpictures.kinds import KINDS, draw

    check_counts(arguments, "photographs", "nonpictures", "dev_pictures", "heads")
    check_within("--seed", [arguments.seed], 0, LARGEST - 1)
    options = CalibrateOptions(
        bundle=arguments.bundle,
        out=arguments.out,
        photographs=arguments.photographs,
        nonpictures=arguments.nonpictures,
        dev_pictures=arguments.dev_pictures,
        heads=arguments.heads,
        refused=arguments.refused,
        wrong_sex=arguments.wrong_sex,
        seed=arguments.seed,
    )
    options.check()
    check_folder(arguments.report)
    sets = named_sets(arguments, _SPLITS, reserved=[TOGETHER])
    calibration = calibrate(options, sets, Outside(_objects_of, _objects_told, _sexes_of, KINDS, draw), log)
    record = confidence_record(calibration, Bundle(options.target).digest, options)
    page = confidence_markdown(record)
    files = {
        "confidence.json": record.to_json().encode(),
        "confidence.md": page.encode(),
        "risk.png": risk_chart(record),
    }
    for path in written_whole(arguments.report, files):
        log(plain(str(path)))
    print(page, end="")
    return 0


def _objects_of(caption: str) -> frozenset[str]:
    from train.scoring.objects import objects_said, words_of

    return objects_said(words_of(caption))


def _objects_told(caption: str) -> frozenset[str]:
    from train.scoring.objects import objects_told, words_of

    return objects_told(words_of(caption))


def _sexes_of(caption: str) -> frozenset[str]:
    from train.scoring.objects import words_of
    from train.scoring.sexes import sexes_said

    return frozenset(sexes_said(words_of(caption)))
