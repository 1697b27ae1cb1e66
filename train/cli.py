"""The command `python -m train features|fit|evaluate|study|to-pickle|join|average`."""

import argparse
import hashlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from edge_runtime.arguments import Parser
from edge_runtime.exits import run_safely
from edge_runtime.vocabulary import SPECIALS
from train.average import add_average
from train.data_options import add_data_options, check_counts, data_source, data_source_if_named
from train.datasets.base import SPLITS, Dataset
from train.datasets.loading import DatasetSource
from train.encoders.registry import ENCODERS, encoder_spec, find_weights
from train.errors import DatasetError, RunError
from train.evaluate import say
from train.join import add_join
from train.starting import find_start
from train.study.command import add_study
from train.to_pickle import add_to_pickle

if TYPE_CHECKING:
    from train.bundle_start import BundleStart
    from train.features import FeatureCache
    from train.run import RunConfig, RunFolder

_FEATURES = Path("features")


def build_parser() -> argparse.ArgumentParser:
    """All commands and options."""
    parser: argparse.ArgumentParser = Parser(prog="python -m train", description="Train a captioner.")
    commands = parser.add_subparsers(
        dest="command", required=True, metavar="features|fit|evaluate|study|to-pickle|join|average"
    )

    features = commands.add_parser("features", help="compute the encoder's features of every picture")
    add_data_options(features)
    _add_encoder_options(features)
    features.add_argument("--no-mirror", action="store_true", help="leave out the mirrored pictures")
    features.set_defaults(action=_features)

    fit = commands.add_parser("fit", help="train a decoder, or go on training it")
    add_data_options(fit)
    _add_encoder_options(fit)
    _add_fit_options(fit)
    fit.set_defaults(action=_fit)

    evaluate = commands.add_parser("evaluate", help="score a run or a bundle")
    what = evaluate.add_mutually_exclusive_group(required=True)
    what.add_argument("--run", type=Path, help="run folder: its best decoder, in Keras")
    what.add_argument("--bundle", type=Path, help="bundle: as the device runs it")
    add_data_options(evaluate)
    evaluate.add_argument("--variant", help="variant of the bundle (default: its default one)")
    evaluate.add_argument(
        "--split", choices=SPLITS, default="dev", help="default: dev; read test to report a model that ships"
    )
    evaluate.add_argument("--beam", type=int, help="hypotheses kept (default: the run's or the bundle's)")
    evaluate.add_argument("--limit", type=int, help="first N pictures only")
    evaluate.add_argument(
        "--padded-length",
        type=int,
        nargs="+",
        default=[],
        metavar="N",
        help="places of the padded figures, longer captions cut (default: a run's, the longest caption; a bundle's, none)",
    )
    evaluate.add_argument("--captions-out", type=Path, help="write PATH<TAB>SENTENCE lines here")
    evaluate.add_argument("--sample", type=int, metavar="N", help="write N captions picked at random as a table")
    evaluate.add_argument("--sample-seed", type=int, default=0, help="of their choice (default: 0)")
    evaluate.add_argument(
        "--sample-out", type=Path, default=Path("sample.md"), metavar="FILE", help="Markdown (default: sample.md)"
    )
    evaluate.add_argument(
        "--features", type=Path, default=_FEATURES, help="folder of feature caches (default: features)"
    )
    evaluate.add_argument(
        "--encoder-weights", type=Path, metavar="FILE", help="weights file of the encoder, where the run was given one"
    )
    evaluate.set_defaults(action=_evaluate)
    add_study(commands)
    add_to_pickle(commands)
    add_join(commands)
    add_average(commands)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Entry point; returns the exit status."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    # Parsing is part of it: what it prints may not be written.
    return run_safely(lambda: _run(argv), "train", "train")


def _run(argv: Sequence[str] | None) -> int:
    arguments = build_parser().parse_args(argv)
    return run_safely(lambda: int(arguments.action(arguments)), f"train {arguments.command}", "train")


