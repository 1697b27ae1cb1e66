"""`python -m export calibrate`: a bundle learns when its sentences can be trusted."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from edge_runtime.console.arguments import Parser
from edge_runtime.console.exits import log
from edge_runtime.console.terminal import plain
from edge_runtime.console.validation import file_or_folder, number, whole_number
from train.datasets.base import Split
from train.datasets.named_sets import NamedSet, add_named_sets, named_sets
from train.datasets.options import check_counts

if TYPE_CHECKING:
    from edge_runtime.bench.result import Record
    from export.trust.options import CalibrateOptions

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
    parser.add_argument(
        "--language",
        metavar="TAG",
        help="of the captions: where it is one of the bundle's further ones, only how sure sentences in it are is fitted (default: the "
        "bundle's own)",
    )
    parser.add_argument("--seed", type=whole_number, default=0, help="of all that is chosen (default: 0)")
    add_named_sets(parser, _SPLITS)
    return parser


def run(arguments: argparse.Namespace) -> int:
    """Run the command; returns the exit status."""
    from edge_runtime.bundle.reader import Bundle
    from edge_runtime.bundle.spoken import served_language
    from edge_runtime.console.validation import LARGEST, check_within
    from edge_runtime.files import check_folder, written_whole
    from export.trust.options import CalibrateOptions
    from export.trust.report import TOGETHER, risk_chart

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
    own = Bundle(options.bundle).own
    tag = own.language if arguments.language is None else served_language(own, arguments.language)
    sets = named_sets(arguments, _SPLITS, reserved=[TOGETHER])
    record, page = _own(options, sets) if tag == own.language else _further(options, tag, sets)
    # As the record is called: another language's stands beside the bundle's own.
    chart = record.kind.replace("confidence", "risk", 1)
    files = {
        f"{record.kind}.json": record.to_json().encode(),
        f"{record.kind}.md": page.encode(),
        f"{chart}.png": risk_chart(record),
    }
    for path in written_whole(arguments.report, files):
        log(plain(str(path)))
    print(page, end="")
    return 0


def _own(options: "CalibrateOptions", sets: Sequence[NamedSet]) -> "tuple[Record, str]":
    """Calibrate the bundle in its own language; returns the record, and the same for people."""
    from edge_runtime.bundle.reader import Bundle
    from export.trust.calibrate import calibrate
    from export.trust.options import Outside
    from export.trust.report import confidence_markdown, confidence_record
    from train.nonpictures.kinds import KINDS, draw

    calibration = calibrate(options, sets, Outside(_objects_of, _objects_told, _sexes_of, KINDS, draw), log)
    record = confidence_record(calibration, Bundle(options.target).digest, options)
    return record, confidence_markdown(record)


def _further(options: "CalibrateOptions", tag: str, sets: Sequence[NamedSet]) -> "tuple[Record, str]":
    """Calibrate a further language; returns the record, and the same for people."""
    from edge_runtime.bundle.reader import Bundle
    from export.trust.further import calibrate_language
    from export.trust.report import language_markdown, language_record

    calibration = calibrate_language(options, tag, sets, log)
    record = language_record(calibration, Bundle(options.target).digest, options)
    return record, language_markdown(record)


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
