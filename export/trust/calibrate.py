"""A bundle learns when its sentences can be trusted: everything is fitted to pictures, and stored in its manifest and a file.

The networks stay as they are. One probe serves all variants; confidence and thresholds are each variant's own.
"""

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from edge_runtime.backends.decoding import Floats
from edge_runtime.bundle.judge_spec import JUDGE, JudgeSpec, WordingSpec
from edge_runtime.bundle.language_facts import LanguagePart
from edge_runtime.bundle.manifest import Manifest
from edge_runtime.bundle.reader import MANIFEST, Bundle
from edge_runtime.judging.clearness import Clearness, ClearnessProbe
from export.bundling.writer import add_file, check_target, publish, staging
from export.trust.alterations import altered
from export.trust.looking import Pixels, Speaker, seen_by, what_is_read
from export.trust.options import CalibrateOptions, Outside
from export.trust.probe import PICTURE, fit_probe
from export.trust.rightness import Rater
from export.trust.sentences import dev_pictures, readable
from export.trust.variant import VariantTrust, hear, read_pictures, trust_of
from export.trust.wording_en import wording
from train.datasets.base import Split
from train.datasets.named_sets import NamedSet
from train.errors import DatasetError

PROBE_FILE = "judge.npy"
_FEW = 20
"""Photographs that a probe is fitted to, at the least."""
_DRAWN_FROM = 200
"""Photographs that non-pictures are made of; more make no other kind of blur."""
_CHECKED = 3
"""Non-pictures are fitted to for each one that checks."""


@dataclass(frozen=True)
class Calibration:
    """What was found.

    Attributes:
        manifest: As written.
        variants: Name -> what was fitted to the variant.
        raters: Name of a data set -> who called its sentences right.
        pictures: Name of a data set -> its development pictures.
        photographs: That the probe was fitted to.
    """

    manifest: Manifest
    variants: Mapping[str, VariantTrust]
    raters: Mapping[str, Rater]
    pictures: Mapping[str, int]
    photographs: int


def calibrate(
    options: CalibrateOptions, sets: Sequence[NamedSet], outside: Outside, say: Callable[[str], None]
) -> Calibration:
    """Fit everything, and write the bundle anew.

    Args:
        options: What is asked for.
        sets: Data sets, at least one.
        outside: Of the language, and of what is no clear picture.
        say: Receives lines of news.

    Raises:
        BundleNotFoundError, BundleError: The bundle is missing or altered.
        BackendNotInstalledError: A package that runs one of its variants is missing.
        DatasetError: Too few pictures.
        OptionError, ExportError: An option outside its range, or a target that cannot be written.
    """
    options.check()
    check_target(options.target)
    bundle = Bundle(options.bundle)
    bundle.verify()
    tensor, groups = what_is_read(bundle.manifest, options.heads)
    raters = {
        each.name: Rater(each.name, each.dataset.captions_of("dev"), outside.objects_of, outside.objects_told)
        for each in sets
    }
    dev = dev_pictures(bundle.manifest.input, options, sets, outside.sexes_of, say)
    names: dict[str, str] = {}
    for name, variant in bundle.manifest.variants.items():
        names.setdefault(variant.files["encoder"].path, name)
    encoders = {path: Speaker(bundle, name, tensor, groups) for path, name in names.items()}
    matrix, photographs = _fitted(bundle, options, sets, outside, encoders, say)
    kinds = (PICTURE, *outside.kinds)
    probe = ClearnessProbe(JudgeSpec(tensor, groups, kinds), matrix)
    drawn = _checked(bundle, options, sets, outside, encoders, probe, say)
    del encoders
    table = wording(bundle.vocabulary().words)
    heard = {}
    for name in bundle.manifest.variants:
        say(f"{name} says {len(dev)} sentences about development pictures")
        speaker = Speaker(bundle, name, tensor, groups)
        heard[name] = hear(speaker, bundle.vocabulary(), dev, raters, table, probe, options)
    say("readings and confidence are fitted")
    readings = read_pictures(list(heard.values()), options.seed)
    trusts = {
        name: trust_of(heard[name], dev, readings, raters, drawn[variant.files["encoder"].path], options)
        for name, variant in bundle.manifest.variants.items()
    }
    spec = JudgeSpec(tensor, groups, kinds, tells_right=True)
    matrix = np.insert(matrix, len(kinds), readings.weights, axis=0)
    for tag in _judged(bundle.manifest):
        say(
            f"{tag}: how sure its sentences are was told by the former probe, and is left out; calibrate --language {tag}"
        )
    manifest = _written(bundle, options, spec, matrix, table, trusts)
    pictures = {each.name: sum(picture.set == each.name for picture in dev) for each in sets}
    return Calibration(manifest, trusts, raters, pictures, photographs)


