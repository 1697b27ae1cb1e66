"""What is fitted to one variant: when a picture is none, when a sentence is right, when a sex is sure."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from edge_runtime.bundle.judge_spec import ConfidenceSpec, WordingSpec
from edge_runtime.bundle.vocabulary import Vocabulary
from edge_runtime.console.streams import LOG_STREAM
from edge_runtime.judging.clearness import Clearness, ClearnessProbe
from edge_runtime.judging.confidence import confidence_terms
from edge_runtime.judging.wording import Rewording
from export.trust.figures import Figures, figures
from export.trust.looking import Counterparts, Speaker, Spoken
from export.trust.options import CalibrateOptions
from export.trust.probe import choose_least_clear
from export.trust.readings import Readings, fit_readings
from export.trust.rightness import Rater
from export.trust.sexes import SexesOf, SexMargin, choose_margin, known_sex, sexes_wrong
from export.trust.sureness import fit_confidence
from export.trust.wording_en import SEXES

_DIGITS = 6
"""Significant ones of weights in a manifest."""


@dataclass(frozen=True)
class DevPicture:
    """A development picture.

    Attributes:
        set: Name of its data set.
        name: Of its file.
        path: Of its file.
        sex: What its references agree on, see `known_sex`.
    """

    set: str
    name: str
    path: Path
    sex: str | None

    @classmethod
    def of(cls, of_set: str, name: str, path: Path, references: Sequence[str], sexes_of: SexesOf) -> "DevPicture":
        """Make one; see the attributes."""
        return cls(of_set, name, path, known_sex(references, sexes_of))


@dataclass(frozen=True)
class VariantTrust:
    """What was fitted to a variant, and how good it is.

    Attributes:
        spec: What its manifest says.
        figures: Name of a data set -> figures of its sentences, cross-validated.
        together: The same of all of them.
        refused: Name of a data set -> share of its development pictures that get no sentence.
        found: Kind of non-picture -> share of held-out ones that get none.
        named: Of those, the share whose reason is the kind.
        sexes: When a sex is said.
    """

    spec: ConfidenceSpec
    figures: Mapping[str, Figures]
    together: Figures
    refused: Mapping[str, float]
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

    said = _say(speaker, dev, probe, counterparts)
    least = choose_least_clear([one.clearness.log_odds for one in said], options.refused)
    shown = [at for at, one in enumerate(said) if one.clearness.log_odds >= least]
    words = [[vocabulary.words[token] for token in one.hypothesis.ids] for one in said]
    known = [(row, one.margins, picture.sex) for row, one, picture in zip(words, said, dev, strict=True)]
    sexes = choose_margin(sexes_wrong(known, SEXES), options.wrong_sex)
    texts = {at: rewording.reworded(words[at], sexes.unsure(said[at].margins)) for at in shown}
    return Heard(said, least, dict(zip(shown, _right(dev, texts, raters), strict=True)), sexes)


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
    said, least, shown, right = heard.said, heard.least_clear, list(heard.right), list(heard.right.values())
    terms = [confidence_terms(said[at].hypothesis.log_probs, said[at].clearness) for at in shown]
    confidence = fit_confidence(terms, right, options.seed, readings.of(np.array(shown, np.int64)))
    found = {kind: _share([one.log_odds < least for one in rows]) for kind, rows in drawn.items()}
    spec = ConfidenceSpec(
        {name: _short(weight) for name, weight in confidence.terms.items()},
        _short(confidence.bias),
        _short(least, math.floor),
        _short(confidence.hedge_below),
        _short(heard.sexes.margin, math.floor),
    )
    of_set = np.array([dev[at].set for at in shown])
    return VariantTrust(
        spec,
        {
            name: figures(confidence.held_out[of_set == name], np.array(right)[of_set == name])
            for name in raters
            if name in of_set
        },
        figures(confidence.held_out, np.array(right)),
        {name: _share([at not in heard.right for at, one in enumerate(dev) if one.set == name]) for name in raters},
        found,
        _share([one.likeliest == kind for kind, rows in drawn.items() for one in rows]),
        heard.sexes,
    )


def _say(
    speaker: Speaker, dev: Sequence[DevPicture], probe: ClearnessProbe, counterparts: Counterparts
) -> list[Spoken]:
    from tqdm import tqdm

    bar = tqdm(dev, desc="sentences", unit="picture", mininterval=2, file=LOG_STREAM)
    return [speaker.say(picture.path, probe, counterparts) for picture in bar]


def _right(dev: Sequence[DevPicture], texts: Mapping[int, str], raters: Mapping[str, Rater]) -> list[bool]:
    """Return whether each sentence is right, by its picture's set."""
    verdicts = {
        name: rater.right({dev[at].name: text for at, text in texts.items() if dev[at].set == name})
        for name, rater in raters.items()
    }
    return [verdicts[dev[at].set][dev[at].name] for at in texts]


def _share(hits: Sequence[bool]) -> float:
    return sum(hits) / len(hits) if hits else 0.0


def _short(value: float, to_whole: Callable[[float], int] = round) -> float:
    """Return a number with few digits; a threshold is rounded down, or the picture that it was chosen by would lie below it."""
    if not value:
        return 0.0
    scale = 10.0 ** (_DIGITS - 1 - math.floor(math.log10(abs(value))))
    return to_whole(value * scale) / scale
