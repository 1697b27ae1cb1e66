"""Which colours a caption says."""

from collections.abc import Sequence

_NAMES = "black white red green yellow blue brown purple pink orange gray tan beige silver gold"
COLOURS = {
    **{name: name for name in _NAMES.split()},
    **{"grey": "gray", "golden": "gold", "reddish": "red", "whitish": "white", "brownish": "brown", "greyish": "gray"},
}
"""Word -> colour: the eleven basic ones of English (Berlin and Kay 1969), and four more that captions are full of."""

_NO_COLOURS = frozenset((("golden", "retriever"), ("golden", "retrievers"), ("orange", "juice")))
_COPULAS = frozenset(("is", "are", "was", "be", "painted", "coloured", "colored"))
"""Words behind which `orange` is a colour."""
_ARTICLES = frozenset(("a", "an", "the", "one", "sliced", "peeled", "fresh", "half"))
_AFTER = "a an are as at beside behind by from has have in inside is near next of on onto over sit sits sitting that the to under with"
_BEHIND_A_THING = frozenset(_AFTER.split())
"""Words before which `orange` is the fruit: behind a colour comes what has it."""


def colours_said(words: Sequence[str]) -> frozenset[str]:
    """Return the colours that a caption says, each once; `grey` and `gray` are one, an orange to eat is none.

    Args:
        words: Of a caption, see `train.scoring.objects.words_of`.
    """
    return frozenset(
        COLOURS[word]
        for place, word in enumerate(words)
        if word in COLOURS
        and tuple(words[place : place + 2]) not in _NO_COLOURS
        and not (word == "orange" and is_the_fruit(words, place))
    )


def is_the_fruit(words: Sequence[str], place: int) -> bool:
    """Return whether the `orange` at a place is a fruit, not a colour.

    Args:
        words: Of a caption.
        place: Where the word stands among them.
    """
    before, after = words[:place][-1:], words[place + 1 : place + 3]
    if not before or before[0] in _COPULAS:
        return False
    if before[0] in ("and", "or") and place > 1 and words[place - 2] in COLOURS:
        return False
    named = before[0] in _ARTICLES
    if not after or after[0] in ("and", "or"):
        return named and not (len(after) == 2 and after[1] in COLOURS)
    return after[0] in _BEHIND_A_THING and before[0] not in COLOURS
