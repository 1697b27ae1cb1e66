"""Which words a model can ever say, and which of them are nearest to one that it cannot."""

import difflib
from collections.abc import Iterator, Sequence
from functools import lru_cache

from edge_runtime.console.terminal import plain
from edge_runtime.console.validation import shortened
from edge_runtime.errors import RuleError
from edge_runtime.rules.excerpt import pointed
from edge_runtime.rules.expression import Expression
from edge_runtime.rules.lemmas import noun_of, verb_of
from edge_runtime.rules.synonyms import Entry, Synonyms
from edge_runtime.rules.terms import Term
from edge_runtime.rules.tokens import parts

_NEAREST = 3
_ALIKE = 0.6
"""How alike two words are spelled, 0 to 1, where one may be meant by the other."""
_LEAST = 3
"""Letters of a word that may be a mistyped one."""
_ONES_OWN = frozenset({"someone"})
"""What a sentence may say without the word."""


def check_known(expression: Expression, words: Sequence[str]) -> None:
    """Refuse a word that the model can never say, and that nothing it says is a synonym of.

    Args:
        expression: Of a rule.
        words: All that the model can say, the usual ones first; none where they are not known, and nothing is refused then.

    Raises:
        RuleError: There is one; the sentence names the words nearest to it: of the same class in the table of synonyms, or spelled alike.
    """
    if not words:
        return
    lemmas = _lemmas(tuple(words), expression.english)
    for term in expression.terms:
        missing = _missing(term, lemmas)
        if missing is not None:
            near = nearest(missing, words, expression.synonyms, expression.english)
            told = f"nearest: {', '.join(map(plain, near))}" if near else "none is near to it"
            raise RuleError(
                f"'{plain(shortened(missing))}' is none of the {len(words):,} words; {told}",
                pointed(expression.text, term.place),
            )


def words_that_count(term: Term, words: Sequence[str], english: bool) -> list[str]:
    """Return what of a model's words makes a term hold: itself, its forms and what says it; phrases are in quotes.

    Args:
        term: Of an expression.
        words: All that the model can say.
        english: Whether words count in all their forms.
    """
    lemmas = _lemmas(tuple(words), english)
    found = [" ".join(entry) for entry in term.entries if all(lemma in lemmas for lemma in entry)]
    return [f'"{one}"' if " " in one else one for one in found]


def nearest(word: str, words: Sequence[str], synonyms: Synonyms, english: bool = True) -> list[str]:
    """Return the words of a model that are nearest to one that it cannot say, the nearest first.

    First what it would be if it were mistyped, then words of the same class in the table of synonyms, the smallest class first, then words
    that are spelled a little alike. What words mean beyond the table is not looked at.

    Args:
        word: That it cannot say.
        words: That it can.
        synonyms: The table.
        english: Whether words count in all their forms.
    """
    lemmas = _lemmas(tuple(words), english)
    found: dict[str, None] = {}
    lower = word.lower()
    found.update(dict.fromkeys([one for one in words if _is_mistyped(lower, one)][:_NEAREST]))
    for entry in _relatives(synonyms.entry(word), synonyms):
        if len(found) >= _NEAREST:
            break
        if len(entry) == 1 and entry[0] in lemmas:
            found[entry[0]] = None
    if len(found) < _NEAREST:
        found.update(dict.fromkeys(difflib.get_close_matches(lower, words, _NEAREST, _ALIKE)))
    return list(found)[:_NEAREST]


def _is_mistyped(word: str, meant: str) -> bool:
    """Return whether two letters of a word changed places, or one is too many, missing or another."""
    if abs(len(word) - len(meant)) > 1 or min(len(word), len(meant)) < _LEAST:
        return False
    same = next(
        (at for at, pair in enumerate(zip(word, meant, strict=False)) if pair[0] != pair[1]), min(len(word), len(meant))
    )
    one, other = word[same:], meant[same:]
    return one[1:] == other or one == other[1:] or one[1:] == other[1:] or (one[1::-1] + one[2:]) == other


def _relatives(entry: Entry, synonyms: Synonyms) -> Iterator[Entry]:
    for above in synonyms.above(entry):
        yield from (one for one in synonyms.below(above)[1:] if one != entry)


def _missing(term: Term, lemmas: frozenset[str]) -> str | None:
    """Return the word of a term that is never said; None where the term can be."""
    if any(all(lemma in lemmas for lemma in entry) for entry in term.entries):
        return None
    if len(term.forms) == 1:
        own = term.forms[0]
        return None if not lemmas.isdisjoint(own.nouns | own.verbs) else term.text
    for form in term.forms:
        if lemmas.isdisjoint(form.nouns | form.verbs):
            return form.lemma
    return None


@lru_cache(8)
def _lemmas(words: tuple[str, ...], english: bool) -> frozenset[str]:
    if not english:
        return frozenset(map(str.lower, words))
    found = set(_ONES_OWN)
    for word in parts(word.lower() for word in words)[0]:
        verb = verb_of(word)
        found.update((word, noun_of(word)) if verb is None else (word, noun_of(word), verb))
    return frozenset(found)
