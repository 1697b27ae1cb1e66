"""Words that hold a sentence together, whatever it is about, by language."""

from collections.abc import Iterable

from train.errors import RunError

_ENGLISH = "a an the in on of and with is are to at by from his her their its for as that while 's"
_GERMAN = """
ein eine einen einem einer eines der die das den dem des und oder mit in im ins an am auf aus bei beim von vom zu zum zur über unter vor
hinter neben durch für während sich ist sind wird sein seine seinen seinem seiner ihre ihren ihrem ihrer es er sie
"""
_PORTUGUESE = """
um uma uns umas o a os as de do da dos das em no na nos nas num numa com e ou por pelo pela para ao aos à às que se seu sua seus suas é
está estão sobre enquanto
"""
_ARABIC = "في على من إلى مع عن أن و بين وهو وهي"
_BY_LANGUAGE = {
    language: tuple(words.split())
    for language, words in (("ar", _ARABIC), ("de", _GERMAN), ("en", _ENGLISH), ("pt", _PORTUGUESE))
}
FUNCTION_WORDS = _BY_LANGUAGE["en"]
"""English words that a sentence may need more than once; others it need not say again."""


def function_words(words: Iterable[str], language: str = "en") -> tuple[str, ...]:
    """Return those of a vocabulary's words that are function words, in its order.

    Args:
        words: Of the vocabulary.
        language: Its tag, in the canonical form; one of which function words are known, see `check_function_words`.
    """
    known = _BY_LANGUAGE[language.partition("-")[0]]
    return tuple(word for word in words if word in known)


def check_function_words(language: str) -> None:
    """Refuse to say words once in a language whose function words are not known; none are of one that is read by characters.

    Args:
        language: Its tag, in the canonical form.

    Raises:
        RunError: They are not known.
    """
    if language.partition("-")[0] not in _BY_LANGUAGE:
        raise RunError(
            f"--say-once: no function words of '{language}' are known, which may be said again; leave it out"
        )
