"""Another way to search for sentences, for a bundle that is there: its run is not needed, its networks stay as they are.

The greedy loops, which hold the rules of the search, are written anew around the bundle's own step graphs; the manifest and the model
card get the new defaults, and the scores that go with them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import onnx

from edge_runtime.backends.decoding import Search
from edge_runtime.bundle.manifest import BundleFile, DecodeDefaults, Manifest, Variant
from edge_runtime.bundle.reader import MANIFEST, Bundle
from edge_runtime.captioner import search_of
from export.bundling.export import REFERENCE
from export.bundling.language_table import with_languages
from export.bundling.model_card import model_card
from export.bundling.trained_run import check_search
from export.bundling.writer import add_file, check_target, publish, staging
from export.litert.flatbuffer import packed, unpacked
from export.litert.greedy_loop import with_greedy_search
from export.onnx.compaction import shared_weights
from export.onnx.greedy_loop import looped
from export.parity import measure as parity
from train.datasets.base import Dataset
from train.datasets.function_words import check_function_words, function_words
from train.runs.bundle_start import with_weights
from train.scoring.evaluate import SplitScorer, score, training_captions


@dataclass(frozen=True)
class RedecodeOptions:
    """What is asked for.

    Attributes:
        bundle: Folder or zip; the one that ships where None.
        out: The new bundle, which may be the old one's folder.
        beam: Hypotheses kept; the bundle's own where None.
        length_penalty: Of the beam search; the bundle's own where None.
        say_once: Whether words but function words are said once at the most; as the bundle has it where None.
        test: Score the test split too.
    """

    bundle: Path | None
    out: Path
    beam: int | None
    length_penalty: float | None
    say_once: bool | None
    test: bool


def redecode(options: RedecodeOptions, dataset: Dataset, say: Callable[[str], None]) -> Manifest:
    """Write the bundle anew.

    Args:
        options: What is asked for.
        dataset: What its sentences are scored on, readable in dev, and in test where asked for.
        say: Receives lines of news.

    Returns:
        The new manifest.

    Raises:
        BundleNotFoundError, BundleError: The bundle is missing or altered.
        ExportError: A number outside its range, or a target that cannot be written.
        RunError: Words are to be said once in a language whose function words are not known.
    """
    check_target(options.out)
    bundle = Bundle(options.bundle)
    bundle.verify()
    manifest = bundle.manifest
    words = bundle.vocabulary()
    decode = _decode(options, manifest, words.words)
    search = search_of(replace(manifest, decode=decode), words)
    with staging(options.out) as folder:
        written: dict[str, BundleFile] = {}
        variants = {}
        for name, variant in manifest.variants.items():
            say(f"writing the loops of {name}")
            files = _searched(bundle, variant, search)
            for path, content in files.values():
                if path not in written:
                    written[path] = add_file(folder, path, content)
            variants[name] = replace(variant, files={graph: written[path] for graph, (path, _) in files.items()})
        kept = {
            name: add_file(folder, file.path, bundle.read(file))
            for name, file in manifest.files.items()
            if name != "model_card"
        }
        for file in replace(manifest, files={}, variants={}).all_files:  # of the further languages
            add_file(folder, file.path, bundle.read(file))
        new = replace(manifest, decode=decode, variants=variants, files=kept)
        (folder / MANIFEST).write_text(new.to_json())
        new = _scored(folder, new, options, dataset, say)
        publish(folder, new, options.out)
    return new


def _decode(options: RedecodeOptions, manifest: Manifest, words: Sequence[str]) -> DecodeDefaults:
    old = manifest.decode
    beam = old.beam_width if options.beam is None else options.beam
    penalty = old.length_penalty if options.length_penalty is None else options.length_penalty
    check_search(beam, penalty)
    again = old.repeatable
    if options.say_once is not None:
        if options.say_once:
            check_function_words(manifest.language)
        again = function_words(words, manifest.language) if options.say_once else None
    return DecodeDefaults(beam, penalty, again)


def _searched(bundle: Bundle, variant: Variant, search: Search) -> Mapping[str, tuple[str, bytes]]:
    """Return a variant's files by graph, its loops written anew."""
    found = {graph: (file.path, bundle.read(file)) for graph, file in variant.files.items()}
    path, content = found["decoder_step"]
    if variant.backend == "litert":
        return {
            **found,
            "decoder_step": (path, with_greedy_search(_step_alone(content), search, bundle.manifest.decoder.names)),
        }
    if "decoder_greedy" not in found:
        return found
    step = with_weights(bundle, variant, "decoder_step")
    weights = found["decoder_weights"][0]
    step_graph, loop, held = shared_weights(step, looped(_copied(step), search), weights)
    return {
        **found,
        "decoder_step": (path, step_graph),
        "decoder_greedy": (found["decoder_greedy"][0], loop),
        "decoder_weights": (weights, held),
    }


def _step_alone(content: bytes) -> bytes:
    """Return a LiteRT step graph without the search that was added to it."""
    model = unpacked(content)
    model.subgraphs, model.signatureDefs = model.subgraphs[:1], model.signatureDefs[:1]
    used = {0, *(tensor.buffer for tensor in model.subgraphs[0].tensors)}
    used |= {entry.buffer for entry in model.metadata or []}
    places = {old: new for new, old in enumerate(sorted(used))}
    model.buffers = [model.buffers[old] for old in sorted(used)]
    for holder in (*model.subgraphs[0].tensors, *(model.metadata or [])):
        holder.buffer = places[holder.buffer]
    return packed(model)


def _copied(model: onnx.ModelProto) -> onnx.ModelProto:
    copy = onnx.ModelProto()
    copy.CopyFrom(model)
    return copy


def _scored(
    folder: Path, manifest: Manifest, options: RedecodeOptions, dataset: Dataset, say: Callable[[str], None]
) -> Manifest:
    """Return the manifest with what each variant's sentences score now, and the model card that tells it."""
    beam, known = manifest.decode.beam_width, training_captions(dataset)
    quality: dict[str, Any] = {}
    dev = dataset.captions_of("dev")
    measured = dict(manifest.parity)
    said: Mapping[str, Mapping[str, str]] = {}
    if REFERENCE in manifest.variants:
        # What stays is how the float graphs did against Keras, by the search of then: it takes the run to tell that of the new one.
        new, said = parity.measure(folder, REFERENCE, dataset.images, dev, beam)
        measured |= new
    default = manifest.default_variant
    quality[f"{default}, dev, beam {beam}"] = score(
        said.get(default) or parity.captions(folder, default, dataset.images, dev, beam),
        dev,
        known,
        manifest.language,
    )
    if options.test:
        test = dataset.captions_of("test")
        say(f"scoring {len(manifest.variants)} variants on test")
        quality |= parity.scores_on_test(
            folder, manifest.variants, dataset.images, SplitScorer(test, known, manifest.language), test, beam
        )
    card = with_languages(model_card(manifest, quality, measured), manifest, REFERENCE)
    files = {**manifest.files, "model_card": add_file(folder, "MODEL_CARD.md", card.encode())}
    return replace(manifest, quality=quality, parity=measured, files=files)
