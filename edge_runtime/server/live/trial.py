"""Rules: which there are, and what one that is being written would have found."""

import importlib
import importlib.util
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from edge_runtime.errors import OptionError

_MODULE, _KNOWN = "edge_runtime.rules.expression", "edge_runtime.rules.known"
_MOST_LETTERS = 1000


class Expressions(Protocol):
    """What reads expressions."""

    def parse(self, text: str, language: str = "en") -> Any:
        """Return an expression, whose `matches` takes words.

        Raises:
            EdgeCaptionError: It does not parse; the message has a caret under the place.
        """
        ...

    def check_known(self, expression: Any, words: Sequence[str]) -> None:
        """Refuse an expression with a word that the model can never say.

        Raises:
            EdgeCaptionError: It has one.
        """
        ...


class _Rules:
    """The package of the rules, loaded when an expression is first tried."""

    def parse(self, text: str, language: str = "en") -> Any:
        return importlib.import_module(_MODULE).parse(text, language)

    def check_known(self, expression: Any, words: Sequence[str]) -> None:
        importlib.import_module(_KNOWN).check_known(expression, words)


def expressions() -> Expressions | None:
    """Return what reads expressions; None where this build has no rules."""
    try:
        return None if importlib.util.find_spec(_MODULE) is None else _Rules()
    except ModuleNotFoundError:  # the package above it
        return None


def try_rule(
    rules: Expressions,
    when: Any,
    language: str,
    vocabulary: Mapping[str, Sequence[str]],
    entries: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    """Hold an expression against scenes.

    Args:
        rules: The module that reads it.
        when: What was sent for an expression.
        language: Of the scenes' words.
        vocabulary: Language -> every word that the model can say in it.
        entries: Scenes as in JSON.

    Returns:
        `matched`, the scenes that match, and `tried`, how many were looked at.

    Raises:
        OptionError: What was sent is no text, or too long.
        EdgeCaptionError: The expression does not parse, or names a word that is never said.
    """
    if not isinstance(when, str) or not when.strip():
        raise OptionError("when: write an expression, such as: dog and not person")
    if len(when) > _MOST_LETTERS:
        raise OptionError(f"when: an expression may have {_MOST_LETTERS} characters at most")
    expression = rules.parse(when, language)
    if vocabulary.get(language):
        rules.check_known(expression, vocabulary[language])
    matched = [entry for entry in entries if entry.get("words") and expression.matches(entry["words"])]
    return {"tried": len(entries), "matched": matched}
