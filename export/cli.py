"""The command `python -m export`: a run folder becomes a bundle; `check`, `sensitivity` and `across` look into one."""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from edge_runtime.arguments import Parser
from edge_runtime.console import EXIT_PARTLY, run_safely
from edge_runtime.terminal import plain
from export.bundling.variants import DEFAULT_VARIANTS
from export.calibration.ranges import METHODS
from train.caches import place_caches
from train.cli import quiet_tensorflow
from train.datasets.options import add_data_options, check_counts, data_source, data_source_if_named
from train.option_types import file_or_folder, number, whole_number
from train.scoring.evaluate import say


def build_parser() -> argparse.ArgumentParser:
    """All options."""
    parser: argparse.ArgumentParser = Parser(
        prog="python -m export",
        description="Make a bundle of a run.",
        epilog="python -m export check BUNDLE: what each variant of a bundle costs in bytes, milliseconds and quality. "
        "python -m export sensitivity --run RUN: which layers lose most in eight bits.",
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


def build_check_parser() -> argparse.ArgumentParser:
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


def build_sensitivity_parser() -> argparse.ArgumentParser:
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


def build_across_parser() -> argparse.ArgumentParser:
    """Options of `across`."""
    parser: argparse.ArgumentParser = Parser(
        prog="python -m export across",
        description="Caption the same pictures here and on an emulated ARM processor, side by side.",
    )
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
    return parser


def build_redecode_parser() -> argparse.ArgumentParser:
    """Options of `redecode`."""
    parser: argparse.ArgumentParser = Parser(
        prog="python -m export redecode",
        description="Another way to search for sentences, for a bundle that is there; what is not named stays.",
    )
    parser.add_argument("bundle", nargs="?", type=file_or_folder, help="folder or zip (default: the one that ships)")
    parser.add_argument(
        "--out", type=file_or_folder, required=True, metavar="BUNDLE", help="bundle folder to make or replace"
    )
    parser.add_argument("--beam", type=whole_number, help="hypotheses kept by default")
    parser.add_argument("--length-penalty", type=number)
    parser.add_argument(
        "--say-once",
        action=argparse.BooleanOptionalAction,
        help="no word is said twice in a sentence but 'a', 'in', 'with' and their like",
    )
    parser.add_argument("--test", action="store_true", help="score the test split too, for a model that ships")
    add_data_options(parser)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Entry point; returns the exit status: 1 where a bundle falls short of the bars."""
    quiet_tensorflow()
    place_caches()
    argv = sys.argv[1:] if argv is None else list(argv)
    commands: dict[str, tuple[Callable[[], argparse.ArgumentParser], Callable[[argparse.Namespace], int]]] = {
        "check": (build_check_parser, _check),
        "sensitivity": (build_sensitivity_parser, _sensitivity),
        "across": (build_across_parser, _across),
        "redecode": (build_redecode_parser, _redecode),
    }
    # Parsing is part of it: what it prints may not be written.
    if argv and argv[0] in commands:
        parser, action = commands[argv[0]]
        return run_safely(lambda: action(parser().parse_args(argv[1:])), f"export {argv[0]}", "export")
    return run_safely(lambda: _run(build_parser().parse_args(argv)), "export", "export")


def _check(arguments: argparse.Namespace) -> int:
    from export.bundling.writer import check_folder
    from export.parity.check import CheckOptions, check
    from export.parity.report import write_report

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
    report = check(options, say)
    for path in write_report(report, arguments.out):
        print(plain(str(path)))
    for failure in report.failures:
        say(f"export check: {failure}")
    return EXIT_PARTLY if report.failures else 0


def _sensitivity(arguments: argparse.Namespace) -> int:
    from export.bundling.network import Network
    from export.bundling.sensitivity import sensitivity
    from export.bundling.trained_run import TrainedRun
    from export.bundling.writer import check_folder, written_whole

    check_folder(arguments.out)
    run = TrainedRun(arguments.run, data_source_if_named(arguments), arguments.encoder_weights, ["train"], None, say)
    names = run.calibration(arguments.calibration, arguments.seed)
    encoder, decoder, regions = run.load()
    method = arguments.calibration_method
    network = Network(encoder, decoder, regions, run.dataset.images, names, run.search(None, None), method, say)
    report = sensitivity(network, method, say)
    contents = {
        "sensitivity.json": (json.dumps(report.to_dict(), indent=2) + "\n").encode(),
        "sensitivity.md": report.to_markdown().encode(),
    }
    for path in written_whole(arguments.out, contents):
        print(plain(str(path)))
    return 0


def _redecode(arguments: argparse.Namespace) -> int:
    from export.bundling.redecode import RedecodeOptions, redecode
    from export.errors import ExportError
    from train.datasets.base import Split

    splits: list[Split] = ["dev", "test"] if arguments.test else ["dev"]
    dataset = data_source(arguments).load().readable(splits, say)
    for split in splits:
        if not dataset.captions_of(split):
            raise ExportError(f"{dataset.source}: no {split} pictures to score sentences on; check the split files")
    options = RedecodeOptions(
        arguments.bundle,
        arguments.out,
        arguments.beam,
        arguments.length_penalty,
        arguments.say_once,
        arguments.test,
    )
    redecode(options, dataset, say)
    print(plain(str(arguments.out)))
    return 0


def _across(arguments: argparse.Namespace) -> int:
    from benchmarks.arm64.graphs import compare
    from edge_runtime.commands.caption import pictures_in
    from export.bundling.writer import check_folder, written_whole
    from export.errors import ExportError

    check_counts(arguments, "pictures")
    check_folder(arguments.out)
    images = pictures_in(arguments.images) if arguments.images.is_dir() else []
    if not images:
        raise ExportError(f"{arguments.images}: no folder with pictures; check --images")
    chosen = images[:: max(1, len(images) // arguments.pictures)][: arguments.pictures]
    report = compare(arguments.bundle, chosen, arguments.root, arguments.cpu, say)
    contents = {
        "across.json": (json.dumps(report.to_dict(), indent=2) + "\n").encode(),
        "across.md": report.to_markdown().encode(),
    }
    for path in written_whole(arguments.out, contents):
        print(plain(str(path)))
    return 0


def _run(arguments: argparse.Namespace) -> int:
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
    failures = Export(options, say).run()
    for failure in failures:
        say(f"export: {failure}")
    if failures and not options.keep_going:
        say(f"export: {options.out} was not written; pass --keep-going to write it all the same")
    else:
        print(plain(str(options.out)))
    return EXIT_PARTLY if failures else 0
