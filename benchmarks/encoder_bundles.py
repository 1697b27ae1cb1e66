"""Bundles of encoders that nobody has trained: right in size, speed and operators, with sentences of no meaning."""

import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from edge_runtime.backends.decoding import Search
from edge_runtime.bundle.manifest import BundleFile, DecodeDefaults, InputSpec, Manifest, Sizes, SpecialIds, Variant
from edge_runtime.bundle.reader import MANIFEST, Bundle
from edge_runtime.bundle.vocabulary import SPECIALS, Vocabulary
from export.bundling.backends import BackendVariants, backend_variants
from export.bundling.network import Network
from export.bundling.variants import VariantName
from export.bundling.writer import add_file
from export.calibration.gptq import Layer
from train.decoders.base import DecoderConfig
from train.decoders.registry import build_decoder
from train.encoders.registry import NO_WEIGHTS, EncoderWeights, build_encoder, encoder_spec, find_weights
from train.errors import WeightsError

_WORDS, _LENGTH = 2048, 18
ENCODER_VARIANTS = ("onnx-fp32", "onnx-int8", "litert-fp32", "litert-int8")
"""Variants that an encoder is exported in to be measured."""
_CALIBRATION = 32
"""Pictures that ranges are taken from, the same ones again where there are fewer."""


class _Unrefined(Network):
    """Weights are rounded to the nearest step: making up for errors costs minutes and changes no millisecond."""

    encoder_layers: Sequence[Layer] = ()  # type: ignore[assignment]
    step_layers: Sequence[Layer] = ()  # type: ignore[assignment]


def weights_at_hand(encoder: str) -> EncoderWeights:
    """Return an encoder's ImageNet weights, or random ones where they are not at hand: those are as fast.

    Args:
        encoder: Name in the registry.
    """
    spec = encoder_spec(encoder)
    try:
        return find_weights(spec)
    except WeightsError:
        return find_weights(spec, NO_WEIGHTS)


def untrained_bundle(
    home: Path, encoder: str, variants: Sequence[str], pictures: Sequence[Path], say: Callable[[str], None]
) -> Bundle:
    """Return the bundle of an encoder in a folder of bundles, exported if it is not there; its manifest comes last.

    Args:
        home: Where it lies, or will lie, by the encoder's name.
        encoder: Name in the registry.
        variants: Names, see `export.bundling.variants`.
        pictures: Files that the ranges of activations are taken from.
        say: Receives lines of news.
    """
    folder = home / encoder
    if not (folder / MANIFEST).exists():
        say(f"exporting {encoder}")
        folder.mkdir(exist_ok=True)
        write_untrained_bundle(folder, encoder, weights_at_hand(encoder), "attention", variants, pictures, say)
    return Bundle(folder)


def write_untrained_bundle(
    folder: Path,
    encoder: str,
    weights: EncoderWeights,
    decoder: str,
    variants: Sequence[str],
    pictures: Sequence[Path],
    say: Callable[[str], None],
) -> None:
    """Export an encoder with a decoder of random weights.

    Args:
        folder: Empty; becomes the bundle.
        encoder: Name in the registry.
        weights: Of the encoder.
        decoder: `attention` or `lstm`.
        variants: Names, see `export.bundling.variants`.
        pictures: Files that the ranges of activations are taken from.
        say: Receives lines of news.
    """
    spec = encoder_spec(encoder)
    model = build_encoder(spec, weights)
    head = build_decoder(decoder, DecoderConfig(_WORDS, spec.channels))
    regions = head.places(spec.regions(spec.size))
    search = Search(Vocabulary.start_id, Vocabulary.end_id, _LENGTH)
    with tempfile.TemporaryDirectory() as shown:
        names = []
        for number in range(_CALIBRATION):
            source = pictures[number % len(pictures)].resolve()
            names.append(f"{number}{source.suffix}")
            (Path(shown) / names[-1]).symlink_to(source)
        network = _Unrefined(model, head, regions, Path(shown), names, search, "min-max", say)
        makers: dict[str, BackendVariants] = {}
        written: dict[str, BundleFile] = {}
        found: dict[str, Variant] = {}
        for text in variants:
            name = VariantName.parse(text)
            maker = makers.setdefault(name.backend, backend_variants(name.backend, network))
            files: Mapping[str, tuple[str, bytes]] = {**maker.encoder(name.encoder), **maker.decoder(name.decoder)}
            for path, content in files.values():
                if path not in written:
                    written[path] = add_file(folder, path, content)
            table = {graph: written[path] for graph, (path, _) in files.items()}
            found[text] = Variant(name.backend, name.precision, table)
    words = Vocabulary([*SPECIALS, *(f"word{number}" for number in range(_WORDS - len(SPECIALS)))])
    manifest = Manifest(
        name=f"{encoder}-untrained",
        encoder=encoder,
        input=InputSpec(spec.size, spec.size),
        sizes=Sizes(regions, head.config.width, _WORDS),
        decoder=network.spec,
        special_ids=SpecialIds(words.pad_id, words.start_id, words.end_id, words.unknown_id),
        max_length=_LENGTH,
        decode=DecodeDefaults(1, 0.7),
        default_variant=variants[0],
        variants=found,
        files={"vocabulary": add_file(folder, "vocabulary.txt", words.to_text().encode())},
        quality={},
        parity={},
        provenance={
            "encoder": weights.origin,
            "encoder_parameters": int(model.count_params()),
            "note": "not trained: speed and size alone",
        },
        license="unspecified",
    )
    (folder / MANIFEST).write_text(manifest.to_json())
