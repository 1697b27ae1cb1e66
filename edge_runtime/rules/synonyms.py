"""Which words say which others: a table of classes and synonyms, the one that ships and what a user adds."""

from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files

from edge_runtime.console.terminal import plain
from edge_runtime.console.validation import shortened
from edge_runtime.errors import RuleError
from edge_runtime.rules.lemmas import noun_of
from edge_runtime.rules.tokens import tokens

Entry = tuple[str, ...]
"""A word, or several side by side, each as its lemma."""
_CLASSES = ("animal", "person", "vehicle", "food", "clothing", "furniture", "building", "plant")
_FORM = "write 'truck: pickup, lorry' for words that say truck too, or 'soccer = football' for words that say the same"


class Synonyms:
    """A table of what says what.

    Args:
        lines: `class: member, member`, or `word = word`. Empty lines and those that begin with # are left out.
        english: Whether plurals count as their singular.
        base: A table that is added to.

    Raises:
        RuleError: A line has neither form.
    """

    def __init__(self, lines: Iterable[str] = (), english: bool = True, base: "Synonyms | None" = None) -> None:
        self._english = english
        self._members: dict[Entry, dict[Entry, None]] = (
            {} if base is None else {one: dict(members) for one, members in base.members}
        )
        for line in lines:
            if line.strip() and not line.startswith("#"):
                self._add(line)

    @property
    def members(self) -> Iterable[tuple[Entry, Mapping[Entry, None]]]:
        """Return each class with what stands right below it."""
        return self._members.items()

    def entry(self, text: str) -> Entry:
        """Return a word, or words side by side, as the table has them."""
        found = tokens(text.lower())
        return tuple(noun_of(word) for word in found) if self._english else found

    def below(self, entry: Entry) -> tuple[Entry, ...]:
        """Return everything that says a word, itself first, then the nearest.

        Args:
            entry: As `entry` returns it.
        """
        found = {entry: None}
        waiting = [entry]
        for one in waiting:
            for member in self._members.get(one, ()):
                if member not in found:
                    found[member] = None
                    waiting.append(member)
        return tuple(found)

    def above(self, entry: Entry) -> tuple[Entry, ...]:
        """Return the classes that a word stands right below, those with the fewest members first."""
        found = [one for one, members in self._members.items() if entry in members]
        return tuple(sorted(found, key=lambda one: len(self.below(one))))

    def _add(self, line: str) -> None:
        same = "=" in line
        head, sign, tail = line.partition("=" if same else ":")
        names = line.split("=") if same else tail.split(",")
        entries = [self.entry(name) for name in names]
        if not sign or not all(entries) or not (same or self.entry(head)):
            raise RuleError(f"synonyms '{plain(shortened(line))}': {_FORM}")
        if same:
            for one in entries:
                self._members.setdefault(one, {}).update({other: None for other in entries if other != one})
        else:
            self._members.setdefault(self.entry(head), {}).update(dict.fromkeys(entries))


@cache
def shipped() -> Synonyms:
    """Return the English table that ships."""
    return Synonyms(_lines("synonyms_en.txt"))


@cache
def entries_of(name: str) -> frozenset[Entry]:
    """Return all that says a class of the table that ships."""
    return frozenset(shipped().below((name,)))


def is_of(noun: str, name: str) -> bool:
    """Return whether a noun alone says a class of the table that ships."""
    return (noun,) in entries_of(name)


@cache
def is_member(noun: str) -> bool:
    """Return whether a word is a thing of one of the large classes, whatever verb it may be."""
    return any(is_of(noun, name) for name in _CLASSES)


def synonyms_for(language: str, lines: Iterable[str] = ()) -> Synonyms:
    """Return the table for rules in a language: the one that ships with it, and a user's lines.

    Args:
        language: BCP 47 tag; of other languages than English nothing ships.
        lines: As for `Synonyms`.

    Raises:
        RuleError: A line cannot be read.
    """
    english = is_english(language)
    added = list(lines)
    if english and not added:
        return shipped()
    return Synonyms(added, english, shipped() if english else None)


def is_english(language: str) -> bool:
    """Return whether a BCP 47 tag is of English, of whatever country."""
    return language.lower().partition("-")[0] in ("en", "")


def _lines(name: str) -> list[str]:
    return files("edge_runtime.rules").joinpath(name).read_text(encoding="utf-8").splitlines()


@cache
def compound_lines() -> tuple[str, ...]:
    """Return the table of words that mean something else beside others, as lines."""
    return tuple(line for line in _lines("compounds_en.txt") if line and not line.startswith("#"))
