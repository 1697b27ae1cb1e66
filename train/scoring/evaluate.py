"""Scores of a run (in Keras) or of a bundle (as the device runs it), printed as one JSON object."""

import argparse
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from edge_runtime.backends.opening import open_backend
from edge_runtime.bundle.reader import Bundle
from edge_runtime.bundle.vocabulary import Vocabulary
from edge_runtime.captioner import Captioner
from edge_runtime.console.exits import log
from edge_runtime.console.streams import LOG_STREAM
from train.datasets.base import Dataset, Split
from train.datasets.languages import is_english, language_of
from train.datasets.lettering import check_lettering
from train.datasets.loading import DatasetSource
from train.datasets.tokeniser import tokenise
from train.errors import DatasetError, RunError
from train.scoring.caption_faults import speech
from train.scoring.metrics import CaptionScorer, Scores, protocol
from train.scoring.sample_table import sampled_table
from train.scoring.token_scores import TokenScores
from train.scoring.truth import truth


def evaluate_run(arguments: argparse.Namespace, source: DatasetSource | None) -> int:
    """Score a run's best decoder, word by word and by its captions.

    Args:
        arguments: Of `python -m train evaluate --run`.
        source: The data set; the run's own where None.
    """
    from train.encoders.registry import build_encoder, encoder_spec, weights_of_run
    from train.features.cache import cache_features, encode_pictures
    from train.runs.folder import RunFolder
    from train.scoring.decoder_scores import score_decoder
    from train.scoring.generate import FeatureCaptioner

    folder = RunFolder(arguments.run)
    config, vocabulary = folder.config(), folder.read_vocabulary()
    spec = encoder_spec(config.encoder)
    weights = weights_of_run(spec, config.encoder_sha256, arguments.encoder_weights)
    if warning := weights.warning(spec):
        log(warning)
    encoder = build_encoder(spec, weights, config.image_size) if config.trains_encoder else None
    decoder = folder.load_decoder(spec.channels, encoder)
    dataset = _loaded(source or folder.source())
    scored = dataset.references([arguments.split], log)
    if encoder is not None:
        scored = scored.readable([arguments.split], log)
    references = split_references(scored, arguments.split, arguments.limit)
    _check(references, config.language, dataset)
    if encoder is not None:
        cache = encode_pictures(encoder, dataset.images, list(references))
    else:
        cache = cache_features(dataset.images, dataset.names, spec, weights, arguments.features, config.image_size)
        references = split_references(scored.only(cache.rows, [arguments.split]), arguments.split, arguments.limit)
    search = config.search(vocabulary, arguments.beam)
    sentences = language_of(config.language).sentences
    captions = FeatureCaptioner(decoder, vocabulary, sentences).captions(cache, references, search)
    tokens = score_decoder(decoder, vocabulary, cache, references, arguments.padded_length, config.language)
    figures = {"model": "Keras", **asdict(tokens)}
    _report(arguments, config.language, search.beam_width, captions, dataset, references, figures)
    return 0


def evaluate_bundle(arguments: argparse.Namespace, source: DatasetSource) -> int:
    """Score a bundle's captions of the picture files, and its next words where padded lengths are asked for.

    Args:
        arguments: Of `python -m train evaluate --bundle`.
        source: The data set.
    """
    bundle = Bundle(arguments.bundle)
    # Not what this machine was tuned to: scores are to be the same everywhere.
    variant = arguments.variant or bundle.manifest.default_variant
    captioner = Captioner.load(bundle, variant, language=arguments.language)
    language = captioner.language
    dataset = _loaded(source)
    scored = dataset.references([arguments.split], log).readable([arguments.split], log)
    references = split_references(scored, arguments.split, arguments.limit)
    _check(references, language, dataset)
    beam = arguments.beam or captioner.manifest.decode.beam_width
    captions = caption_files(captioner, dataset.images, references, beam)
    figures: dict[str, Any] = {"model": captioner.variant}
    if arguments.padded_length:
        lengths = arguments.padded_length
        figures |= asdict(score_bundle(bundle.in_language(language), variant, dataset.images, references, lengths))
    _report(arguments, language, beam, captions, dataset, references, figures)
    return 0


