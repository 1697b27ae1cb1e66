"""Which form of a word is meant in a language whose capitals say something: `ein Hund`, `Ein hund` and `ein HUnd` are two words.

A sentence begins with a capital whatever its first word is, and some people write no capitals at all. So the usual form of a word is
learnt from within sentences that have some, and words elsewhere are brought to it ("truecasing", Lita et al. 2003, ACL P03-1020).
"""

import itertools
from collections import Counter
from collections.abc import Iterable, Sequence

_RARE = 0.1
"""Share of a word below which one of its forms is a slip: `Junge` and `junge` are two words, `Hund` and `HUnd` are not."""


class Casing:
    """The forms that words have.

    Args:
        forms: Those there are, the usual one of each word before its others, as a vocabulary has them, the most frequent word first.
    """

    def __init__(self, forms: Iterable[str]) -> None:
        self._forms = frozenset(forms := tuple(forms))
        self._usual = {form.lower(): form for form in reversed(forms)}

    def settled(self, words: Sequence[str]) -> list[str]:
        """Return the words of a caption in the forms that are meant.

        One stays as it is written within a caption that has capitals, where there is such a form; else it takes its usual form, as does
        the first one. A word that is not known stays as it is.

        Args:
            words: Of one caption, as written.
        """
        trusted = has_capitals(words)
        return [
            word if place and trusted and word in self._forms else self._usual.get(word.lower(), word)
            for place, word in enumerate(words)
        ]


def learn_casing(captions: Iterable[Sequence[str]]) -> Casing:
    """Return the forms of words as most people write them.

    Args:
        captions: Words of each training caption, as written.
    """
    counts = Counter(word for words in captions if has_capitals(words) for word in itertools.islice(words, 1, None))
    together: Counter[str] = Counter()
    for word, count in counts.items():
        together[word.lower()] += count
    kept = [word for word, count in counts.items() if count >= _RARE * together[word.lower()]]
    return Casing(sorted(kept, key=lambda word: (-counts[word], word)))


def has_capitals(words: Sequence[str]) -> bool:
    """Return whether a word behind the first has a capital, so that those without are meant to have none.

    Args:
        words: Of one caption, as written.
    """
    return any(word != word.lower() for word in itertools.islice(words, 1, None))
