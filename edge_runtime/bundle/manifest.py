"""What a bundle's `manifest.json` says: every fact of a model, so that none of them stands in code."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from edge_runtime.bundle.bundle_file import MAX_FILE as MAX_FILE
from edge_runtime.bundle.bundle_file import BundleFile as BundleFile
from edge_runtime.bundle.bundle_file import read_files
from edge_runtime.bundle.decoder_spec import DecoderSpec, read_decoder
from edge_runtime.bundle.json_facts import CAME_LATER, LONGEST, MAX_DEPTH, build, check_plain, finite, shown
from edge_runtime.bundle.judge_spec import JUDGE, ConfidenceSpec, JudgeSpec, WordingSpec, optional, read_wording
from edge_runtime.bundle.language_facts import LanguagePart, read_languages, read_variant_tables
from edge_runtime.bundle.languages import ENGLISH, Sentences
from edge_runtime.bundle.model_facts import DecodeDefaults as DecodeDefaults
from edge_runtime.bundle.model_facts import InputSpec as InputSpec
from edge_runtime.bundle.model_facts import Sizes as Sizes
from edge_runtime.bundle.model_facts import SpecialIds as SpecialIds
from edge_runtime.console.validation import shortened
from edge_runtime.errors import BundleError, UnknownLanguageError

SCHEMA_VERSION = 2
"""Of the manifests that are written."""
_WITHOUT_DECODER = 1
"""The schema before it, which knew one kind of decoder and did not name it; it is read, and kept where a bundle has it."""
MAX_BEAM = 50
"""Hypotheses that may be kept at the most."""

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
    "languages": 64,
}
"""The largest that each may be; all of them are far beyond what a small board can run."""
_MAX_GRID = 4_000_000
"""Regions times width at the most."""


@dataclass(frozen=True)
class Variant:
    """One form of the model.

    Attributes:
        backend: What runs it: `onnx` or `litert`.
        precision: `fp32`, `fp16`, `int8-dynamic` or `int8`; `ENCODER+DECODER` where they differ.
        files: `encoder` and `decoder_step` -> file; where there is one, `decoder_greedy`, the whole greedy search in one graph, and
            `decoder_weights`, what the decoder's graphs share.
        confidence: How sure its sentences are; None where that was never found out.
    """

    backend: str
    precision: str
    files: Mapping[str, BundleFile]
    confidence: ConfidenceSpec | None = field(default=None, metadata=CAME_LATER)

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
        judge: How the probe in the file `judge` tells a clear picture; None where there is none.
        wording: Which words tell a person's sex; None where nobody said so.
        language: BCP 47 tag of its own language.
        sentences: How words become a sentence of that.
        languages: Tag -> each further language that it speaks.
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
    judge: JudgeSpec | None = field(default=None, metadata=CAME_LATER)
    wording: WordingSpec | None = field(default=None, metadata=CAME_LATER)
    language: str = field(default="en", metadata=CAME_LATER)
    sentences: Sentences = field(default=ENGLISH, metadata=CAME_LATER)
    languages: Mapping[str, LanguagePart] = field(default_factory=dict, metadata=CAME_LATER)
    schema_version: int = SCHEMA_VERSION

    def to_json(self) -> str:
        """As written to `manifest.json`."""
        content = asdict(self)
        if self.schema_version == _WITHOUT_DECODER:
            del content["decoder"]
        # A manifest from before is written as it was read, so that its digest stays.
        for table, name in (
            (content, "judge"),
            (content, "wording"),
            *((v, "confidence") for v in content["variants"].values()),
            *((v, "confidence") for tongue in content["languages"].values() for v in tongue["variants"].values()),
        ):
            if table[name] is None:
                del table[name]
        if self.judge is not None and not self.judge.tells_right:
            del content["judge"]["tells_right"]
        for name, usual in (("language", "en"), ("sentences", asdict(ENGLISH)), ("languages", {})):
            if content[name] == usual:
                del content[name]
        return json.dumps(content, indent=2, sort_keys=True, allow_nan=False) + "\n"

    @property
    def tags(self) -> tuple[str, ...]:
        """Return BCP 47 tags of the languages that it speaks, its own first."""
        return (self.language, *self.languages)

    @property
    def all_files(self) -> list[BundleFile]:
        """Return every file that it names, of every language, each once."""
        spoken: list[Manifest | LanguagePart] = [self, *self.languages.values()]
        named = [file for one in spoken for file in one.files.values()]
        named += [file for one in spoken for variant in one.variants.values() for file in variant.files.values()]
        return list({file.path: file for file in named}.values())

    def in_language(self, tag: str) -> "Manifest":
        """Return what it says of one language: a manifest of the same encoder, with that language's decoder and words.

        Args:
            tag: One of `tags`.

        Raises:
            UnknownLanguageError: The bundle does not speak it.
        """
        if tag == self.language:
            return self
        if tag not in self.languages:
            raise UnknownLanguageError(f"language {shown(tag)}: this bundle speaks {', '.join(self.tags)}")
        spoken = self.languages[tag]
        variants = {
            name: replace(
                variant,
                files={"encoder": variant.files["encoder"], **spoken.variants[name].files},
                confidence=spoken.variants[name].confidence,
            )
            for name, variant in self.variants.items()
            if name in spoken.variants
        }
        return replace(
            self,
            sizes=replace(self.sizes, vocabulary=spoken.vocabulary),
            max_length=spoken.max_length,
            decode=spoken.decode,
            variants=variants,
            files={**self.files, **spoken.files},
            quality=spoken.quality,
            provenance=spoken.provenance,
            wording=None,
            language=tag,
            sentences=spoken.sentences,
            languages={},
        )

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
                name: build(Variant, {**variant, **read_variant_tables(variant, source)}, source)
                for name, variant in content.get("variants", {}).items()
            },
            "files": read_files(content.get("files"), source),
            "judge": optional(JudgeSpec, content.get("judge"), source),
            "wording": read_wording(content.get("wording"), source),
            "languages": read_languages(content.get("languages"), source),
        }
        if "sentences" in content:
            nested["sentences"] = build(Sentences, content["sentences"], source)
        if content["schema_version"] == _WITHOUT_DECODER:
            if "decoder" in content:
                raise BundleError(
                    f"{source}: a decoder is named, which schema version 1 lacks; export the bundle again"
                )
            sizes = nested["sizes"]
            nested["decoder"] = DecoderSpec.recurrent("attention", sizes.regions, sizes.width)
        else:
            nested["decoder"] = read_decoder(content.get("decoder"), source)
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
            "languages": len(self.languages),
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
        of_decoder = list(self.decoder.impossible())
        found += of_decoder
        if self.judge is not None and not of_decoder:
            found += self.judge.impossible(self.decoder)
        if self.wording is not None:
            found += self.wording.impossible()
        judged = [variant.confidence for variant in self.variants.values() if variant.confidence is not None]
        if (self.judge is None) != (JUDGE not in self.files) or (judged and self.judge is None):
            found.append("a judge without its file, a file without its judge, or a confidence without either")
        found += [wrong for confidence in judged for wrong in confidence.impossible()]
        found += [*self.sentences.impossible()]
        for tag, spoken in self.languages.items():
            of_language = list(spoken.impossible(tag, self.variants, self.default_variant))
            if tag == self.language:
                of_language.append(f"the language {shown(tag)} twice")
            # What holds of a bundle of one language holds of each of them.
            found += of_language or self.in_language(tag)._impossible()
        return found
