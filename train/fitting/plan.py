"""What a training needs once its data are read: one object, which is passed on whole."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from edge_runtime.bundle.vocabulary import Vocabulary
from edge_runtime.console.exits import log
from train.datasets.base import Dataset
from train.datasets.sources import check_shares, in_turn
from train.encoders.registry import EncoderWeights, encoder_spec, find_weights
from train.errors import DatasetError, RunError
from train.features.cache import FeatureCache
from train.fitting.batches import TrainingSet, training_set
from train.fitting.job import Job
from train.fitting.views import cached_views
from train.fitting.vocabulary import choose_vocabulary, sources_of
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
        dev: Dev captions by picture, as written by the first source; empty to train without choosing.
        views: Cached features; the first one also of the dev pictures. None where the encoder learns too.
        weights: The encoder's first weights.
        images: Folder of the pictures.
        features: Folder of caches.
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
    weights: EncoderWeights
    images: Path
    features: Path
    start: WarmStart | None = None
    teachers: Sequence[Teacher] = ()
    log: Callable[[str], None] = log


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


def _learnt_from(writers: Mapping[str, Sequence[str]], most: int, log: Callable[[str], None]) -> Counter[str]:
    """Return how many captions of each source are learnt from; the others are said."""
    kept: Counter[str] = Counter()
    for by in writers.values():
        kept.update(by[place] for place in in_turn(by, most))
    beyond = Counter(source for by in writers.values() for source in by) - kept
    if beyond:
        each = ", ".join(f"{source} {count}" for source, count in beyond.items())
        log(f"{beyond.total()} captions beyond --captions-per-picture {most} are not learnt from: {each}")
    return kept


class Preparation:
    """Reads what a job names, checks it, and prepares its run folder.

    Args:
        job: What is asked for.
    """

    def __init__(self, job: Job) -> None:
        self._job = job

    def plan(self) -> TrainingPlan:
        """Return the training, ready to begin.

        Raises:
            DatasetError: The data cannot be read, or are too few.
            RunError: What is begun with or learnt from does not fit, or the folder holds another run.
            WeightsError: The encoder's weights cannot be had.
        """
        job, dataset, start = self._job, self._dataset(), self._start()
        teachers = [load_teacher(path) for path in job.teachers]
        sources = sources_of(dataset)
        if job.config.objective == "self-critical" and len(sources) > 1:
            dataset = self._of_first(dataset, sources[0])
        writers = dataset.writers_of("train")
        shares = job.config.shares
        check_shares(shares, _learnt_from(writers, job.config.captions_per_picture, log).keys())
        pictures, dataset = dataset, dataset.references(("dev",), log)
        vocabulary = choose_vocabulary(job, dataset, start, teachers)
        weights = find_weights(encoder_spec(job.config.encoder), job.encoder_weights, job.config.seed)
        config = replace(
            job.config,
            encoder_sha256=weights.sha256,
            captions_sha256=self._captions_sha256(),
            split_sha256=dataset.digest(),
            train_pictures=len(dataset.splits["train"]),
            sources=sources if len(sources) > 1 else [],
            start_from="" if start is None else start.digest,
            teachers=[teacher.digest for teacher in teachers],
        )
        folder = RunFolder(job.run)
        folder.prepare(config, job.source, vocabulary)
        views = []
        if config.trains_encoder:
            dataset = dataset.readable(("train", "dev"), log)
        else:
            # Of all pictures, so that `evaluate` finds the same.
            views = cached_views(config, pictures, weights, job.features)
            dataset = dataset.only(views[0].rows, ("train", "dev"))
        if warning := weights.warning(encoder_spec(config.encoder)):
            log(warning)
        train, dev = dataset.captions_of("train"), dataset.captions_of("dev")
        check_batch(train, config, job.source.captions)
        if not dev:
            log("no dev pictures: every epoch counts as the best so far")
        log(f"{len(vocabulary)} words, {len(train)} pictures to train on")
        sizes = config.max_length, config.captions_per_picture
        data = training_set(train, vocabulary, *sizes, writers, shares, config.language)
        return TrainingPlan(
            folder, config, vocabulary, data, dev, views, weights, dataset.images, job.features, start, teachers
        )

    def _dataset(self) -> Dataset:
        source, limit = self._job.source, self._job.limit
        dataset = source.load()
        log(dataset.report())
        if limit is not None:
            log(f"a trial: at most {limit} pictures of each split")
            dataset = dataset.limited(limit)
        if not dataset.splits["train"]:
            raise DatasetError(
                f"{source.captions}: no picture is left to train on; check the split files and --holdout"
            )
        return dataset

    def _of_first(self, dataset: Dataset, source: str) -> Dataset:
        """Return the data whose training pictures have captions of a source, which alone tell what a caption is worth."""
        kept = dataset.by(source, "train")
        count = len(dataset.splits["train"]) - len(kept.splits["train"])
        log(f"rewards are told by the captions of '{source}': {count} training pictures without such are left out")
        return kept

    def _start(self) -> WarmStart | None:
        if self._job.start_from is None:
            return None
        start = find_start(self._job.start_from)
        if not self._job.config.trains_encoder:
            check_encoder(start)
        return start

    def _captions_sha256(self) -> str:
        try:
            return self._job.source.captions_sha256()
        except OSError as error:
            raise RunError(f"{error.filename}: cannot be read ({error.strerror}); check the path") from None