def _add_encoder_options(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("encoder")
    group.add_argument("--encoder", default="efficientnet_lite0", help=f"one of: {', '.join(sorted(ENCODERS))}")
    group.add_argument(
        "--encoder-weights",
        type=Path,
        metavar="FILE|none",
        help="weights file, or none for random weights (default: ImageNet weights, installed or downloaded)",
    )
    group.add_argument("--features", type=Path, default=_FEATURES, help="folder of feature caches (default: features)")
    group.add_argument("--size", type=int, help="input height and width in pixels (default: the encoder's)")


def _add_fit_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--run", type=Path, required=True, help="run folder; an interrupted run goes on from its checkpoint"
    )
    group = parser.add_argument_group("decoder")
    group.add_argument(
        "--decoder",
        choices=("attention", "lstm"),
        default="attention",
        help="attention over the picture's grid, or an LSTM beside the pooled feature (default: attention)",
    )
    group.add_argument("--width", type=int, default=256, help="of LSTM and attention (default: 256)")
    group.add_argument("--embedding", type=int, default=128, help="of word vectors (default: 128)")
    group.add_argument("--heads", type=int, default=4, help="of the attention (default: 4)")
    group.add_argument(
        "--members", type=int, default=1, help="decoders that choose each word together; see join (default: 1)"
    )
    group.add_argument("--dropout", type=float, default=0.4)
    group.add_argument("--region-dropout", type=float, default=0.1, help="share of grid places hidden (default: 0.1)")
    group.add_argument("--word-dropout", type=float, default=0.1, help="share of words before hidden (default: 0.1)")
    group.add_argument(
        "--min-count", type=int, default=5, help="times a word stands in the training captions (default: 5)"
    )
    group.add_argument("--max-length", type=int, default=18, help="words of a caption (default: 18)")
    group = parser.add_argument_group("training")
    group.add_argument("--epochs", type=int, default=20)
    group.add_argument("--batch", type=int, default=16, help="pictures a step (default: 16)")
    group.add_argument("--captions-per-picture", type=int, default=5)
    group.add_argument("--learning-rate", type=float, default=1.5e-3)
    group.add_argument("--weight-decay", type=float, default=0.01)
    group.add_argument("--clip-norm", type=float, default=5.0, help="of the gradients (default: 5)")
    group.add_argument("--label-smoothing", type=float, default=0.1)
    group.add_argument("--warmup", type=float, default=1.0, help="epochs (default: 1)")
    group.add_argument(
        "--average", type=float, default=0.998, help="weight of the past in the averaged weights, 0 for none"
    )
    group.add_argument("--no-mirror", action="store_true", help="do not train on mirrored pictures")
    group.add_argument("--beam", type=int, default=3, help="of the captions that choose the best epoch (default: 3)")
    group.add_argument("--length-penalty", type=float, default=0.7)
    group.add_argument(
        "--say-once",
        action="store_true",
        help="no word is said twice in a sentence but 'a', 'in', 'with' and their like, nor drawn twice where captions are drawn",
    )
    group.add_argument("--patience", type=int, default=4, help="epochs without a better dev CIDEr (default: 4)")
    group.add_argument("--seed", type=int, default=0)
    group = parser.add_argument_group("training on CIDEr itself")
    group.add_argument("--objective", choices=("cross-entropy", "self-critical"), default="cross-entropy")
    group.add_argument("--samples", type=int, default=5, help="captions drawn for each picture (default: 5)")
    group.add_argument(
        "--cross-entropy-share",
        type=float,
        default=0.1,
        help="weight of cross-entropy beside the reward (default: 0.1)",
    )
    group.add_argument(
        "--bleu-weight", type=float, default=0.0, help="weight of BLEU-4 beside CIDEr-D in the reward (default: 0)"
    )
    group = parser.add_argument_group("training the encoder too")
    group.add_argument("--start-from", type=Path, metavar="RUN", help="begin with the weights of this run or bundle")
    group.add_argument(
        "--new-decoder",
        action="store_true",
        help="take only the encoder of what is started from; the decoder is drawn by the seed",
    )
    group.add_argument(
        "--encoder-rate",
        type=float,
        default=0.0,
        metavar="R",
        help="its learning rate as a multiple (default: 0, frozen)",
    )
    group.add_argument(
        "--freeze", nargs="*", default=[], metavar="PREFIX", help="its layers whose names begin so do not learn"
    )
    group.add_argument(
        "--train-from",
        default="",
        metavar="PREFIX",
        help="its layers before the first one whose name begins so do not learn, and what they say is cached: a third of the time",
    )
    group.add_argument("--views", type=int, default=6, help="cached views of each picture (default: 6)")
    group.add_argument(
        "--cut",
        type=float,
        help="share of each side that a cut of a picture keeps at the least (default: 0.65)",
    )
    group = parser.add_argument_group("learning from other networks")
    group.add_argument(
        "--teachers",
        nargs="+",
        type=Path,
        default=[],
        metavar="RUN",
        help="runs or bundles whose word scores, together, are taught",
    )
    group.add_argument(
        "--teacher-share",
        type=float,
        default=0.7,
        help="weight of what they say; the rest is the true word's (default: 0.7)",
    )


