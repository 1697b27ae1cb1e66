"""Languages by their tags, and how the words of one become a sentence.

Tags are those of RFC 5646 (BCP 47): `en`, `pt-BR`, `zh-Hans`. The one that fits a wish is found as in RFC 4647, section 3.4.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from edge_runtime.bundle.json_facts import shown
from edge_runtime.bundle.scripts import is_spaceless, script_of
from edge_runtime.bundle.vocabulary import Vocabulary
from edge_runtime.errors import OptionError

SEPARATORS = ("", " ")
STOPS = ("", ".", "\N{IDEOGRAPHIC FULL STOP}")
DIRECTIONS = ("ltr", "rtl")

_LONGEST_GUESS = 40
_LONGEST = 100
"""Characters of a tag."""
_TAG = re.compile(
    r"(?P<language>[a-z]{2,3}(-[a-z]{3}){0,3}|[a-z]{4,8})"
    r"(-(?P<script>[a-z]{4}))?(-(?P<region>[a-z]{2}|[0-9]{3}))?"
    r"(?P<rest>(-([a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*(-[0-9a-wy-z](-[a-z0-9]{2,8})+)*(-x(-[a-z0-9]{1,8})+)?)"
)
"""RFC 5646, section 2.1, but for tags that name no language (`x-mine`) and the irregular ones that are registered as a whole."""
_RENAMED = {"in": "id", "iw": "he", "ji": "yi"}
"""Codes that are still written, and what stands for them since 1989."""
_SCRIPTS_OF_LOCALES = {"cyrillic": "Cyrl", "latin": "Latn"}
"""What may stand behind the @ of a locale, of what tells languages apart."""
_NO_LANGUAGE = ("C", "POSIX")
_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")


@dataclass(frozen=True)
class Sentences:
    """How words become a sentence.

    Attributes:
        separator: Between words: a space, or nothing in scripts without spaces.
        capital: Whether its first letter becomes a capital.
        stop: What ends it, or nothing.
        direction: `ltr` or `rtl`: where a line begins.
        guess: What stands before a sentence that is shown as a guess, with a space behind it where one belongs.
    """

    separator: str
    capital: bool
    stop: str
    direction: str
    guess: str = ""

    def said(self, words: Sequence[str]) -> str:
        """Return the sentence of words, empty where there are none.

        A word that begins with an apostrophe joins the one before (`man 's` -> `man's`). Without a separator, a space still stands
        between two words of scripts that have spaces: `两 只 golden retriever` -> `两只golden retriever`.

        Args:
            words: Of a decoder's vocabulary, without its special words.
        """
        text = self.begun(words)
        return f"{text}{self.stop}" if text else text

    def begun(self, words: Sequence[str]) -> str:
        """Return a sentence that is still being said: as it is `said`, but for its end.

        Args:
            words: Its first ones.
        """
        text = Vocabulary.join(words) if self.separator else _joined(words)
        return f"{text[:1].upper()}{text[1:]}" if self.capital else text

    def impossible(self) -> Iterator[str]:
        """Yield what no reader of this version can honour, a phrase each; a stranger may have written this."""
        for name, choices in (("separator", SEPARATORS), ("stop", STOPS), ("direction", DIRECTIONS)):
            if getattr(self, name) not in choices:
                yield f"sentences whose '{name}' is {shown(getattr(self, name))}, not one of {', '.join(map(ascii, choices))}"
        if not isinstance(self.guess, str) or len(self.guess) > _LONGEST_GUESS or not self.guess.isprintable():
            yield "sentences whose 'guess' is no short text"
        if not isinstance(self.capital, bool):
            yield "sentences whose 'capital' is neither true nor false"


ENGLISH = Sentences(" ", False, "", "ltr", "perhaps ")
"""As every bundle speaks that says nothing of it: words with spaces between, all in lower case, without a stop."""


def _joined(words: Iterable[str]) -> str:
    text = ""
    for word in filter(None, words):
        apart = text and not (is_spaceless(text[-1]) or is_spaceless(word[0]) or word[0] == "'")
        text += f" {word}" if apart else word
    return text


def canonical_tag(tag: str) -> str:
    """Return a tag as RFC 5646, section 2.1.1 writes it: `PT-br` -> `pt-BR`, `zh_hans` -> `zh-Hans`.

    Args:
        tag: Of a language, its parts with hyphens or, as in a locale, underscores between.

    Raises:
        OptionError: It is no such tag.
    """
    found = _TAG.fullmatch(tag.replace("_", "-").lower()) if len(tag) <= _LONGEST and tag.isascii() else None
    if found is None:
        raise OptionError(f"language {shown(tag)}: no tag of a language; write one as en, pt-BR or zh-Hans (BCP 47)")
    language, script, region, rest = found.group("language", "script", "region", "rest")
    first, *more = language.split("-")
    parts = [_RENAMED.get(first, first), *more]
    parts += [script.capitalize()] if script else []
    parts += [region.upper()] if region else []
    return "-".join(parts) + rest


def matching(tag: str, available: Iterable[str]) -> str | None:
    """Return the one of some tags that serves who asks for a language; None where none does.

    Of tags of the same language and script, the one that the wish begins with longest (RFC 4647, section 3.4: de-AT finds de), else the
    first (pt, and pt-PT, find pt-BR). The script goes by what is usual where none is named: zh-CN finds zh-Hans, zh-TW does not.

    Args:
        tag: What is asked for, or the name of a locale (`zh_CN.UTF-8`).
        available: Tags to choose from, the preferred one first.

    Raises:
        OptionError: One of them is no tag.
    """
    wanted = canonical_tag(_tag_of_locale(tag))
    parts = _parts(wanted)
    best, longest = None, -1
    for name in available:
        offered = canonical_tag(name)
        others = _parts(offered)
        if others[0] != parts[0] or script_of(offered) != script_of(wanted):
            continue
        length = len(others) if parts[: len(others)] == others else 0
        if length > longest:
            best, longest = name, length
    return best


def from_environment(environ: Mapping[str, str]) -> str | None:
    """Return the tag of the language that an environment asks messages in; None where it says nothing that can be read.

    The first of `LC_ALL`, `LC_MESSAGES` and `LANG` that is not empty counts, as in POSIX; `C` and `POSIX` name no language.

    Args:
        environ: Such as `os.environ`.
    """
    name = next((environ[key] for key in _VARIABLES if environ.get(key)), "")
    if re.split("[.@]", name)[0] in ("", *_NO_LANGUAGE):
        return None
    try:
        return canonical_tag(_tag_of_locale(name))
    except OptionError:
        return None


def _tag_of_locale(name: str) -> str:
    """Return `pt_BR` of `pt_BR.UTF-8`, `sr-Latn_RS` of `sr_RS@latin`; a tag as it is."""
    place, _, modifier = name.partition("@")
    place = place.partition(".")[0]
    script = _SCRIPTS_OF_LOCALES.get(modifier)
    language, *others = re.split("[-_]", place)
    return "-".join((language, script, *others)) if script else place


def _parts(tag: str) -> list[str]:
    """Return the parts of a canonical tag but for its script."""
    first, *others = tag.split("-")
    return [first, *(part for part in others if not (len(part) == 4 and part.istitle()))]
