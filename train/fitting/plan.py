"""What a training needs once its data are read: one object, which is passed on whole."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from edge_runtime.bundle.vocabulary import Vocabulary
from edge_runtime.console import log
from train.datasets.base import Dataset
from train.encoders.registry import encoder_spec, find_weights
from train.errors import DatasetError, RunError
from train.features.cache import FeatureCache
from train.fitting.batches import TrainingSet, training_set
from train.fitting.job import Job
from train.fitting.views import cached_views
from train.fitting.vocabulary import choose_vocabulary
from train.objectives.teachers import Teacher, load_teacher
from train.runs.config import RunConfig
from train.runs.folder import RunFolder
from train.runs.warm_start import WarmStart, check_encoder, find_start


@dataclass(frozen=True)
class TrainingPlan:
    """A training that is ready to begin.

    Attributes:
        folder: Prepared run folder.
        config: Its configuration.
        vocabulary: The words that are learnt.
        data: Training pictures and captions.
        dev: Dev captions by picture, as written; empty to train without choosing.
        views: Cached features; the first one also of the dev pictures.
        images: Folder of the pictures.
        features: Folder of caches.
        encoder_weights: Weights file of the encoder; the ImageNet weights where None.
        start: Run or bundle whose weights are begun with.
        teachers: Networks whose word scores are taught.
        log: Receives lines about the work.
    """

    folder: RunFolder
    config: RunConfig
    vocabulary: Vocabulary
    data: TrainingSet
    dev: Mapping[str, Sequence[str]]
    views: Sequence[FeatureCache]
    images: Path
    features: Path
    encoder_weights: Path | None = None
    start: WarmStart | None = None
    teachers: Sequence[Teacher] = ()
    log: Callable[[str], None] = log

    @property
    def channels(self) -> int:
        """Depth of the encoder's grid."""
        return int(self.views[0].grid.shape[2])


def plan_training(job: Job) -> TrainingPlan:
    """Read what a job names, check it, and prepare its run folder.

    Args:
        job: What is asked for.

    Raises:
        DatasetError: The data cannot be read, or are too few.
        RunError: What is begun with or learnt from does not fit, or the folder holds another run.
        WeightsError: The encoder's weights cannot be had.
    """
    dataset = _load(job)
    if not dataset.splits["train"]:
        raise DatasetError(
            f"{job.source.captions}: no picture is left to train on; check the split files and --holdout"
        )
    start = None if job.start_from is None else find_start(job.start_from)
    if start is not None and not job.config.trains_encoder:
        check_encoder(start)
    teachers = [load_teacher(path) for path in job.teachers]
    vocabulary = choose_vocabulary(job, dataset, start, teachers, log)
    config = _with_facts(job, dataset, start, teachers)
    folder = RunFolder(job.run)
    folder.prepare(config, job.source, vocabulary)
    views = cached_views(config, dataset, job.encoder_weights, job.features, log)
    readable = views[0].rows
    train = {name: texts for name, texts in dataset.captions_of("train").items() if name in readable}
    dev = {name: texts for name, texts in dataset.captions_of("dev").items() if name in readable}
    check_batch(train, config, job.source.captions)
    if not dev:
        log("no dev pictures: every epoch counts as the best so far")
    log(f"{len(vocabulary)} words, {len(train)} pictures to train on")
    data = training_set(train, vocabulary, config.max_length, config.captions_per_picture)
    return TrainingPlan(
        folder, config, vocabulary, data, dev, views, dataset.images, job.features, job.encoder_weights, start, teachers
    )


def check_batch(pictures: Mapping[str, Sequence[str]], config: RunConfig, captions: Path) -> None:
    """Refuse too few pictures for a single batch.

    Args:
        pictures: Those to train on.
        config: Of the run.
        captions: Where they come from.

    Raises:
        DatasetError: They do not fill one.
    """
    if len(pictures) < config.batch:
        raise DatasetError(
            f"{captions}: {len(pictures)} training pictures do not fill a batch; lower --batch {config.batch}"
        )


def _load(job: Job) -> Dataset:
    dataset = job.source.load()
    log(dataset.report())
    if job.limit is None:
        return dataset
    log(f"a trial: at most {job.limit} pictures of each split")
    return dataset.limited(job.limit)


def _with_facts(job: Job, dataset: Dataset, start: WarmStart | None, teachers: Sequence[Teacher]) -> RunConfig:
    """The configuration of a job with what is found in its data."""
    config, captions = job.config, job.source.captions
    try:
        captions_sha256 = hashlib.sha256(captions.read_bytes()).hexdigest()
    except OSError as error:
        raise RunError(f"{captions}: cannot be read ({error.strerror}); check the path") from None
    return replace(
        config,
        encoder_sha256=find_weights(encoder_spec(config.encoder), job.encoder_weights, config.seed).sha256,
        captions_sha256=captions_sha256,
        split_sha256=dataset.digest(),
        train_pictures=len(dataset.splits["train"]),
        start_from="" if start is None else start.digest,
        teachers=[teacher.digest for teacher in teachers],
    )
