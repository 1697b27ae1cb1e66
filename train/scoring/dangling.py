"""Words that a sentence cannot end with, by language: what they want behind them is missing."""

from collections.abc import Sequence

_ENGLISH = """
a an the and or of in on at to with by for from into onto as over under near behind beside between through while is are be being
his her their its wearing holding another some two three
"""
"""Of these, "two" and "three" count things that are not named then; so do numbers of the other languages."""
_GERMAN = """
ein eine einen einem einer eines der die das dem den des und oder mit in im ins am vom zum zur beim von für über neben hinter zwischen
während als seine seinen seinem seiner ihre ihren ihrem ihrer einige mehrere viele zwei drei vier
"""
"""Prepositions that part from verbs (`an`, `auf`, `vor`) may stand at the end."""
_PORTUGUESE = """
um uma uns umas o a os as de do da dos das em no na nos nas num numa com e ou por pela pelas para ao aos à às que seu sua
seus suas sobre sob entre sem durante enquanto usando vestindo segurando tentando algumas alguns várias vários duas dois três
"""
_ARABIC = """
في على من إلى مع عن أن و بين أمام خلف تحت بجانب عبر حول خلال أثناء داخل بينما بلا ذو ذات الذي التي يرتدي ترتدي يرتديان يرتدون يحمل
تحمل ثلاثة
"""
_CHINESE = "在 的 一 两 三 几 个 只 和 与 而 被 对 从 正 有 很 另 穿 戴 拿 骑"
"""By characters: a measure word alone, a verb that wants an object, what stands before a noun."""
UNFINISHED = {
    "ar": frozenset(_ARABIC.split()),
    "de": frozenset(_GERMAN.split()),
    "en": frozenset(_ENGLISH.split()),
    "pt": frozenset(_PORTUGUESE.split()),
    "zh": frozenset(_CHINESE.split()),
}
"""Language -> last words that want another one, in lower case; hardly one place in a hundred of any ends a person's caption."""


def dangles(words: Sequence[str], language: str = "en") -> bool | None:
    """Return whether the last word wants another, None where no such words of the language are known; an empty caption does.

    Args:
        words: Of a caption, in lower case.
        language: Its tag, in the canonical form.
    """
    unfinished = UNFINISHED.get(language.partition("-")[0])
    return None if unfinished is None else not words or words[-1] in unfinished
