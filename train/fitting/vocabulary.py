"""The words that a run learns to say."""

from collections.abc import Sequence

from edge_runtime.bundle.vocabulary import SPECIALS, Vocabulary
from edge_runtime.console import log
from train.datasets.base import Dataset
from train.datasets.coverage import check_coverage, coverage
from train.datasets.tokeniser import build_vocabulary
from train.errors import DatasetError
from train.fitting.job import Job
from train.objectives.teachers import Teacher, check_words, fewest_words
from train.runs.warm_start import WarmStart


def choose_vocabulary(job: Job, dataset: Dataset, start: WarmStart | None, teachers: Sequence[Teacher]) -> Vocabulary:
    """The words of a run: those of what it begins with or learns from, else those of the training captions.

    Args:
        job: What is asked for.
        dataset: Its data.
        start: What is begun with.
        teachers: Who is learnt from.

    Raises:
        DatasetError: There are none, or they say too little of the captions.
        RunError: The teachers' words do not begin with them.
    """
    train = [text for texts in dataset.captions_of("train").values() for text in texts]
    dev = [text for texts in dataset.captions_of("dev").values() for text in texts]
    vocabulary = build_vocabulary(train, job.config.min_count)
    taken_over = start is not None or bool(teachers)
    if start is not None:
        known = start.read_vocabulary()
        # A new decoder goes beside others of the same words where it can, to be joined with them.
        alike = set(known.words) <= set(vocabulary.words) and 2 * len(known) >= len(vocabulary)
        if job.config.new_decoder and not alike:
            taken_over = False
        else:
            vocabulary = known
    elif teachers:
        vocabulary = fewest_words(teachers)
    check_words(teachers, vocabulary.words)
    if len(vocabulary) == len(SPECIALS):
        raise DatasetError(f"{dataset.source}: no word stands in it {job.config.min_count} times; lower --min-count")
    check_coverage(coverage(train, vocabulary), coverage(dev, vocabulary), job.max_unknown, taken_over, log)
    return vocabulary
