"""What a rule looks for: `dog and (couch or sofa) and not person`, read into a tree."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from edge_runtime.console.terminal import plain
from edge_runtime.console.validation import shortened
from edge_runtime.errors import RuleError
from edge_runtime.rules.excerpt import pointed
from edge_runtime.rules.sentence import Sentence
from edge_runtime.rules.synonyms import Synonyms, is_english, synonyms_for
from edge_runtime.rules.terms import Term

ANYTHING = "*"
"""The rule that holds for every scene, also one of which nothing is said."""
_LONGEST = 2000
"""Characters of an expression."""
_DEEPEST = 30
"""Parentheses within each other."""
_PIECE = re.compile(
    r"""\s*(?:(?P<quote>["“”])(?P<phrase>[^"“”]*)["“”]?|(?P<sign>[()*])|(?P<word>[^\W_](?:[\w.'’-]*\w)?)|'(?P<single>[^']*)'|(?P<other>\S))"""
)


@dataclass(frozen=True)
class _Word:
    term: Term

    def holds(self, sentence: Sentence) -> bool:
        return self.term.is_said(sentence)


@dataclass(frozen=True)
class _Not:
    of: "_Node"

    def holds(self, sentence: Sentence) -> bool:
        return not self.of.holds(sentence)


@dataclass(frozen=True)
class _Several:
    of: tuple["_Node", ...]
    every: bool

    def holds(self, sentence: Sentence) -> bool:
        return (all if self.every else any)(node.holds(sentence) for node in self.of)


_Node = _Word | _Not | _Several


@dataclass(frozen=True)
class Expression:
    """A rule's expression.

    Attributes:
        text: As it is written.
        terms: Its words and phrases, in order.
        english: Whether words count in all their forms.
        synonyms: What else says them.
        root: Of the tree; None for `*`.
    """

    text: str
    terms: tuple[Term, ...]
    english: bool
    synonyms: Synonyms
    root: _Node | None

    @property
    def is_anything(self) -> bool:
        """Return whether it is `*`, which holds also where nothing is said."""
        return self.root is None

    def matches(self, words: Sequence[str]) -> bool:
        """Return whether it holds of a sentence. Of one without words nothing is known, and only `*` holds.

        Args:
            words: As the model says them, or as `tokens` divides a text.
        """
        if self.root is None:
            return True
        return bool(words) and self.root.holds(self.sentence(words))

    def sentence(self, words: Sequence[str]) -> Sentence:
        """Return a sentence as this expression looks at it."""
        return Sentence.of(words) if self.english else Sentence.plain(words)


def parse(text: str, language: str = "en", synonyms: Synonyms | None = None) -> Expression:
    """Read an expression: words, "phrases", and, or, not, parentheses; or `*` alone, for every scene.

    Args:
        text: As the user writes it.
        language: BCP 47 tag of the sentences; words of other languages than English count as they are written.
        synonyms: What else says a word; None for what ships.

    Raises:
        RuleError: It cannot be read; its `excerpt` shows where.
    """
    if len(text) > _LONGEST:
        raise RuleError(
            f"the rule {plain(shortened(text))!r} is longer than {_LONGEST} characters; make it several rules"
        )
    english = is_english(language)
    table = synonyms_for(language) if synonyms is None else synonyms
    return _Parser(text, table, english).expression()


@dataclass(frozen=True)
class _Piece:
    kind: str
    text: str
    place: int


class _Parser:
    def __init__(self, text: str, synonyms: Synonyms, english: bool) -> None:
        self._text, self._synonyms, self._english = text, synonyms, english
        self._terms: list[Term] = []
        self._next = 0
        self._pieces = self._divided()

    def expression(self) -> Expression:
        if [piece.text for piece in self._pieces] == [ANYTHING]:
            return Expression(self._text, (), self._english, self._synonyms, None)
        root = self._either(0)
        if (piece := self._peek()) is not None:
            if piece.kind == ")":
                raise self._error("this parenthesis was not opened; leave it out", piece.place)
            raise self._beside(piece)
        return Expression(self._text, tuple(self._terms), self._english, self._synonyms, root)

    def _divided(self) -> list[_Piece]:
        found = []
        for match in _PIECE.finditer(self._text):
            kind = match.lastgroup or ""
            text = match[kind]
            place = match.start(kind)
            if kind == "other":
                if text == "'":
                    raise self._error("these quotes are not closed; close them behind the phrase", place)
                remedy = {"&": "write 'and'", "|": "write 'or'", "!": "write 'not'", ",": "write 'and' or 'or'"}.get(
                    text, "leave it out"
                )
                raise self._error(f"'{plain(text)}' is no word; {remedy}", place)
            if kind in ("phrase", "single"):
                place -= 1
                if not match[0].rstrip().endswith(("'",) if kind == "single" else ('"', "“", "”")) or match[
                    0
                ].strip() in ('"', "“", "”"):
                    raise self._error("these quotes are not closed; close them behind the phrase", place)
                kind = "phrase"
            elif kind == "sign":
                kind = text
            elif text.lower() in ("and", "or", "not"):
                kind = text.lower()
            found.append(_Piece(kind, text, place))
        return found

    def _either(self, depth: int) -> _Node:
        return self._several("or", depth)

    def _several(self, joint: str, depth: int) -> _Node:
        nodes = []
        while True:
            nodes.append(self._several("and", depth) if joint == "or" else self._one(depth))
            piece = self._peek()
            if piece is None or piece.kind != joint:
                break
            self._next += 1
        return nodes[0] if len(nodes) == 1 else _Several(tuple(nodes), joint == "and")

    def _one(self, depth: int) -> _Node:
        negations = 0
        while (piece := self._peek()) is not None and piece.kind == "not":
            negations += 1
            self._next += 1
        node = self._bare(piece, depth)
        return _Not(node) if negations % 2 else node

    def _bare(self, piece: _Piece | None, depth: int) -> _Node:
        if piece is None:
            raise self._error(
                "a word is missing at the end" if self._pieces else "there is no word; name one", len(self._text)
            )
        self._next += 1
        if piece.kind == "(":
            if depth >= _DEEPEST:
                raise self._error(
                    f"more than {_DEEPEST} parentheses within each other; make it several rules", piece.place
                )
            node = self._either(depth + 1)
            closing = self._peek()
            if closing is None:
                raise self._error("this parenthesis is not closed; close it", piece.place)
            if closing.kind != ")":
                raise self._beside(closing)
            self._next += 1
            return node
        if piece.kind == ANYTHING:
            raise self._error("'*' is every scene, and stands alone", piece.place)
        if piece.kind in (")", "and", "or"):
            raise self._error(f"a word is missing before '{piece.text}'", piece.place)
        term = Term.of(piece.text, piece.place, self._synonyms, self._english)
        if term is None:
            raise self._error("there is no word between these quotes; name one", piece.place)
        self._terms.append(term)
        return _Word(term)

    def _peek(self) -> _Piece | None:
        return self._pieces[self._next] if self._next < len(self._pieces) else None

    def _beside(self, piece: _Piece) -> RuleError:
        remedy = "put 'and' or 'or' between, or quotes around both for a phrase"
        return self._error(f"'{plain(shortened(piece.text))}' stands beside another word; {remedy}", piece.place)

    def _error(self, sentence: str, place: int) -> RuleError:
        shown = plain(shortened(self._text, 60))
        return RuleError(f"rule '{shown}': {sentence}", pointed(self._text, place))