def _load(source: DatasetSource) -> Dataset:
    dataset = source.load()
    say(dataset.report())
    return dataset


def _views(arguments: argparse.Namespace, dataset: Dataset, mirror: bool) -> "list[FeatureCache]":
    from train.features import View, cache_features

    if arguments.size is not None and not 32 <= arguments.size <= 1024:
        raise RunError(f"--size {arguments.size}: must be 32 to 1024")

    spec = encoder_spec(arguments.encoder)
    weights = find_weights(spec, arguments.encoder_weights, getattr(arguments, "seed", 0))
    if warning := weights.warning(spec):
        say(warning)
    shown: tuple[View, ...] = ("plain", "flip") if mirror else ("plain",)
    return [
        cache_features(dataset.images, dataset.names, spec, weights, arguments.features, arguments.size, view, say)
        for view in shown
    ]


def _features(arguments: argparse.Namespace) -> int:
    dataset = _load(data_source(arguments))
    for cache in _views(arguments, dataset, not arguments.no_mirror):
        pictures, regions, channels = cache.grid.shape
        print(f"{cache.folder}\t{pictures} pictures x {regions} places x {channels} channels")
    return 0


def _fit(arguments: argparse.Namespace) -> int:
    from train.batches import training_set
    from train.building import build_objective, build_training
    from train.bundle_start import BundleStart
    from train.fit import Fitting
    from train.metrics import require_java
    from train.run import RunFolder
    from train.teachers import check_words, fewest_words, load_teacher
    from train.text import build_vocabulary

    _check_fit_options(arguments)
    require_java()
    source = data_source(arguments)
    dataset = _load(source)
    train = dataset.captions_of("train")
    if not train:
        raise DatasetError(f"{source.captions}: no picture is left to train on; check the split files and --holdout")
    start = None if arguments.start_from is None else find_start(arguments.start_from)
    teachers = [load_teacher(path) for path in arguments.teachers]
    vocabulary = build_vocabulary((text for texts in train.values() for text in texts), arguments.min_count)
    if start is not None:
        known = start.read_vocabulary()
        # A run that was begun from a bundle has its words, which may be fewer.
        if isinstance(start, BundleStart) or set(known.words) <= set(vocabulary.words):
            vocabulary = known
    elif teachers:
        vocabulary = fewest_words(teachers)
    check_words(teachers, vocabulary.words)
    if len(vocabulary) == len(SPECIALS):
        raise DatasetError(f"{source.captions}: no word stands in it {arguments.min_count} times; lower --min-count")
    config = _config(arguments, source, dataset, start, [teacher.digest for teacher in teachers])
    folder = RunFolder(arguments.run)
    folder.prepare(config, source, vocabulary)
    views = _views(arguments, dataset, config.mirror and not config.trains_encoder)
    readable = {name: texts for name, texts in train.items() if name in views[0].rows}
    if len(readable) < config.batch:
        raise DatasetError(
            f"{source.captions}: {len(readable)} training pictures do not fill a batch; lower --batch {config.batch}"
        )
    dev = {name: texts for name, texts in dataset.captions_of("dev").items() if name in views[0].rows}
    if not dev:
        say("no dev pictures: every epoch counts as the best so far")
    data = training_set(readable, vocabulary, config.max_length, config.captions_per_picture)
    say(f"{len(vocabulary)} words, {len(readable)} pictures to train on")
    network, batches = build_training(
        config, vocabulary, data, views, dataset.images, arguments.encoder_weights, start, arguments.features, say
    )
    objective = build_objective(config, vocabulary, data, teachers)
    place = Fitting(folder, config, vocabulary, network, batches, objective, dev, say).run()
    chosen = max(place.history, key=lambda row: row.dev_cider or 0.0) if dev else place.history[-1]
    why = f"dev CIDEr {chosen.dev_cider:.4f}" if dev else "no dev pictures to choose on"
    print(f"{folder.path}\t{len(place.history)} epochs\tweights of epoch {chosen.epoch} ({why})")
    return 0


