"""`python -m export`: a run folder becomes a bundle."""

import argparse

from edge_runtime.arguments import Parser
from edge_runtime.console import EXIT_PARTLY, log
from edge_runtime.terminal import plain
from edge_runtime.validation import file_or_folder, number, whole_number
from export.bundling.variants import DEFAULT_VARIANTS
from export.calibration.ranges import METHODS
from train.datasets.options import add_data_options, check_counts, data_source_if_named


def build_parser() -> argparse.ArgumentParser:
    """All options."""
    parser: argparse.ArgumentParser = Parser(
        prog="python -m export",
        description="Make a bundle of a run.",
    )
    parser.add_argument("--run", type=file_or_folder, required=True, help="run folder of 'python -m train fit'")
    parser.add_argument(
        "--out", type=file_or_folder, required=True, metavar="BUNDLE", help="bundle folder to make or replace"
    )
    parser.add_argument("--name", help="of the model (default: made of encoder and data)")
    parser.add_argument(
        "--encoder-weights", type=file_or_folder, metavar="FILE", help="its weights file, where the run was given one"
    )
    parser.add_argument(
        "--variant",
        action="append",
        dest="variants",
        metavar="V",
        help="BACKEND-PRECISION or BACKEND-ENCODER+DECODER, with onnx or litert and fp32, fp16, int8-dynamic or int8; repeat it "
        f"(default: {', '.join(DEFAULT_VARIANTS)})",
    )
    parser.add_argument("--default-variant", metavar="V", help="default: the first int8 one")
    parser.add_argument(
        "--max-words", type=whole_number, metavar="N", help="keep the N most frequent words alone (default: all)"
    )
    parser.add_argument(
        "--calibration-method", choices=METHODS, help="how ranges are taken (default: each graph's best one)"
    )
    parser.add_argument(
        "--calibration", type=whole_number, default=256, help="training pictures to calibrate on (default: 256)"
    )
    parser.add_argument("--seed", type=whole_number, default=0, help="of their choice (default: 0)")
    parser.add_argument("--beam", type=whole_number, help="hypotheses kept by default (default: the run's)")
    parser.add_argument("--length-penalty", type=number, help="default: the run's")
    parser.add_argument(
        "--say-once",
        action="store_true",
        help="no word is said twice in a sentence but 'a', 'in', 'with' and their like",
    )
    parser.add_argument(
        "--dev-pictures", type=whole_number, help="dev pictures to check on, at the most (default: all)"
    )
    parser.add_argument("--test", action="store_true", help="score the test split too, for a model that ships")
    parser.add_argument("--keep-going", action="store_true", help="write the bundle even if it falls short of the bars")
    parser.add_argument("--data-note", default="", help="what the model card says of the data")
    parser.add_argument(
        "--outside", action="append", default=[], help="what the model card says it does not know; repeat it"
    )
    parser.add_argument("--license", default="unspecified", help="of the weights, for the manifest")
    add_data_options(parser)
    return parser


def run(arguments: argparse.Namespace) -> int:
    """Run the command; returns the exit status."""
    from export.bundling.export import Export, ExportOptions

    check_counts(arguments, "beam", "dev_pictures", "max_words")
    options = ExportOptions(
        run=arguments.run,
        out=arguments.out,
        source=data_source_if_named(arguments),
        encoder_weights=arguments.encoder_weights,
        name=arguments.name,
        variants=arguments.variants or list(DEFAULT_VARIANTS),
        default_variant=arguments.default_variant,
        calibration=arguments.calibration,
        method=arguments.calibration_method,
        max_words=arguments.max_words,
        seed=arguments.seed,
        beam=arguments.beam,
        length_penalty=arguments.length_penalty,
        say_once=arguments.say_once,
        dev_pictures=arguments.dev_pictures,
        test=arguments.test,
        keep_going=arguments.keep_going,
        data_note=arguments.data_note,
        outside=arguments.outside,
        license=arguments.license,
    )
    failures = Export(options, log).run()
    for failure in failures:
        log(f"export: {failure}")
    if failures and not options.keep_going:
        log(f"export: {options.out} was not written; pass --keep-going to write it all the same")
    else:
        print(plain(str(options.out)))
    return EXIT_PARTLY if failures else 0
