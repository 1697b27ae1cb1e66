"""A bundle learns when its sentences in a further language can be trusted; what it knows of pictures stays as it is.

The term `seen` is left out. Its reading was fitted to right sentences about the development pictures of the bundle's own language, and
captions of other languages are mostly of the same pictures: of these it knows more than it will of any other.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from edge_runtime.bundle.judge_spec import TERMS, JudgeSpec
from edge_runtime.bundle.manifest import Manifest
from edge_runtime.bundle.reader import MANIFEST, Bundle
from edge_runtime.bundle.spoken import served_language
from edge_runtime.errors import OptionError
from edge_runtime.judging.clearness import ClearnessProbe
from export.bundling.writer import add_file, check_target, publish, staging
from export.trust.looking import Speaker
from export.trust.options import CalibrateOptions
from export.trust.rightness import Rater
from export.trust.sentences import (
    DevPicture,
    SentenceTrust,
    dev_pictures,
    right_ones,
    say_all,
    trust_of_sentences,
)
from train.datasets.lettering import check_lettering
from train.datasets.named_sets import NamedSet

USABLE = tuple(name for name in TERMS if name != "seen")
"""Terms that confidence in a further language may be told by."""


@dataclass(frozen=True)
class LanguageCalibration:
    """What was found.

    Attributes:
        manifest: As written, of all languages.
        language: Tag of the one that was calibrated.
        variants: Name -> what was fitted to the variant.
        raters: Name of a data set -> who called its sentences right.
        pictures: Name of a data set -> its development pictures.
    """

    manifest: Manifest
    language: str
    variants: Mapping[str, SentenceTrust]
    raters: Mapping[str, Rater]
    pictures: Mapping[str, int]


def calibrate_language(
    options: CalibrateOptions, language: str, sets: Sequence[NamedSet], say: Callable[[str], None]
) -> LanguageCalibration:
    """Fit the confidence of one of a bundle's further languages, and write the bundle anew.

    A sentence is right when it is as like the references as nearly all of people's captions are (`export.trust.rightness`); which
    objects it names is known of English alone.

    Args:
        options: What is asked for; the bundle, where it goes, the development pictures and the seed count.
        language: Tag of one that the bundle speaks beside its own.
        sets: Data sets with captions in it, at least one.
        say: Receives lines of news.

    Raises:
        BundleNotFoundError, BundleError: The bundle is missing or altered.
        UnknownLanguageError: It does not speak the language.
        BackendNotInstalledError: A package that runs one of its variants is missing.
        DatasetError: Too few pictures, or captions in another script than the language's.
        OptionError, ExportError: The bundle itself is not calibrated, or a target cannot be written.
    """
    check_target(options.target)
    bundle = Bundle(options.bundle)
    bundle.verify()
    tag = served_language(bundle.own, language)
    judge, probe = _known(bundle, tag)
    spoken = bundle.in_language(tag)
    for each in sets:
        captions = each.dataset.captions_of("dev").values()
        check_lettering((text for texts in captions for text in texts), tag, each.dataset.source)
    raters = {each.name: Rater(each.name, each.dataset.captions_of("dev"), _none, _none, tag) for each in sets}
    dev = dev_pictures(bundle.manifest.input, options, sets, _none, say)
    trusts = {}
    for name in spoken.manifest.variants:
        say(f"{name} says {len(dev)} sentences in {tag} about development pictures")
        speaker = Speaker(spoken, name, judge.tensor, judge.groups)
        trusts[name] = _trust(spoken, speaker, _least_clear(bundle, name), dev, raters, probe, options)
    manifest = _written(bundle, options, tag, trusts)
    pictures = {each.name: sum(picture.set == each.name for picture in dev) for each in sets}
    return LanguageCalibration(manifest, tag, trusts, raters, pictures)


def _none(_: str) -> frozenset[str]:
    return frozenset()


def _known(bundle: Bundle, tag: str) -> tuple[JudgeSpec, ClearnessProbe]:
    """Return what a bundle knows of pictures already."""
    spec, probe = bundle.own.judge, ClearnessProbe.of(bundle)
    if spec is None or probe is None or any(one.confidence is None for one in bundle.own.variants.values()):
        raise OptionError(
            f"--language {tag}: {bundle.path} does not know yet when its sentences in {bundle.own.language} can be trusted; "
            "calibrate without --language first"
        )
    return spec, probe


def _least_clear(bundle: Bundle, variant: str) -> float:
    confidence = bundle.own.variants[variant].confidence
    return 0.0 if confidence is None else confidence.least_clear


def _trust(
    spoken: Bundle,
    speaker: Speaker,
    least_clear: float,
    dev: Sequence[DevPicture],
    raters: Mapping[str, Rater],
    probe: ClearnessProbe,
    options: CalibrateOptions,
) -> SentenceTrust:
    words, sentences = spoken.vocabulary(), spoken.manifest.sentences
    said = say_all(speaker, dev, probe, lambda _: {})
    texts = {
        at: sentences.said(words.decode(one.hypothesis.ids))
        for at, one in enumerate(said)
        if one.clearness.log_odds >= least_clear
    }
    right = right_ones(dev, texts, raters)
    trust = trust_of_sentences(said, right, dev, raters, least_clear, 0.0, options.seed, usable=USABLE)
    # The picture's threshold is the bundle's own, to the last digit.
    return replace(trust, spec=replace(trust.spec, least_clear=least_clear))


def _written(bundle: Bundle, options: CalibrateOptions, tag: str, trusts: Mapping[str, SentenceTrust]) -> Manifest:
    """Write the bundle anew with all that was fitted."""
    old = bundle.own
    part = old.languages[tag]
    variants = {name: replace(variant, confidence=trusts[name].spec) for name, variant in part.variants.items()}
    new = replace(old, languages={**old.languages, tag: replace(part, variants=variants)})
    with staging(options.target) as folder:
        for file in bundle.files():
            add_file(folder, file.path, bundle.read(file))
        manifest = Manifest.from_json(new.to_json(), f"{folder}/{MANIFEST}")
        publish(folder, manifest, options.target)
    return manifest
