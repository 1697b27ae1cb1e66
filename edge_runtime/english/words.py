"""Lists of words, written as a sentence is."""


def word_set(text: str) -> frozenset[str]:
    """Return the words of a text that spaces part."""
    return frozenset(text.split())