def _photographs(
    bundle: Bundle,
    options: CalibrateOptions,
    sets: Sequence[NamedSet],
    split: Split,
    count: int,
    say: Callable[[str], None],
) -> Iterator[Pixels]:
    """Yield pictures of a split picked by seed, equally many of each set that has so many."""
    spec = bundle.manifest.input
    rng = np.random.default_rng(options.seed)
    holders = [each.dataset for each in sets if each.dataset.splits[split]]
    for dataset in holders:
        names = dataset.splits[split]
        chosen = rng.permutation(len(names))[: max(1, count // len(holders))]
        for _, picture in readable(dataset.images, [names[at] for at in chosen], spec.height, spec.width, say):
            yield picture


def _fitted(
    bundle: Bundle,
    options: CalibrateOptions,
    sets: Sequence[NamedSet],
    outside: Outside,
    encoders: Mapping[str, Speaker],
    say: Callable[[str], None],
) -> tuple[Floats, int]:
    """Return the probe's matrix, and how many photographs fitted it."""
    some: list[Pixels] = []
    count = 0

    def both() -> Iterator[Pixels]:
        nonlocal count
        for picture in _photographs(bundle, options, sets, "train", options.photographs, say):
            if count % max(1, options.photographs // _DRAWN_FROM) == 0:
                some.append(picture)
            yield picture
            yield altered(picture, count, options.seed)
            count += 1

    say(f"{len(encoders)} encoders look at training pictures, as they are and altered")
    photographs = seen_by(encoders, both(), "training pictures", 2 * options.photographs)
    if count < _FEW:
        raise DatasetError(
            f"{count} training pictures that can be read: the probe of clear pictures is fitted to {_FEW} or more; name more with "
            "--train-split or --also"
        )
    say(f"they look at {options.nonpictures} non-pictures of each of {len(outside.kinds)} kinds")
    size = _size(bundle)
    drawn = {}
    for kind in outside.kinds:
        pictures = outside.draw(kind, options.nonpictures, some, options.seed, size)
        drawn[kind] = list(seen_by(encoders, pictures, kind, len(pictures)).values())
    return fit_probe(list(photographs.values()), drawn), count


def _checked(
    bundle: Bundle,
    options: CalibrateOptions,
    sets: Sequence[NamedSet],
    outside: Outside,
    encoders: Mapping[str, Speaker],
    probe: ClearnessProbe,
    say: Callable[[str], None],
) -> dict[str, dict[str, list[Clearness]]]:
    """Return what the probe says, for each encoder, of non-pictures that did not fit it, by kind."""
    others = list(_photographs(bundle, options, sets, "dev", _DRAWN_FROM, say))
    count, size = max(1, options.nonpictures // _CHECKED), _size(bundle)
    drawn = {kind: outside.draw(kind, count, others, options.seed + 1, size) for kind in outside.kinds}
    return {
        path: {kind: [speaker.look(picture, probe) for picture in pictures] for kind, pictures in drawn.items()}
        for path, speaker in encoders.items()
    }


def _judged(manifest: Manifest) -> list[str]:
    """Return the further languages of which a bundle knows how sure their sentences are."""
    languages = manifest.languages.items()
    return [tag for tag, part in languages if any(one.confidence is not None for one in part.variants.values())]


def _unjudged(part: LanguagePart) -> LanguagePart:
    variants = {name: replace(variant, confidence=None) for name, variant in part.variants.items()}
    return replace(part, variants=variants)


def _size(bundle: Bundle) -> int:
    return max(bundle.manifest.input.height, bundle.manifest.input.width)


def _written(
    bundle: Bundle,
    options: CalibrateOptions,
    spec: JudgeSpec,
    matrix: Floats,
    table: WordingSpec,
    trusts: Mapping[str, VariantTrust],
) -> Manifest:
    """Write the bundle anew with all that was fitted."""
    old = bundle.manifest
    before = old.files.get(JUDGE)
    with staging(options.target) as folder:
        for file in bundle.files():
            if file != before:
                add_file(folder, file.path, bundle.read(file))
        content = io.BytesIO()
        np.save(content, matrix.astype("<f4"))
        files = {**old.files, JUDGE: add_file(folder, PROBE_FILE, content.getvalue())}
        variants = {name: replace(variant, confidence=trusts[name].spec) for name, variant in old.variants.items()}
        languages = {tag: _unjudged(part) for tag, part in old.languages.items()}
        new = replace(old, judge=spec, wording=table, variants=variants, files=files, languages=languages)
        manifest = Manifest.from_json(new.to_json(), f"{folder}/{MANIFEST}")
        publish(folder, manifest, options.target)
    return manifest
