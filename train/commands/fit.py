"""The commands `python -m train features` and `fit`: from captions and pictures to a run."""

import argparse
import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from edge_runtime.bundle.vocabulary import SPECIALS, Vocabulary
from edge_runtime.console import log
from edge_runtime.terminal import plain
from train.commands.fit_options import add_encoder_options, add_fit_options, check_fit_options
from train.datasets.base import Dataset
from train.datasets.coverage import check_coverage, coverage
from train.datasets.loading import DatasetSource
from train.datasets.options import add_data_options, data_source
from train.encoders.registry import encoder_spec, find_weights
from train.errors import DatasetError, RunError
from train.runs.warm_start import check_encoder, find_start

if TYPE_CHECKING:
    from train.features.cache import FeatureCache
    from train.objectives.teachers import Teacher
    from train.runs.bundle_start import BundleStart
    from train.runs.folder import RunConfig, RunFolder


def add_features(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `features` to the commands of `python -m train`."""
    features = commands.add_parser(
        "features", help="compute the encoder's features of every picture", allow_abbrev=False
    )
    add_data_options(features)
    add_encoder_options(features)
    features.add_argument("--no-mirror", action="store_true", help="leave out the mirrored pictures")
    features.set_defaults(action=_features)


def add_fit(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `fit` to the commands of `python -m train`."""
    fit = commands.add_parser("fit", help="train a decoder, or go on training it", allow_abbrev=False)
    add_data_options(fit)
    add_encoder_options(fit)
    add_fit_options(fit)
    fit.set_defaults(action=_fit)


def _load(source: DatasetSource, limit: int | None = None) -> Dataset:
    dataset = source.load()
    log(dataset.report())
    if limit is None:
        return dataset
    log(f"a trial: at most {limit} pictures of each split")
    return dataset.limited(limit)


def _views(arguments: argparse.Namespace, dataset: Dataset, mirror: bool) -> "list[FeatureCache]":
    from train.features.cache import View, cache_features

    if arguments.size is not None and not 32 <= arguments.size <= 1024:
        raise RunError(f"--size {arguments.size}: must be 32 to 1024")

    spec = encoder_spec(arguments.encoder)
    weights = find_weights(spec, arguments.encoder_weights, getattr(arguments, "seed", 0))
    if warning := weights.warning(spec):
        log(warning)
    shown: tuple[View, ...] = ("plain", "flip") if mirror else ("plain",)
    return [
        cache_features(dataset.images, dataset.names, spec, weights, arguments.features, arguments.size, view, log)
        for view in shown
    ]


def _features(arguments: argparse.Namespace) -> int:
    dataset = _load(data_source(arguments))
    for cache in _views(arguments, dataset, not arguments.no_mirror):
        pictures, regions, channels = cache.grid.shape
        print(f"{plain(str(cache.folder))}\t{pictures} pictures x {regions} places x {channels} channels")
    return 0


def _fit(arguments: argparse.Namespace) -> int:
    from train.fitting.batches import training_set
    from train.fitting.building import build_objective, build_training
    from train.fitting.trainer import Fitting
    from train.objectives.teachers import load_teacher
    from train.runs.folder import RunFolder
    from train.scoring.metrics import require_java

    check_fit_options(arguments)
    require_java()
    source = data_source(arguments)
    dataset = _load(source, arguments.limit)
    train = dataset.captions_of("train")
    if not train:
        raise DatasetError(f"{source.captions}: no picture is left to train on; check the split files and --holdout")
    start = None if arguments.start_from is None else find_start(arguments.start_from)
    if start is not None and not arguments.encoder_rate:
        check_encoder(start)
    teachers = [load_teacher(path) for path in arguments.teachers]
    vocabulary = _vocabulary(arguments, dataset, start, teachers)
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
        log("no dev pictures: every epoch counts as the best so far")
    data = training_set(readable, vocabulary, config.max_length, config.captions_per_picture)
    log(f"{len(vocabulary)} words, {len(readable)} pictures to train on")
    network, batches = build_training(
        config, vocabulary, data, views, dataset.images, arguments.encoder_weights, start, arguments.features, log
    )
    objective = build_objective(config, vocabulary, data, teachers)
    place = Fitting(folder, config, vocabulary, network, batches, objective, dev, log).run()
    chosen = max(place.history, key=lambda row: row.dev_cider or 0.0) if dev else place.history[-1]
    why = f"dev CIDEr {chosen.dev_cider:.4f}" if dev else "no dev pictures to choose on"
    print(f"{plain(str(folder.path))}\t{len(place.history)} epochs\tweights of epoch {chosen.epoch} ({why})")
    return 0


def _vocabulary(
    arguments: argparse.Namespace,
    dataset: Dataset,
    start: "RunFolder | BundleStart | None",
    teachers: "Sequence[Teacher]",
) -> Vocabulary:
    """The words of a run: those of what it begins with or learns from, else those of the training captions.

    Raises:
        DatasetError: There are none, or they say too little of the captions.
        RunError: The teachers' words do not begin with them.
    """
    from train.datasets.tokeniser import build_vocabulary
    from train.objectives.teachers import check_words, fewest_words

    train = [text for texts in dataset.captions_of("train").values() for text in texts]
    dev = [text for texts in dataset.captions_of("dev").values() for text in texts]
    vocabulary = build_vocabulary(train, arguments.min_count)
    taken_over = start is not None or bool(teachers)
    if start is not None:
        known = start.read_vocabulary()
        # A new decoder goes beside others of the same words where it can, to be joined with them.
        alike = set(known.words) <= set(vocabulary.words) and 2 * len(known) >= len(vocabulary)
        if arguments.new_decoder and not alike:
            taken_over = False
        else:
            vocabulary = known
    elif teachers:
        vocabulary = fewest_words(teachers)
    check_words(teachers, vocabulary.words)
    if len(vocabulary) == len(SPECIALS):
        raise DatasetError(f"{dataset.source}: no word stands in it {arguments.min_count} times; lower --min-count")
    check_coverage(coverage(train, vocabulary), coverage(dev, vocabulary), arguments.max_unknown, taken_over, log)
    return vocabulary


def _config(
    arguments: argparse.Namespace,
    source: DatasetSource,
    dataset: Dataset,
    start: "RunFolder | BundleStart | None",
    teachers: list[str],
) -> "RunConfig":
    from train.runs.folder import RunConfig

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
