"""What a bundle's `manifest.json` says: every fact of a model, so that none of them stands in code."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import PurePosixPath
from typing import Any

from edge_runtime.bundle.decoder_spec import DecoderSpec, TensorSpec
from edge_runtime.bundle.json_facts import CAME_LATER, LONGEST, MAX_DEPTH, build, check_plain, finite, shown
from edge_runtime.console.validation import shortened
from edge_runtime.errors import BundleError

SCHEMA_VERSION = 2
"""Of the manifests that are written."""
_WITHOUT_DECODER = 1
"""The schema before it, which knew one kind of decoder and did not name it; it is read, and kept where a bundle has it."""
MAX_BEAM = 50
"""Hypotheses that may be kept at the most."""

MAX_FILE = 200_000_000
"""Bytes of a graph or of its weights at the most."""
_MAX_TEXT = 4_000_000
"""Bytes of the vocabulary and of every other file that is no graph at the most."""
_MAX_VARIANT = 400_000_000
"""Bytes of all files of a variant at the most."""
_MOST = {
    "side": 2048,
    "regions": 10_000,
    "width": 8192,
    "vocabulary": 100_000,
    "max_length": 1000,
    "variants": 64,
    "files": 16,
}
"""The largest that each may be; all of them are far beyond what a small board can run."""
_MAX_GRID = 4_000_000
"""Regions times width at the most."""


@dataclass(frozen=True)
class InputSpec:
    """The picture that the encoder takes: [1, height, width, 3].

    Attributes:
        height: Pixels.
        width: Pixels.
        layout: Order of the axes, `NHWC`.
        channel_order: `RGB`.
        dtype: `uint8`.
        value_range: Lowest and highest value.
    """

    height: int
    width: int
    layout: str = "NHWC"
    channel_order: str = "RGB"
    dtype: str = "uint8"
    value_range: tuple[int, int] = (0, 255)


@dataclass(frozen=True)
class Sizes:
    """Lengths of the graphs' axes.

    Attributes:
        regions: R, places of the picture's grid.
        width: D, of keys, values and states.
        vocabulary: V, words.
    """

    regions: int
    width: int
    vocabulary: int


@dataclass(frozen=True)
class SpecialIds:
    """Ids of the words that are not said."""

    pad: int
    start: int
    end: int
    unknown: int


@dataclass(frozen=True)
class DecodeDefaults:
    """How sentences are searched for; see `edge_runtime.backends.decoding.Search`.

    Attributes:
        beam_width: Hypotheses kept unless asked otherwise.
        length_penalty: Of the beam search.
        repeatable: Words that a sentence may say more than once, every other one once at the most; all of them where None.
    """

    beam_width: int
    length_penalty: float
    repeatable: tuple[str, ...] | None = field(default=None, metadata=CAME_LATER)


@dataclass(frozen=True)
class BundleFile:
    """A file of the bundle.

    Attributes:
        path: Relative to the bundle, with `/`, inside it.
        sha256: Digest of its content, hexadecimal.
        bytes: Its size.
    """

    path: str
    sha256: str
    bytes: int

    def __post_init__(self) -> None:
        path = PurePosixPath(self.path)
        if path.is_absolute() or ".." in path.parts or "\\" in self.path or "\0" in self.path or not path.parts:
            raise BundleError(f"manifest.json: the path {shown(self.path)} leaves the bundle; do not use this bundle")
        # ONNX Runtime takes names with * for places in memory.
        if len(self.path) > 200 or not self.path.isprintable() or set(self.path) & set('*?"<>|:'):
            raise BundleError(f"manifest.json: the path {shown(self.path)} is no file's name; export the bundle again")
        if not 0 <= self.bytes <= MAX_FILE:
            raise BundleError(
                f"manifest.json: {shown(self.path)} is said to be of {self.bytes:,} bytes; a file may be of {MAX_FILE:,} at the most"
            )


@dataclass(frozen=True)
class Variant:
    """One form of the model.

    Attributes:
        backend: What runs it: `onnx` or `litert`.
        precision: `fp32`, `fp16`, `int8-dynamic` or `int8`; `ENCODER+DECODER` where they differ.
        files: `encoder` and `decoder_step` -> file; where there is one, `decoder_greedy`, the whole greedy search in one graph, and
            `decoder_weights`, what the decoder's graphs share.
    """

    backend: str
    precision: str
    files: Mapping[str, BundleFile]

    @property
    def bytes(self) -> int:
        """Return size of its graphs."""
        return sum(file.bytes for file in self.files.values())


@dataclass(frozen=True)
class Manifest:
    """All of `manifest.json`.

    Attributes:
        name: Of the model, for people.
        encoder: Name of the encoder network.
        input: The picture that goes in.
        sizes: Lengths of the graphs' axes.
        decoder: Its kind, and the tensors that its graphs pass on.
        special_ids: Ids of the words that are not said.
        max_length: Words of a sentence at the most.
        decode: Search defaults.
        default_variant: Used unless another is asked for.
        variants: Name -> variant.
        files: The other files: `vocabulary`, `model_card`.
        quality: Measured caption quality, with its protocol.
        parity: Measured differences between the variants and the trained model.
        provenance: Data set, seed, commit, package versions.
        license: Of the weights.
        schema_version: Of this file.
    """

    name: str
    encoder: str
    input: InputSpec
    sizes: Sizes
    decoder: DecoderSpec
    special_ids: SpecialIds
    max_length: int
    decode: DecodeDefaults
    default_variant: str
    variants: Mapping[str, Variant]
    files: Mapping[str, BundleFile]
    quality: Mapping[str, Any]
    parity: Mapping[str, Any]
    provenance: Mapping[str, Any]
    license: str
    schema_version: int = SCHEMA_VERSION

    def to_json(self) -> str:
        """As written to `manifest.json`."""
        content = asdict(self)
        if self.schema_version == _WITHOUT_DECODER:
            del content["decoder"]
        return json.dumps(content, indent=2, sort_keys=True, allow_nan=False) + "\n"

    @classmethod
    def from_json(cls, text: str, source: str) -> "Manifest":
        """Read a manifest.

        Args:
            text: Content of `manifest.json`.
            source: What to call it in an error.

        Raises:
            BundleError: Another schema version, or a fact that is missing, unknown or of the wrong kind.
        """
        try:
            content = json.loads(text, parse_constant=finite, parse_float=finite)
        except RecursionError:
            raise BundleError(f"{source}: nested deeper than {MAX_DEPTH}; do not use this bundle") from None
        except ValueError as error:
            raise BundleError(
                f"{source}: not JSON ({shortened(str(error), LONGEST)}); export the bundle again"
            ) from None
        check_plain(content, source)
        version = content.get("schema_version") if isinstance(content, dict) else None
        if version not in (_WITHOUT_DECODER, SCHEMA_VERSION):
            raise BundleError(
                f"{source}: schema version {shown(version)} is none that this edge-caption reads "
                f"({_WITHOUT_DECODER} and {SCHEMA_VERSION}); "
                "update edge-caption or export the bundle again"
            )
        try:
            return cls._from_dict(content, source)
        except (TypeError, AttributeError, ValueError, KeyError) as error:
            if isinstance(error, BundleError):
                raise
            raise BundleError(f"{source}: {shortened(str(error), LONGEST)}; export the bundle again") from None

    @classmethod
    def _from_dict(cls, content: dict[str, Any], source: str) -> "Manifest":
        nested: dict[str, Any] = {
            "input": build(InputSpec, content.get("input"), source),
            "sizes": build(Sizes, content.get("sizes"), source),
            "special_ids": build(SpecialIds, content.get("special_ids"), source),
            "decode": build(DecodeDefaults, content.get("decode"), source),
            "variants": {
                name: build(Variant, {**variant, "files": _files(variant.get("files"), source)}, source)
                for name, variant in content.get("variants", {}).items()
            },
            "files": _files(content.get("files"), source),
        }
        if content["schema_version"] == _WITHOUT_DECODER:
            if "decoder" in content:
                raise BundleError(
                    f"{source}: a decoder is named, which schema version 1 lacks; export the bundle again"
                )
            sizes = nested["sizes"]
            nested["decoder"] = DecoderSpec.recurrent("attention", sizes.regions, sizes.width)
        else:
            nested["decoder"] = _decoder(content.get("decoder"), source)
        manifest = build(cls, {**content, **nested}, source)
        if manifest.default_variant not in manifest.variants:
            raise BundleError(
                f"{source}: the default variant {shown(manifest.default_variant)} is not in it; export the bundle again"
            )
        if "vocabulary" not in manifest.files:
            raise BundleError(f"{source}: no vocabulary is named in it; export the bundle again")
        for wrong in manifest._impossible():
            raise BundleError(f"{source}: {wrong}; export the bundle again")
        return manifest

    def _impossible(self) -> list[str]:
        """Return facts that no reader of this version can honour."""
        found = []
        spec, sizes, decode = self.input, self.sizes, self.decode
        honoured = ("NHWC", "RGB", "uint8", (0, 255))
        if (spec.layout, spec.channel_order, spec.dtype, tuple(spec.value_range)) != honoured:
            found.append("an input that is not uint8 NHWC RGB, 0 to 255")
        large = {
            "side": max(spec.height, spec.width),
            "regions": sizes.regions,
            "width": sizes.width,
            "vocabulary": sizes.vocabulary,
            "max_length": self.max_length,
            "variants": len(self.variants),
            "files": max(len(files) for files in [self.files, *(v.files for v in self.variants.values())]),
        }
        found += [
            f"{name} {large[name]:.6g}, where {most:,} is the most"
            for name, most in _MOST.items()
            if large[name] > most
        ]
        if sizes.regions * sizes.width > _MAX_GRID:
            found.append(f"regions times width beyond {_MAX_GRID:,}")
        found += [
            f"the variant {shown(name)} of {variant.bytes:,} bytes, where {_MAX_VARIANT:,} is the most"
            for name, variant in self.variants.items()
            if variant.bytes > _MAX_VARIANT
        ]
        found += [
            f"{shown(file.path)} of {file.bytes:,} bytes, where {_MAX_TEXT:,} is the most"
            for file in self.files.values()
            if file.bytes > _MAX_TEXT
        ]
        figures = (self.quality, self.parity, self.provenance)
        if not all(isinstance(table, dict) for table in figures):
            found.append("figures that are no table")
        if min(spec.height, spec.width, sizes.regions, sizes.width, sizes.vocabulary, self.max_length) < 1:
            found.append("a size below 1")
        ids = (self.special_ids.pad, self.special_ids.start, self.special_ids.end, self.special_ids.unknown)
        if not all(0 <= index < sizes.vocabulary for index in ids):
            found.append("a special id outside the vocabulary")
        penalty = decode.length_penalty
        if (
            isinstance(penalty, bool)
            or not isinstance(penalty, int | float)
            or not 0 <= penalty <= 10
            or not 1 <= decode.beam_width <= MAX_BEAM
        ):
            found.append(f"decode defaults outside their range (beam 1 to {MAX_BEAM}, length penalty 0 to 10)")
        repeatable = decode.repeatable
        if not (
            repeatable is None or (isinstance(repeatable, tuple) and all(isinstance(word, str) for word in repeatable))
        ):
            found.append("repeatable words that are no list of words")
        for name, variant in self.variants.items():
            missing = {"encoder", "decoder_step"} - set(variant.files)
            if missing:
                found.append(f"the variant '{name}' names no {sorted(missing)[0]}")
        return [*found, *self.decoder.impossible()]


def _files(content: Any, source: str) -> dict[str, BundleFile]:
    if not isinstance(content, dict):
        raise BundleError(f"{source}: 'files' is not a table; export the bundle again")
    return {name: build(BundleFile, file, source) for name, file in content.items()}


def _decoder(content: Any, source: str) -> DecoderSpec:
    """Of a table of the kind and two lists of tensors; what they hold is looked at by `DecoderSpec.impossible`."""
    lists = content if isinstance(content, dict) else {}
    tensors = {}
    for part in ("context", "state"):
        if not isinstance(lists.get(part), list):
            raise BundleError(f"{source}: the decoder has no list of its {part}; export the bundle again")
        tensors[part] = tuple(build(TensorSpec, tensor, source) for tensor in lists[part])
    return build(DecoderSpec, {**lists, **tensors}, source)
