"""Sentences about development pictures: what is said, whether it is right, and how that is told beforehand."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from edge_runtime.bundle.judge_spec import TERMS, ConfidenceSpec
from edge_runtime.bundle.manifest import InputSpec
from edge_runtime.console.streams import LOG_STREAM
from edge_runtime.errors import PictureError
from edge_runtime.judging.clearness import ClearnessProbe
from edge_runtime.judging.confidence import confidence_terms
from edge_runtime.pictures.preprocess import load_input
from export.trust.figures import Figures, figures
from export.trust.looking import Counterparts, Pixels, Speaker, Spoken
from export.trust.options import CalibrateOptions
from export.trust.readings import Readings
from export.trust.rightness import Rater
from export.trust.sexes import SexesOf, known_sex
from export.trust.sureness import fit_confidence
from train.datasets.named_sets import NamedSet
from train.errors import DatasetError

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


@dataclass(frozen=True)
class SentenceTrust:
    """What was fitted to the sentences of a variant, and how good it is.

    Attributes:
        spec: What its manifest says.
        figures: Name of a data set -> figures of its sentences, cross-validated.
        together: The same of all of them.
        refused: Name of a data set -> share of its development pictures that get no sentence.
    """

    spec: ConfidenceSpec
    figures: Mapping[str, Figures]
    together: Figures
    refused: Mapping[str, float]


def dev_pictures(
    spec: InputSpec,
    options: CalibrateOptions,
    sets: Sequence[NamedSet],
    sexes_of: SexesOf,
    say: Callable[[str], None],
) -> list[DevPicture]:
    """Return development pictures of every set that can be read.

    Args:
        spec: Of the bundle's input.
        options: What is asked for.
        sets: Data sets.
        sexes_of: Names the sexes that a caption gives to people.
        say: Receives lines of news.

    Raises:
        DatasetError: There are none.
    """
    found = []
    for each in sets:
        captions, images = each.dataset.captions_of("dev"), each.dataset.images
        for name, _ in readable(images, list(captions)[: options.dev_pictures], spec.height, spec.width, say):
            found.append(DevPicture(each.name, name, images / name, known_sex(captions[name], sexes_of)))
    if not found:
        raise DatasetError("no development pictures; name some with --dev-split or --also")
    return found


def readable(
    images: Path, names: Sequence[str], height: int, width: int, say: Callable[[str], None]
) -> Iterator[tuple[str, Pixels]]:
    """Yield pictures that can be read; each other one is said.

    Args:
        images: Their folder.
        names: Of their files.
        height: In pixels, that they are brought to.
        width: Likewise.
        say: Receives lines of news.
    """
    for name in names:
        try:
            yield name, load_input(images / name, height, width)
        except PictureError as error:
            say(f"left out: {error}")


def say_all(
    speaker: Speaker, dev: Sequence[DevPicture], probe: ClearnessProbe, counterparts: Counterparts
) -> list[Spoken]:
    """Have a variant say a sentence about each picture, with progress on stderr; see `Speaker.say`."""
    from tqdm import tqdm

    bar = tqdm(dev, desc="sentences", unit="picture", mininterval=2, file=LOG_STREAM)
    return [speaker.say(picture.path, probe, counterparts) for picture in bar]


def right_ones(dev: Sequence[DevPicture], texts: Mapping[int, str], raters: Mapping[str, Rater]) -> dict[int, bool]:
    """Return whether each sentence is right, by its picture's set.

    Args:
        dev: Development pictures.
        texts: Place of a picture -> its sentence.
        raters: Name of a data set -> who calls its sentences right.
    """
    verdicts = {
        name: rater.right({dev[at].name: text for at, text in texts.items() if dev[at].set == name})
        for name, rater in raters.items()
    }
    return {at: verdicts[dev[at].set][dev[at].name] for at in texts}


def trust_of_sentences(
    said: Sequence[Spoken],
    right: Mapping[int, bool],
    dev: Sequence[DevPicture],
    raters: Mapping[str, Rater],
    least_clear: float,
    sex_margin: float,
    seed: int,
    readings: Readings | None = None,
    usable: Sequence[str] = TERMS,
) -> SentenceTrust:
    """Fit confidence to what a variant says.

    Args:
        said: About each picture.
        right: Place of each picture that gets a sentence -> whether it is right.
        dev: Development pictures.
        raters: Name of a data set -> who calls its sentences right.
        least_clear: Log-odds of a clear picture below which no sentence is said.
        sex_margin: By which a sex is said, in nats.
        seed: Of the folds.
        readings: Of each of the pictures, see `fit_confidence`.
        usable: Terms that may be taken up.

    Raises:
        DatasetError: Too few sentences are left, or nearly all of them are right or wrong.
    """
    shown, known = list(right), list(right.values())
    terms = [confidence_terms(said[at].hypothesis.log_probs, said[at].clearness) for at in shown]
    of_shown = None if readings is None else readings.of(np.array(shown, np.int64))
    confidence = fit_confidence(terms, known, seed, of_shown, usable)
    spec = ConfidenceSpec(
        {name: _short(weight) for name, weight in confidence.terms.items()},
        _short(confidence.bias),
        _short(least_clear, math.floor),
        _short(confidence.hedge_below),
        _short(sex_margin, math.floor),
    )
    of_set = np.array([dev[at].set for at in shown])
    return SentenceTrust(
        spec,
        {
            name: figures(confidence.held_out[of_set == name], np.array(known)[of_set == name])
            for name in raters
            if name in of_set
        },
        figures(confidence.held_out, np.array(known)),
        {name: share([at not in right for at, one in enumerate(dev) if one.set == name]) for name in raters},
    )


def share(hits: Sequence[bool]) -> float:
    """Return the share of hits, 0 to 1; 0 of none."""
    return sum(hits) / len(hits) if hits else 0.0


def _short(value: float, to_whole: Callable[[float], int] = round) -> float:
    """Return a number with few digits; a threshold is rounded down, or the picture that it was chosen by would lie below it."""
    if not value:
        return 0.0
    scale = 10.0 ** (_DIGITS - 1 - math.floor(math.log10(abs(value))))
    return to_whole(value * scale) / scale
