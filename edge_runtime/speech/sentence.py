"""What is said of a scene: at most a dozen words, cut where a phrase ends, and nothing that a synthesizer takes for a command.

A listener cannot skim: the caption's first phrases say who does what, and what follows them says where and in which colours.
"""

import re
import unicodedata

from edge_runtime.bundle.scripts import SPACELESS, parts_words

MOST_WORDS = 12
_LETTERS_PER_WORD = 5 / 3
"""Of languages that part no words with spaces: a word of Chinese has between one and two letters."""
_LEAST_KEPT = 3
"""Words that a sentence has at the least after it was cut: fewer say nothing."""
_TOKEN = re.compile(rf"[{SPACELESS}]|[^\s{SPACELESS}]+")

_BEGIN = {
    "en": "in on at with and or but while as of near next under over beside behind below above by from into onto through across "
    "along around between inside outside against for to that which who is are wearing holding standing sitting riding walking "
    "running playing looking eating lying laying carrying driving flying jumping swimming sleeping talking posing surrounded",
    "de": "in im auf an am mit und oder während neben unter über hinter vor bei aus von durch zwischen für zu zum zur der die das "
    "wo steht stehen sitzt sitzen läuft laufen liegt liegen hält halten trägt tragen ist sind",
    "pt": "em no na nos nas num numa com e ou enquanto de do da dos das perto sobre sob atrás entre para por pelo pela ao à que "
    "está estão vestindo segurando sentado sentada andando",
    "ar": "في على مع من إلى بجانب تحت فوق خلف أمام بين عند و يرتدي ترتدي يحمل تحمل",
    "zh": "在 和 与 并 正 及 从 向 把",
}
"""Words that begin a phrase, by language: before one of them a sentence can end."""
_FUNCTION = {
    "en": "a an the his her its their some two several next",
    "de": "ein eine einen einem einer eines der die das dem den des sein seine ihr ihre",
    "pt": "um uma uns umas o a os as seu sua",
    "ar": "هذا هذه",
    "zh": "的 着 一 个 只 条 了 地 上 里",
}
"""Words that a sentence cannot end with either."""


def spoken(text: str, language: str, most: int = MOST_WORDS) -> str:
    """Return what is said aloud: the text, or, where it is longer, its first phrases.

    Args:
        text: What people are to read, from a model or a name, so anything may stand in it.
        language: Its BCP 47 tag.
        most: Words at the most; of a language without spaces, as many letters as so many words have.
    """
    said = _plain(text)
    most = most if parts_words(language) else int(most * _LETTERS_PER_WORD)
    tokens = list(_TOKEN.finditer(said))
    if len(tokens) <= most:
        return said
    words = [token[0].lower().strip(",.;:!?") for token in tokens]
    first = language.split("-")[0].lower()
    begin = frozenset(_BEGIN.get(first, "").split())
    loose = begin | frozenset(_FUNCTION.get(first, "").split())
    ends = [_settled(words, place, loose) for place in range(most, 0, -1) if words[place] in begin]
    end = next((found for found in ends if found >= _LEAST_KEPT), 0) or _settled(words, most, loose) or most
    return said[: tokens[end - 1].end()].rstrip(",.;: ")


def _settled(words: list[str], count: int, loose: frozenset[str]) -> int:
    """Return how many of the first words are left where those that nothing ends with are taken from the end."""
    while count and words[count - 1] in loose:
        count -= 1
    return count


def _plain(text: str) -> str:
    """Return text of one line of printable characters; `[[` would begin phonemes for espeak-ng."""
    shown = "".join(one if one.isprintable() or unicodedata.category(one) == "Cf" else " " for one in text)
    return " ".join(shown.replace("[", " ").replace("]", " ").split())
