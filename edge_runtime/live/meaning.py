"""What an English sentence says, whatever its grammar: "a dog is sitting on the wall" says what "a dog sits on a wall" does.

Rules and tables over what captions are made of, held to the vocabulary of the model that ships by a test. Sentences of another language
are compared word by word, for its words are none of these.
"""

from collections.abc import Iterable, Sequence
from functools import cache

from edge_runtime.english.verbs import IRREGULAR, VERBS, regular_forms

_DROPPED = """
    a an the is are was were be been being am 's and while as that which who this these those there it its his her
    their him them he she they some in on at of to with by for from into onto through along
"""
"""Words without a sense of their own in a caption, and the prepositions that a model takes for each other: in, on and through the
grass. Those that say where something is stay: under, behind, over, off, near, without."""
_PLURALS = {
    "men": "man", "women": "woman", "children": "child", "people": "person", "feet": "foot", "teeth": "tooth", "geese": "goose",
    "mice": "mouse", "leaves": "leaf", "scarves": "scarf", "wolves": "wolf", "knives": "knife", "calves": "calf", "hooves": "hoof",
    "kids": "child", "kid": "child", "skis": "ski",
}  # fmt: skip
_SINGULAR = {"kid"}
"""Of the above, what stands for one."""
_SAME = {"guy": "man", "lady": "woman", "bicycle": "bike", "puppy": "dog", "picture": "photo", "photograph": "photo"}
"""What a model calls the same thing by turns."""
_PLURAL = "+"
_NO_PLURAL = ("ss", "us", "is", "'s")


def meaning(words: Iterable[str]) -> tuple[str, ...]:
    """Return what a sentence says: the lemmas of its words with a sense of their own, in order.

    Args:
        words: Lower case.

    Returns:
        Verbs without their tense, nouns in the singular; several of a thing end in `+`, for two dogs are not one.
    """
    return tuple(_content(word) for word in words if word not in _dropped())


def likeness(one: Sequence[str], other: Sequence[str]) -> float:
    """Return how much two sentences share of what they say, 0 to 1: Dice's coefficient of their lemmas, however many of a thing there are.

    Args:
        one: A meaning.
        other: Another one.
    """
    first, second = ({lemma.removesuffix(_PLURAL) for lemma in said} for said in (one, other))
    if not first and not second:
        return 1.0
    return 2 * len(first & second) / (len(first) + len(second))


@cache
def _dropped() -> frozenset[str]:
    return frozenset(_DROPPED.split())


@cache
def _content(word: str) -> str:
    verb = IRREGULAR.get(word) or _forms().get(word)
    if verb is not None:
        return verb
    noun = _PLURALS.get(word) or _singular(word)
    plural = noun != word and word not in _SINGULAR
    return _SAME.get(noun, noun) + (_PLURAL if plural else "")


def _singular(word: str) -> str:
    if len(word) <= 3 or not word.endswith("s") or word.endswith(_NO_PLURAL):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    stem = word[:-2] if word.endswith("es") else ""
    return stem if stem.endswith(("ss", "x", "zz", "ch", "sh", "o")) else word[:-1]


@cache
def _forms() -> dict[str, str]:
    """Return every regular form of the verbs, with the verb."""
    return regular_forms(VERBS.split())
