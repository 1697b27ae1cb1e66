"""What people search for, read: words, AND, OR, NOT, parentheses, "phrases" and prefix*.

    words := and ("OR" and)*
    and   := not (["AND"] not)*
    not   := "NOT" not | "(" words ")" | "phrase" | word | prefix*

Operators count in small letters too; whoever looks for the word "and" itself puts it in quotes. Of this grammar an expression of
SQLite's FTS5 is made in which every word stands in quotes, so that nothing that is typed reaches FTS5 as syntax of its own.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from edge_runtime.console.terminal import plain
from edge_runtime.console.validation import shortened
from edge_runtime.errors import QueryError
from edge_runtime.journal.tokens import indexed, words_of

LONGEST = 1000
"""Characters of what is searched for."""
_DEEPEST = 50
"""Parentheses and NOTs within each other; FTS5 takes 256, Python somewhat more."""
_OPERATORS = ("AND", "OR", "NOT")
_QUOTES = '"\N{LEFT DOUBLE QUOTATION MARK}\N{RIGHT DOUBLE QUOTATION MARK}\N{DOUBLE LOW-9 QUOTATION MARK}'
_TOKEN = re.compile(rf"\s+|([()])|[{_QUOTES}]([^{_QUOTES}]*)([{_QUOTES}]|\Z)|([^\s(){_QUOTES}]+)")
_NOTHING = '"\ue000"'
"""Finds nothing: no word is a character of nobody's."""


@dataclass(frozen=True)
class Query:
    """What is searched for, as FTS5 takes it.

    Attributes:
        match: Expression of FTS5.
        others: Whether all that does not match is looked for, for FTS5 itself knows no NOT without something before it.
    """

    match: str
    others: bool = False


Expand = Callable[[str], Sequence[str]]
"""Gives the words that begin with some letters."""


def parse(text: str, expand: Expand) -> Query | None:
    """Read what is searched for.

    Args:
        text: As it was typed.
        expand: Gives the words that begin as a prefix does; the stems that FTS5 keeps would not find `running` by `runn*`.

    Returns:
        The query; None for everything, where nothing was typed.

    Raises:
        QueryError: It does not parse; the error knows the place.
    """
    if len(text) > LONGEST:
        raise QueryError(
            f"query of {len(text)} characters: at most {LONGEST} can be searched for; shorten it", text, LONGEST
        )
    parser = _Parser(text, expand)
    return parser.everything() if parser.tokens else None


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    place: int


def _tokens(text: str) -> list[_Token]:
    found = []
    for part in _TOKEN.finditer(text):
        sign, phrase, end, word = part.groups()
        if sign:
            found.append(_Token(sign, sign, part.start()))
        elif phrase is not None:
            if not end:
                raise _refusal(text, part.start(), "a quotation mark is never closed; close it, or leave it out")
            found.append(_Token("phrase", phrase, part.start()))
        elif word:
            kind = word.upper() if word.upper() in _OPERATORS else "word"
            found.append(_Token(kind, word, part.start()))
    return found


class _Parser:
    """One text, read by recursive descent."""

    def __init__(self, text: str, expand: Expand) -> None:
        self.tokens = _tokens(text)
        self._text = text
        self._expand = expand
        self._at = 0
        self._depth = 0

    def everything(self) -> Query:
        found = self._either()
        if self._at < len(self.tokens):
            raise _refusal(self._text, self.tokens[self._at].place, "this parenthesis closes nothing; leave it out")
        return found

    def _either(self) -> Query:
        parts = [self._all()]
        while self._takes("OR"):
            parts.append(self._all())
        return _or(parts)

    def _all(self) -> Query:
        parts = [self._one()]
        while self._at < len(self.tokens) and self.tokens[self._at].kind not in ("OR", ")"):
            self._takes("AND")
            parts.append(self._one())
        return _and(parts)

    def _one(self) -> Query:
        if self._at == len(self.tokens):
            last = self.tokens[-1]
            raise _refusal(
                self._text, len(self._text), f"a word is missing behind {plain(last.text)}; add one, or leave it out"
            )
        token = self.tokens[self._at]
        self._at += 1
        if token.kind in ("NOT", "("):
            self._depth += 1
            if self._depth > _DEEPEST:
                raise _refusal(self._text, token.place, f"more than {_DEEPEST} are nested here; write it flatter")
            found = _not(self._one()) if token.kind == "NOT" else self._within(token)
            self._depth -= 1
            return found
        if token.kind in ("word", "phrase"):
            return self._leaf(token)
        if token.kind == ")":
            raise _refusal(
                self._text, token.place, "nothing stands before this parenthesis; add a word, or leave it out"
            )
        raise _refusal(
            self._text,
            token.place,
            f"a word is missing before {token.text}; add one, or put quotation marks around {token.text}",
        )

    def _within(self, opening: _Token) -> Query:
        found = self._either() if self._at < len(self.tokens) else None
        if found is None or not self._takes(")"):
            raise _refusal(self._text, opening.place, "this parenthesis is never closed; close it, or leave it out")
        return found

    def _leaf(self, token: _Token) -> Query:
        text = token.text
        prefix = token.kind == "word" and text.endswith("*")
        if prefix:
            text = text[:-1]
        if "*" in text and token.kind == "word":
            raise _refusal(
                self._text, token.place + text.index("*"), "a * goes behind the letters that a word begins with"
            )
        words = words_of(text)
        if not words:
            raise _refusal(self._text, token.place, "no letter or digit stands here; add a word, or leave it out")
        if prefix and len(words) == 1:
            return Query(_any_of(self._expand(words[0])))
        return Query(_quoted(text))

    def _takes(self, kind: str) -> bool:
        taken = self._at < len(self.tokens) and self.tokens[self._at].kind == kind
        self._at += taken
        return taken


def _refusal(text: str, place: int, what: str) -> QueryError:
    return QueryError(f"query '{plain(shortened(text, 80))}': {what}", text, place)


def _quoted(text: str) -> str:
    return '"' + indexed(text).replace('"', '""') + '"'


def _any_of(words: Sequence[str]) -> str:
    return f"({' OR '.join(map(_quoted, words))})" if words else _NOTHING


def _not(query: Query) -> Query:
    return Query(query.match, not query.others)


def _and(parts: Sequence[Query]) -> Query:
    """Of what matches and what does not: FTS5 has `a NOT b` alone, and by De Morgan's laws that is enough."""
    if len(parts) == 1:
        return parts[0]
    wanted = [part.match for part in parts if not part.others]
    others = [part.match for part in parts if part.others]
    without = f"({' OR '.join(others)})"
    if not wanted:
        return Query(without, others=True)
    found = f"({' AND '.join(wanted)})"
    return Query(f"({found} NOT {without})" if others else found)


def _or(parts: Sequence[Query]) -> Query:
    if len(parts) == 1:
        return parts[0]
    return _not(_and([_not(part) for part in parts])) if any(part.others for part in parts) else _flat_or(parts)


def _flat_or(parts: Sequence[Query]) -> Query:
    return Query(f"({' OR '.join(part.match for part in parts)})")
