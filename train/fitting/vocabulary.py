"""The words that a run learns to say."""

from collections.abc import Sequence

from edge_runtime.bundle.vocabulary import SPECIALS, Vocabulary
from edge_runtime.console.exits import log
from train.datasets.base import Dataset
from train.datasets.coverage import check_coverage, coverage
from train.datasets.languages import is_english
from train.datasets.lettering import check_lettering
from train.datasets.sources import is_source_word, source_word
from train.datasets.tokeniser import build_vocabulary
from train.errors import DatasetError, RunError
from train.fitting.job import Job
from train.objectives.teachers import Teacher, check_words, fewest_words
from train.runs.warm_start import WarmStart
from train.scoring.metrics import protocol


def choose_vocabulary(job: Job, dataset: Dataset, start: WarmStart | None, teachers: Sequence[Teacher]) -> Vocabulary:
    """Return the words of a run: those of what it begins with or learns from, else those of the training captions.

    Args:
        job: What is asked for.
        dataset: Its data.
        start: What is begun with.
        teachers: Who is learnt from.

    Raises:
        DatasetError: There are none, or they say too little of the captions.
        RunError: The teachers' words do not begin with them, or what is begun with has no words for some of the sources.
    """
    train = [text for texts in dataset.captions_of("train").values() for text in texts]
    dev = [text for texts in dataset.captions_of("dev").values() for text in texts]
    language = job.config.language
    check_lettering(train, language, dataset.source)
    vocabulary = build_vocabulary(train, job.config.min_count, language)
    taken_over = start is not None or bool(teachers)
    if start is not None:
        known = start.read_vocabulary()
        # A new decoder goes beside others of the same words where it can, to be joined with them.
        said = {word for word in known.words if not is_source_word(word)}
        alike = said <= set(vocabulary.words) and 2 * len(known) >= len(vocabulary)
        if job.config.new_words or (job.config.new_decoder and not alike):
            taken_over = False
        else:
            vocabulary = known
    elif teachers:
        vocabulary = fewest_words(teachers)
    check_words(teachers, vocabulary.words)
    if start is None or job.config.new_words or not taken_over:
        vocabulary = with_sources(vocabulary, dataset)
    elif lacking := [source for source in sources_of(dataset)[1:] if source_word(source) not in vocabulary]:
        if not job.config.new_decoder:
            # All would begin after `<start>`: the model would write like a mixture of them.
            raise RunError(f"{start.path}: has no words for captions by {', '.join(lacking)}; pass --new-words")
        vocabulary = with_sources(vocabulary, dataset)
    if len(vocabulary) == len(SPECIALS):
        raise DatasetError(f"{dataset.source}: no word stands in it {job.config.min_count} times; lower --min-count")
    if not is_english(language):
        log(f"captions in '{language}'; scores: {protocol(language)}")
    shares = coverage(train, vocabulary, language), coverage(dev, vocabulary, language)
    check_coverage(*shares, job.max_unknown, taken_over, log)
    return vocabulary


def sources_of(dataset: Dataset) -> list[str]:
    """Return who wrote the training captions, in the order of the files of captions.

    Raises:
        DatasetError: None is by the first source of the data, like which a model learns to write.
    """
    there = {source for writers in dataset.writers_of("train").values() for source in writers}
    first = dataset.sources[0]
    if first not in there:
        raise DatasetError(
            f"{dataset.source}: no training caption is by '{first}', the source that is named first and whose way of writing is learnt; "
            "name another file of --captions first, or check the split files"
        )
    return [source for source in dataset.sources if source in there]


def with_sources(vocabulary: Vocabulary, dataset: Dataset) -> Vocabulary:
    """Return a vocabulary with the words, at its end, that captions of all sources but the first one begin after.

    Each source writes in its own way; a model that is told by whom a caption is learns what it shows from all, and how to say it from each
    apart. On the device every sentence begins after `<start>`, as those of the first source do.

    Args:
        vocabulary: Words that are said.
        dataset: Data.
    """
    known = [word for word in vocabulary.words if not is_source_word(word)]
    others = sources_of(dataset)[1:]
    return Vocabulary((*known, *map(source_word, others)))
