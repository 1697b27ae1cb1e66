"""What a manifest says of a language that the bundle speaks beside its own: a decoder of the same encoder's pictures."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from edge_runtime.bundle.bundle_file import BundleFile, read_files
from edge_runtime.bundle.json_facts import CAME_LATER, build, shown
from edge_runtime.bundle.judge_spec import ConfidenceSpec, optional
from edge_runtime.bundle.languages import Sentences, canonical_tag
from edge_runtime.bundle.model_facts import DecodeDefaults
from edge_runtime.errors import BundleError, EdgeCaptionError

OWN_FILES = ("decoder_step", "decoder_greedy", "decoder_weights")
"""Files of a variant that each language has of its own."""


@dataclass(frozen=True)
class LanguageVariant:
    """A language's part of a variant.

    Attributes:
        files: As a `Variant` has them, but for the encoder, which is the variant's.
        confidence: How sure its sentences are; None where that was never found out.
    """

    files: Mapping[str, BundleFile]
    confidence: ConfidenceSpec | None = field(default=None, metadata=CAME_LATER)


@dataclass(frozen=True)
class LanguagePart:
    """What a bundle has of a language that it speaks beside its own.

    Attributes:
        vocabulary: V, words.
        max_length: Words of a sentence at the most.
        decode: Search defaults.
        sentences: How words become a sentence.
        variants: Name of a variant of the bundle, its default one among them -> the language's part of it.
        files: Its other files: `vocabulary`.
        quality: Measured caption quality, with its protocol.
        provenance: Data set, seed, package versions.
    """

    vocabulary: int
    max_length: int
    decode: DecodeDefaults
    sentences: Sentences
    variants: Mapping[str, LanguageVariant]
    files: Mapping[str, BundleFile]
    quality: Mapping[str, Any]
    provenance: Mapping[str, Any]

    def impossible(self, tag: str, variants: Collection[str], default: str) -> Iterator[str]:
        """Yield what no reader of this version can honour, a phrase each; a stranger may have written this.

        Args:
            tag: That the manifest gives it.
            variants: Names of the bundle's.
            default: Name of its default one.
        """
        if not _is_canonical(tag):
            yield f"a language {shown(tag)}, which is no BCP 47 tag in its usual form"
        if "vocabulary" not in self.files:
            yield f"the language {shown(tag)} without a vocabulary"
        if not set(self.variants) <= set(variants):
            yield f"the language {shown(tag)} with other variants than the bundle's"
        if default not in self.variants:
            yield f"the language {shown(tag)} without the bundle's default variant"
        for name, variant in self.variants.items():
            if "decoder_step" not in variant.files or not variant.files.keys() <= {*OWN_FILES}:
                yield f"the language {shown(tag)} whose variant {shown(name)} has other files than a decoder's"
            if variant.confidence is not None:
                yield from variant.confidence.impossible()
        if not all(isinstance(table, dict) for table in (self.quality, self.provenance)):
            yield f"the language {shown(tag)} with figures that are no table"
        yield from self.sentences.impossible()


def read_languages(content: Any, source: str) -> dict[str, LanguagePart]:
    """Return the languages of a JSON object; none where there is none.

    Args:
        content: The manifest's `languages`.
        source: What to call the manifest in an error.

    Raises:
        BundleError: A fact is missing, unknown or of the wrong kind.
    """
    if content is None:
        return {}
    if not isinstance(content, dict):
        raise BundleError(f"{source}: 'languages' is not a table; export the bundle again")
    return {tag: _read(table, source) for tag, table in content.items()}


def _read(content: Any, source: str) -> LanguagePart:
    table = content if isinstance(content, dict) else {}
    variants = table.get("variants")
    if not isinstance(variants, dict):
        raise BundleError(f"{source}: a language has no table of its variants; export the bundle again")
    nested: dict[str, Any] = {
        "decode": build(DecodeDefaults, table.get("decode"), source),
        "sentences": build(Sentences, table.get("sentences"), source),
        "files": read_files(table.get("files"), source),
        "variants": {name: _read_variant(variant, source) for name, variant in variants.items()},
    }
    return build(LanguagePart, {**table, **nested}, source)


def _read_variant(content: Any, source: str) -> LanguageVariant:
    table = content if isinstance(content, dict) else {}
    return build(LanguageVariant, {**table, **read_variant_tables(table, source)}, source)


def read_variant_tables(variant: Mapping[str, Any], source: str) -> dict[str, Any]:
    """Return the tables of a variant, or of a language's part of one: its files and its confidence.

    Args:
        variant: As the manifest has it.
        source: What to call the manifest in an error.

    Raises:
        BundleError: A fact is missing, unknown or of the wrong kind.
    """
    return {
        "files": read_files(variant.get("files"), source),
        "confidence": optional(ConfidenceSpec, variant.get("confidence"), source),
    }


def _is_canonical(tag: str) -> bool:
    try:
        return canonical_tag(tag) == tag
    except EdgeCaptionError:
        return False
