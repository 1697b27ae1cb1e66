"""The model card's section on the languages that a bundle speaks beside its own."""

import re
from collections.abc import Mapping
from typing import Any

from edge_runtime.bundle.language_facts import LanguagePart
from edge_runtime.bundle.manifest import Manifest
from export.bundling.markdown import narrow
from export.parity.language import PEOPLE

_HEADING = "## Languages"
_BEFORE = "\n## What it is bad at\n"
_SECTION = re.compile(rf"\n{_HEADING}\n.*?(?=\n## |\Z)", re.DOTALL)


def with_languages(card: str, manifest: Manifest, reference: str) -> str:
    """Return a model card with the section on a manifest's further languages, in the place of the one that it has.

    Args:
        card: Markdown.
        manifest: Of the bundle.
        reference: Name of its float variant.
    """
    bare = _SECTION.sub("", card)
    if not manifest.languages:
        return bare
    section = narrow("\n".join(["", _HEADING, *_lines(manifest, reference), ""]))
    before, heading, rest = bare.partition(_BEFORE)
    return f"{before}{section}{heading}{rest}"


def _lines(manifest: Manifest, reference: str) -> list[str]:
    default = manifest.default_variant
    columns = ("words", f"bytes of {default}", f"CIDEr of {default}", f"CIDEr of {reference}", "CIDEr of people")
    return [
        f"Beside {manifest.language}, each by a decoder of its own. Bytes are those of the decoder and its words; the encoder is one for "
        "all. Scores are of dev pictures, and compare within a language alone.",
        "",
        f"| language | {' | '.join(columns)} |",
        "|---" * (len(columns) + 1) + "|",
        *(
            f"| {tag} | {' | '.join(_cells(spoken, default, reference))} |"
            for tag, spoken in sorted(manifest.languages.items())
        ),
        "",
        *(f"- {tag}: {_source(spoken, default)}" for tag, spoken in sorted(manifest.languages.items())),
    ]


def _cells(spoken: LanguagePart, default: str, reference: str) -> list[str]:
    files = [*spoken.variants[default].files.values(), *spoken.files.values()]
    ciders = (_scores(spoken, name).get("cider") for name in (default, reference, PEOPLE))
    return [
        f"{spoken.vocabulary:,}",
        f"{sum(file.bytes for file in files):,}",
        *("–" if cider is None else str(cider) for cider in ciders),
    ]


def _source(spoken: LanguagePart, default: str) -> str:
    """Return by what its scores were taken, and whose captions it learnt."""
    protocol = _scores(spoken, default).get("protocol", "not scored")
    note = " ".join(str(spoken.provenance.get("data", "not told")).split())
    return f"{protocol}. Captions: {note}"


def _scores(spoken: LanguagePart, name: str) -> Mapping[str, Any]:
    """Return the scores of a variant on dev, or of people."""
    titles = (title for title in spoken.quality if title == name or title.startswith(f"{name}, dev,"))
    found = spoken.quality.get(next(titles, ""), {})
    return found if isinstance(found, Mapping) else {}