def _check_fit_options(arguments: argparse.Namespace) -> None:
    positive = (
        "width", "embedding", "heads", "min_count", "max_length", "epochs", "batch", "captions_per_picture", "beam", "patience",
        "views", "members",
    )  # fmt: skip
    check_counts(arguments, *positive)
    at_least_0 = (
        "seed", "warmup", "weight_decay", "encoder_rate", "cross_entropy_share", "length_penalty", "bleu_weight",
    )  # fmt: skip
    for name in at_least_0:
        if not 0 <= getattr(arguments, name) < 2**31:
            raise RunError(f"--{name.replace('_', '-')} {getattr(arguments, name)}: must be at least 0")
    for name in ("dropout", "region_dropout", "word_dropout", "label_smoothing", "average"):
        if not 0 <= getattr(arguments, name) < 1:
            raise RunError(f"--{name.replace('_', '-')} {getattr(arguments, name)}: must be from 0 to below 1")
    if arguments.new_decoder and (arguments.start_from is None or not arguments.encoder_rate):
        raise RunError("--new-decoder: goes with --start-from and an --encoder-rate above 0, whose encoder it takes")
    if arguments.cut is not None and (not arguments.encoder_rate or arguments.train_from):
        raise RunError(
            "--cut: goes with an --encoder-rate above 0, without --train-from, whose cached views are cut alike"
        )
    if arguments.teachers and (
        not arguments.encoder_rate or arguments.train_from or arguments.objective != "cross-entropy"
    ):
        raise RunError("--teachers: goes with an --encoder-rate above 0, without --train-from and --objective")
    for name in ("cut", "teacher_share"):
        value = getattr(arguments, name)
        if value is not None and not 0 < value <= 1:
            raise RunError(f"--{name.replace('_', '-')} {getattr(arguments, name)}: must be above 0 and at most 1")
    if arguments.samples < 2:
        raise RunError(f"--samples {arguments.samples}: must be at least 2")
    for name in ("learning_rate", "clip_norm"):
        if not 0 < getattr(arguments, name) < float("inf"):
            raise RunError(f"--{name.replace('_', '-')} {getattr(arguments, name)}: must be above 0")
    if arguments.decoder == "attention" and arguments.width % arguments.heads:
        raise RunError(f"--width {arguments.width}: must be a multiple of --heads {arguments.heads}")


def _config(
    arguments: argparse.Namespace,
    source: DatasetSource,
    dataset: Dataset,
    start: "RunFolder | BundleStart | None",
    teachers: list[str],
) -> "RunConfig":
    from train.run import RunConfig

    spec = encoder_spec(arguments.encoder)
    same = (
        "width", "embedding", "heads", "dropout", "region_dropout", "word_dropout", "min_count", "max_length", "epochs",
        "batch", "captions_per_picture", "learning_rate", "weight_decay", "clip_norm", "label_smoothing", "warmup",
        "average", "beam", "length_penalty", "patience", "seed", "encoder_rate", "freeze",
        "objective", "samples", "cross_entropy_share", "train_from", "views", "decoder", "say_once", "bleu_weight",
        "new_decoder", "members", "teacher_share",
    )  # fmt: skip
    return RunConfig(
        encoder=spec.name,
        encoder_sha256=find_weights(spec, arguments.encoder_weights, arguments.seed).sha256,
        image_size=arguments.size or spec.size,
        mirror=not arguments.no_mirror,
        captions_sha256=_digest(source.captions),
        train_pictures=len(dataset.splits["train"]),
        split_sha256=dataset.digest(),
        start_from=start.digest if start is not None else "",
        teachers=teachers,
        **({} if arguments.cut is None else {"cut": arguments.cut}),
        **{name: getattr(arguments, name) for name in same},
    )


def _digest(file: Path) -> str:
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError as error:
        raise RunError(f"{file}: cannot be read ({error.strerror}); check the path") from None


def _evaluate(arguments: argparse.Namespace) -> int:
    from train.evaluate import evaluate_bundle, evaluate_run

    check_counts(arguments, "limit", "beam", "padded_length", "sample")
    if arguments.run is not None:
        return evaluate_run(arguments, data_source_if_named(arguments))
    return evaluate_bundle(arguments, data_source(arguments))
