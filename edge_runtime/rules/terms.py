"""A word or phrase of a rule, and which words of a sentence count as it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from edge_runtime.rules.lemmas import noun_of, only_a_doing, things, verb_of
from edge_runtime.rules.readings import Reading
from edge_runtime.rules.sentence import Sentence
from edge_runtime.rules.synonyms import Entry, Synonyms, is_member
from edge_runtime.rules.tokens import parts, tokens


@dataclass(frozen=True)
class _Form:
    """What a reading must have to be a word of a rule."""

    nouns: frozenset[str]
    verbs: frozenset[str]

    def fits(self, reading: Reading) -> bool:
        return not self.nouns.isdisjoint(reading.nouns) or not self.verbs.isdisjoint(reading.verbs)

    @property
    def lemma(self) -> str:
        """The doing, where it can be nothing else, or else the thing."""
        return next(iter(self.verbs or self.nouns)) if not self.nouns & self.verbs else next(iter(self.nouns))


@dataclass(frozen=True)
class Term:
    """A word of a rule, or several side by side.

    Attributes:
        text: As it is written.
        place: Index of its first character in the rule.
        entries: All that says it, as lemmas: itself first.
        forms: What each of its own words must be.
        singles: Of the other entries, the lemmas of those of one word.
        phrases: The rest of the other entries.
    """

    text: str
    place: int
    entries: tuple[Entry, ...]
    forms: tuple[_Form, ...]
    singles: frozenset[str]
    phrases: tuple[Entry, ...]

    @classmethod
    def of(cls, text: str, place: int, synonyms: Synonyms, english: bool) -> "Term | None":
        """Return the term that a text is; None where it holds no word.

        Args:
            text: A word, or several with spaces.
            place: Where it stands in the rule.
            synonyms: What else says it.
            english: Whether words count in all their forms.
        """
        words = [word for word in tokens(text.lower()) if any(map(str.isalnum, word)) or word == "'s"]
        found, _ = parts(words) if english else (words, None)
        if not found:
            return None
        forms = tuple(map(_form, found)) if english else tuple(_Form(frozenset({word}), frozenset()) for word in found)
        entries = synonyms.below(tuple(form.lemma for form in forms))
        others = entries[1:]
        singles = frozenset(entry[0] for entry in others if len(entry) == 1)
        return cls(text, place, entries, forms, singles, tuple(entry for entry in others if len(entry) > 1))

    def is_said(self, sentence: Sentence) -> bool:
        """Return whether a sentence says it, itself or by a synonym, and does not deny it."""
        return next(self.said(sentence), None) is not None

    def said(self, sentence: Sentence) -> Iterator[tuple[int, int]]:
        """Yield where a sentence says it: the place of the first word, and how many words."""
        several = len(self.forms) > 1
        for start in range(len(sentence) - len(self.forms) + 1):
            places = range(start, start + len(self.forms))
            if any(sentence.denied[place] for place in places) or not (several or sentence.meant[start]):
                continue
            if all(form.fits(sentence.readings[place]) for form, place in zip(self.forms, places, strict=True)):
                yield start, len(self.forms)
        doing = bool(self.forms[-1].verbs)
        for start, reading in enumerate(sentence.readings):
            if sentence.denied[start]:
                continue
            thing = not self.singles.isdisjoint(reading.things)
            if sentence.meant[start] and (thing or (doing and not self.singles.isdisjoint(reading.verbs))):
                yield start, 1
            for entry in self.phrases:
                if _is_phrase(entry, sentence.readings[start : start + len(entry)]):
                    yield start, len(entry)


def _is_phrase(entry: Entry, readings: Sequence[Reading]) -> bool:
    return len(entry) == len(readings) and all(
        lemma in reading.nouns or lemma in reading.verbs or lemma == reading.word
        for lemma, reading in zip(entry, readings, strict=True)
    )


def _form(word: str) -> _Form:
    noun, verb = noun_of(word), verb_of(word)
    if noun in things() or verb is None or (not only_a_doing(word) and is_member(noun)):
        return _Form(frozenset({noun}), frozenset())
    if only_a_doing(word):
        return _Form(frozenset({word} if word.endswith("ing") else ()), frozenset({verb}))
    return _Form(frozenset({noun, verb}), frozenset({verb}))
