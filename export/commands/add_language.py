"""`python -m export --add-language`: a bundle that is there speaks a language more."""

import argparse

from edge_runtime.console.arguments import Parser
from edge_runtime.console.exits import EXIT_PARTLY, log
from edge_runtime.console.terminal import plain
from edge_runtime.console.validation import file_or_folder, number, whole_number
from export.calibration.ranges import METHODS
from train.datasets.options import add_data_options, check_counts, data_source_if_named


def build_parser() -> argparse.ArgumentParser:
    """Return options of `--add-language`."""
    parser: argparse.ArgumentParser = Parser(
        prog="python -m export --add-language",
        description="Add the decoder of a run in another language to a bundle that is there; all else in it stays.",
    )
    parser.add_argument(
        "--run",
        type=file_or_folder,
        required=True,
        help="run folder of 'python -m train fit --language TAG --start-from BUNDLE --shared-picture'",
    )
    parser.add_argument(
        "--bundle", type=file_or_folder, metavar="BUNDLE", help="folder or zip (default: the one that ships)"
    )
    parser.add_argument(
        "--out", type=file_or_folder, required=True, metavar="BUNDLE", help="bundle folder to make or replace"
    )
    parser.add_argument(
        "--encoder-weights", type=file_or_folder, metavar="FILE", help="its weights file, where the run was given one"
    )
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
        help="no word is said twice in a sentence but articles, prepositions and their like",
    )
    parser.add_argument(
        "--dev-pictures", type=whole_number, help="dev pictures to score on, at the most (default: all)"
    )
    parser.add_argument(
        "--keep-going", action="store_true", help="write the bundle even if the language falls short of the bars"
    )
    parser.add_argument("--data-note", default="", help="what the model card says of the captions")
    add_data_options(parser)
    return parser


def run(arguments: argparse.Namespace) -> int:
    """Run the command; returns the exit status."""
    from export.bundling.add_language import AddLanguage, AddLanguageOptions

    check_counts(arguments, "beam", "dev_pictures", "max_words")
    options = AddLanguageOptions(
        run=arguments.run,
        bundle=arguments.bundle,
        out=arguments.out,
        source=data_source_if_named(arguments),
        encoder_weights=arguments.encoder_weights,
        calibration=arguments.calibration,
        method=arguments.calibration_method,
        seed=arguments.seed,
        max_words=arguments.max_words,
        beam=arguments.beam,
        length_penalty=arguments.length_penalty,
        say_once=arguments.say_once,
        dev_pictures=arguments.dev_pictures,
        keep_going=arguments.keep_going,
        data_note=arguments.data_note,
    )
    failures = AddLanguage(options, log).run()
    for failure in failures:
        log(f"export --add-language: {failure}")
    if failures and not options.keep_going:
        log(f"export --add-language: {options.out} was not written; pass --keep-going to write it all the same")
    else:
        print(plain(str(options.out)))
    return EXIT_PARTLY if failures else 0