def score_bundle(
    bundle: Bundle,
    variant: str,
    images: Path,
    references: Mapping[str, Sequence[str]],
    lengths: Sequence[int],
) -> TokenScores:
    """Return next-word scores of one of a bundle's variants; see `train.scoring.decoder_scores.score_backend`.

    Args:
        bundle: In the language of the references (`Bundle.in_language`).
        variant: Its name.
        images: Folder of the pictures.
        references: File name -> captions, as written.
        lengths: Padded lengths to tell.
    """
    from train.scoring.decoder_scores import score_backend

    manifest = bundle.manifest
    backend = open_backend(bundle, bundle.variant(variant)[1], 1)
    words = bundle.vocabulary()
    return score_backend(backend, manifest.input, words, images, references, lengths, manifest.language)


def caption_files(captioner: Captioner, images: Path, names: Mapping[str, Any], beam: int) -> dict[str, str]:
    """File name -> sentence, with progress on stderr."""
    from tqdm import tqdm

    bar = tqdm(names, desc=f"{captioner.variant}, beam {beam}", unit="picture", mininterval=2, file=LOG_STREAM)
    return {name: captioner.caption(images / name, beam).text for name in bar}


def _loaded(source: DatasetSource) -> Dataset:
    """Return a data set, said."""
    dataset = source.load()
    log(dataset.report())
    return dataset


def _check(references: Mapping[str, Sequence[str]], language: str, dataset: Dataset) -> None:
    check_lettering((text for texts in references.values() for text in texts), language, dataset.source)


def split_references(dataset: Dataset, split: Split, limit: int | None) -> dict[str, tuple[str, ...]]:
    """Return the captions of the pictures of a split, by picture.

    Args:
        dataset: Whose.
        split: Which.
        limit: Pictures at the most, the first ones; all where None.

    Raises:
        DatasetError: There are none.
    """
    references = dataset.captions_of(split)
    if not references:
        raise DatasetError(f"{dataset.source}: no pictures in the {split} split; check the split files and --holdout")
    return dict(list(references.items())[:limit])


class SplitScorer:
    """Scores sets of captions of the same pictures, whose references are made ready once.

    Args:
        references: Picture -> its captions as written.
        known: Training captions as written, which count as not new.
        language: Tag of all of them, in the canonical form.

    Attributes:
        captions: The scores alone.

    Raises:
        ScoringError: No `java` on this machine.
    """

    def __init__(
        self, references: Mapping[str, Sequence[str]], known: Iterable[str] | None = None, language: str = "en"
    ) -> None:
        self.captions = CaptionScorer(references, language)
        self._references, self._language = references, language
        self._known = None if known is None else list(known)
        if known is not None and is_english(language):
            self._known = [Vocabulary.join(tokenise(caption)) for caption in known]

    def score(self, captions: Mapping[str, str]) -> dict[str, Any]:
        """Return every score, the protocol, what tells a collapsed model and what is not so.

        See `train.scoring.caption_faults`, and `train.scoring.truth`, which knows English words alone. METEOR is None in other languages.

        Args:
            captions: Picture -> caption.
        """
        scores: Scores = self.captions.score(captions)
        spoken = asdict(speech(captions, self._known, self._language))
        true = truth(captions, self._references).figures() if is_english(self._language) else {}
        return {
            **{name: None if value is None else round(value, 4) for name, value in asdict(scores).items()},
            "pictures": len(captions),
            **{name: round(value, 4) for name, value in spoken.items() if value is not None},
            **true,
            "protocol": protocol(self._language),
        }


def score(
    captions: Mapping[str, str],
    references: Mapping[str, Sequence[str]],
    known: Iterable[str] | None = None,
    language: str = "en",
) -> dict[str, Any]:
    """Return the scores of one set of captions; see `SplitScorer`."""
    return SplitScorer(references, known, language).score(captions)


def training_captions(dataset: Dataset) -> list[str]:
    """Return every caption of the training split, as written."""
    return [caption for captions in dataset.captions_of("train").values() for caption in captions]


def _write(file: Path, text: str, option: str) -> None:
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise RunError(f"{file}: cannot be written ({error.strerror}); check {option}") from None


def _report(
    arguments: argparse.Namespace,
    language: str,
    beam: int,
    captions: dict[str, str],
    dataset: Dataset,
    references: Mapping[str, Sequence[str]],
    more: dict[str, Any],
) -> None:
    if arguments.captions_out:
        lines = (f"{name}\t{caption}\n" for name, caption in captions.items())
        _write(arguments.captions_out, "".join(lines), "--captions-out")
    if arguments.sample:
        table = sampled_table(captions, references, arguments.sample, arguments.sample_seed)
        _write(arguments.sample_out, table, "--sample-out")
    scores = score(captions, references, training_captions(dataset), language)
    print(
        json.dumps(
            {"split": arguments.split, "language": language, "beam": beam, **more, **scores},
            indent=2,
        )
    )
