"""Which of a bundle's languages is spoken."""

import os
from collections.abc import Iterable, Mapping

from edge_runtime.bundle.languages import canonical_tag, from_environment, matching
from edge_runtime.bundle.manifest import Manifest
from edge_runtime.errors import UnknownLanguageError

AUTO = "auto"
"""Asks for the language of the environment."""


def spoken_language(manifest: Manifest, language: str | None, variant: str | None = None) -> tuple[str, str]:
    """Return the tag of the language that is to be spoken, and a sentence where people should be told of it; see `usual_language`.

    Args:
        manifest: The bundle's own, of all languages.
        language: As for `served_language`; `auto` for what the environment asks for, None for the bundle's own.
        variant: Name of one that must speak it, where the environment asks: the bundle's own language speaks every one.

    Raises:
        OptionError: No tag of a language.
        UnknownLanguageError: The bundle speaks no such language.
    """
    if language is None:
        return manifest.language, ""
    if language != AUTO:
        return served_language(manifest, language), ""
    tag, news = usual_language(manifest, os.environ)
    if variant is None or variant not in manifest.variants or variant in common_variants(manifest, [tag]):
        return tag, news
    return manifest.language, f"captions are in {manifest.language}: variant '{variant}' does not speak {tag}"


def served_language(manifest: Manifest, language: str) -> str:
    """Return the tag of the bundle's language that serves who asks for one.

    Args:
        manifest: The bundle's own, of all languages.
        language: BCP 47 tag; `de-AT` is served by `de` (RFC 4647, section 3.4).

    Raises:
        OptionError: No tag of a language.
        UnknownLanguageError: The bundle speaks no such language.
    """
    tag = canonical_tag(language)
    found = matching(tag, manifest.tags)
    if found is None:
        raise UnknownLanguageError(f"language {tag}: this bundle speaks {', '.join(manifest.tags)}; name one of these")
    return found


def common_variants(manifest: Manifest, tags: Iterable[str | None]) -> list[str]:
    """Return names of the bundle's variants that speak all of some languages.

    Args:
        manifest: The bundle's own, of all languages.
        tags: Of languages that it speaks; None is its own.
    """
    spoken = [manifest.languages[tag].variants for tag in tags if tag is not None and tag in manifest.languages]
    return [name for name in manifest.variants if all(name in variants for variants in spoken)]


def usual_language(manifest: Manifest, environ: Mapping[str, str]) -> tuple[str, str]:
    """Return the tag of the language that an environment asks for, and what is to be said of it.

    Args:
        manifest: The bundle's own, of all languages.
        environ: Such as `os.environ`; `LC_ALL`, `LC_MESSAGES` and `LANG` are looked at.

    Returns:
        The bundle's own language where the environment names none that the bundle speaks. Then a sentence where another language than
        the bundle's own was asked for, whether or not it is had; empty otherwise.
    """
    wanted = from_environment(environ)
    if wanted is None:
        return manifest.language, ""
    found = matching(wanted, manifest.tags)
    if found is None:
        said = f"this bundle does not speak {wanted}, for which the environment asks (LANG)"
        return manifest.language, f"captions are in {manifest.language}: {said}"
    if found == manifest.language:
        return found, ""
    said = f"the environment asks for it (LANG); --language {manifest.language} says otherwise"
    return found, f"captions are in {found}: {said}"
