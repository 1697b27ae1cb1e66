"""What a bundle's variants say in one of its further languages: scores of each, and what it keeps of the float one's."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edge_runtime.bundle.reader import Bundle
from export.parity.bars import language_failures
from export.parity.measure import captions, share_of_same
from train.scoring.evaluate import SplitScorer
from train.scoring.leave_one_out import people_scores
from train.scoring.metrics import protocol

PEOPLE = "people"
"""Title of what people reach, beside those of the variants."""


@dataclass(frozen=True)
class LanguageQuality:
    """How good a language of a bundle is.

    Attributes:
        quality: Title -> scores, as the manifest has them.
        failures: What falls short of the bars, a sentence each.
    """

    quality: dict[str, dict[str, Any]]
    failures: list[str]


def measure_language(
    folder: Path,
    language: str,
    reference: str,
    images: Path,
    dev: Mapping[str, Sequence[str]],
    known: Iterable[str],
    trained: Mapping[str, str],
) -> LanguageQuality:
    """Score what every variant of a bundle says in a language, by the language's own protocol and search.

    Args:
        folder: The bundle.
        language: Tag of one of its further languages.
        reference: The float variant that the others are held against.
        images: Folder of the pictures.
        dev: Captions by picture.
        known: Training captions as written.
        trained: What the trained network itself says of the pictures.
    """
    manifest = Bundle(folder).manifest.in_language(language)
    beam = manifest.decode.beam_width
    # Every picture gets its sentence, as it did when the bundle's own language was scored: what is no clear picture is found out later.
    said = {name: captions(folder, name, images, dev, beam, language, abstains=False) for name in manifest.variants}
    scorer = SplitScorer(dev, known, language)
    scores = {name: scorer.score(sentences) for name, sentences in said.items()}
    cider = scores[reference]["cider"]
    quality = {}
    for name, found in scores.items():
        kept = {"cider_share": round(found["cider"] / cider, 4)} if cider else {}
        same = {"same_captions": round(share_of_same(said[reference], said[name]), 4)}
        quality[f"{name}, dev, beam {beam}"] = {**found, **kept, **same}
    as_trained = share_of_same(trained, said[reference])
    quality[f"{reference}, dev, beam {beam}"]["same_captions_as_keras"] = round(as_trained, 4)
    if any(len(texts) > 1 for texts in dev.values()):
        quality[PEOPLE] = _people(dev, language)
    others = {name: found["cider"] for name, found in scores.items() if name != reference}
    return LanguageQuality(quality, language_failures(language, as_trained, cider, others))


def _people(references: Mapping[str, Sequence[str]], language: str) -> dict[str, Any]:
    """Return what people reach, each held against the others of the picture."""
    about = f"{protocol(language)}, each against the others of its picture"
    return {**people_scores(references, language).to_dict(), "protocol": about}
