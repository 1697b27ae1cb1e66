"""What is fitted to one variant: when a picture is none, when a sentence is right, when a sex is sure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from edge_runtime.bundle.judge_spec import WordingSpec
from edge_runtime.bundle.vocabulary import Vocabulary
from edge_runtime.judging.clearness import Clearness, ClearnessProbe
from edge_runtime.judging.wording import Rewording
from export.trust.looking import Speaker, Spoken
from export.trust.options import CalibrateOptions
from export.trust.probe import choose_least_clear
from export.trust.readings import Readings, fit_readings
from export.trust.rightness import Rater
from export.trust.sentences import DevPicture, SentenceTrust, right_ones, say_all, share, trust_of_sentences
from export.trust.sexes import SexMargin, choose_margin, sexes_wrong
from export.trust.wording_en import SEXES


@dataclass(frozen=True)
class VariantTrust(SentenceTrust):
    """What was fitted to a variant in the bundle's own language, and how good it is.

    Attributes:
        found: Kind of non-picture -> share of held-out ones that get none.
        named: Of those, the share whose reason is the kind.
        sexes: When a sex is said.
    """

    found: Mapping[str, float]
    named: float
    sexes: SexMargin


@dataclass(frozen=True)
class Heard:
    """What a variant says about development pictures.

    Attributes:
        said: About each of them.
        least_clear: Log-odds of a clear picture below which no sentence is said.
        right: Place of each picture that gets a sentence -> whether it is right, as it is said: a sex that is not sure left out.
        sexes: When a sex is said.
    """

    said: Sequence[Spoken]
    least_clear: float
    right: Mapping[int, bool]
    sexes: SexMargin


def hear(
    speaker: Speaker,
    vocabulary: Vocabulary,
    dev: Sequence[DevPicture],
    raters: Mapping[str, Rater],
    table: WordingSpec,
    probe: ClearnessProbe,
    options: CalibrateOptions,
) -> Heard:
    """Have a variant say its sentences, and judge them.

    Args:
        speaker: The variant.
        vocabulary: The bundle's.
        dev: Development pictures of every set.
        raters: Name of a data set -> who calls its sentences right.
        table: Words for a sex.
        probe: Of clear pictures.
        options: What is asked for.
    """
    rewording = Rewording(table, vocabulary)

    def counterparts(ids: Sequence[int]) -> dict[int, int]:
        return rewording.counterparts([vocabulary.words[token] for token in ids])

    said = say_all(speaker, dev, probe, counterparts)
    least = choose_least_clear([one.clearness.log_odds for one in said], options.refused)
    shown = [at for at, one in enumerate(said) if one.clearness.log_odds >= least]
    words = [[vocabulary.words[token] for token in one.hypothesis.ids] for one in said]
    known = [(row, one.margins, picture.sex) for row, one, picture in zip(words, said, dev, strict=True)]
    sexes = choose_margin(sexes_wrong(known, SEXES), options.wrong_sex)
    texts = {at: rewording.reworded(words[at], sexes.unsure(said[at].margins)) for at in shown}
    return Heard(said, least, right_ones(dev, texts, raters), sexes)


def read_pictures(heard: Sequence[Heard], seed: int) -> Readings:
    """Return what pictures alone tell of whether sentences about them are right, by all variants together.

    Args:
        heard: What each variant says of the same pictures.
        seed: Of the folds.
    """
    features = np.mean([[one.features for one in each.said] for each in heard], 0)
    spoken = np.array([[place in each.right for place in range(len(each.said))] for each in heard])
    right = np.array([[each.right.get(place, False) for place in range(len(each.said))] for each in heard])
    # A picture that gets no sentence from any variant is judged by none; it is read like a wrong one.
    return fit_readings(features, right.sum(0) / np.maximum(spoken.sum(0), 1), seed)


def trust_of(
    heard: Heard,
    dev: Sequence[DevPicture],
    readings: Readings,
    raters: Mapping[str, Rater],
    drawn: Mapping[str, Sequence[Clearness]],
    options: CalibrateOptions,
) -> VariantTrust:
    """Fit a variant.

    Args:
        heard: What it says about development pictures.
        dev: These.
        readings: Of each of them.
        raters: Name of a data set -> who calls its sentences right.
        drawn: Kind -> what the probe says of non-pictures that did not fit it.
        options: What is asked for.

    Raises:
        DatasetError: Too few sentences are left, or nearly all of them are right or wrong.
    """
    least, margin = heard.least_clear, heard.sexes.margin
    trust = trust_of_sentences(heard.said, heard.right, dev, raters, least, margin, options.seed, readings)
    return VariantTrust(
        **vars(trust),
        found={kind: share([one.log_odds < least for one in rows]) for kind, rows in drawn.items()},
        named=share([one.likeliest == kind for kind, rows in drawn.items() for one in rows]),
        sexes=heard.sexes,
    )
