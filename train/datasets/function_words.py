"""English words that hold a sentence together, whatever it is about."""

from collections.abc import Iterable

FUNCTION_WORDS = tuple(
    "a an the in on of and with is are to at by from his her their its for as that while 's".split()  # noqa: SIM905
)
"""English words that a sentence may need more than once; others it need not say again."""


def function_words(words: Iterable[str]) -> tuple[str, ...]:
    """Those of a vocabulary's words that are function words, in its order."""
    return tuple(word for word in words if word in FUNCTION_WORDS)
