"""Caption scores as the field reports them: coco-caption (pycocoevalcap), raw references; in English, words by the PTB tokeniser.

BLEU: Papineni 2002. METEOR 1.5: Denkowski 2014. ROUGE-L: Lin 2004. CIDEr-D: Vedantam 2015, on the 0-1 scale of the Flickr8k
literature (pycocoevalcap's own, not multiplied by 100). English needs `java`, for the tokeniser and METEOR. Captions of other languages
are made words of as for training, in lower case (`train.datasets.tokeniser`), and have no METEOR.
"""

import contextlib
import functools
import io
import re
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from edge_runtime.errors import EdgeCaptionError
from train.datasets.languages import is_english, language_of
from train.datasets.tokeniser import tokeniser

_LINE_ENDS = re.compile("[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+")


class ScoringError(EdgeCaptionError, RuntimeError):
    """Captions that cannot be scored here."""


@dataclass(frozen=True)
class Scores:
    """Scores of a set of captions, all on the 0-1 scale but CIDEr, which may pass 1.

    `meteor` is None where it was not asked for, and in every language but English, of whose words it knows the stems and synonyms.
    """

    bleu_1: float
    bleu_2: float
    bleu_3: float
    bleu_4: float
    rouge_l: float
    cider: float
    meteor: float | None = None


def protocol(language: str = "en") -> str:
    """Return by what captions of a language are scored; scores compare within one language and protocol alone.

    Args:
        language: Its tag, in the canonical form.
    """
    how = language_of(language).tokenising
    if is_english(language):
        words = "PTB tokeniser"
    elif how.by_characters:
        words = "a character a word"
    else:
        words = f"Unicode words in lower case{', without diacritics' if how.dropped else ''}"
    return f"pycocoevalcap, {words}, raw references"


def require_java(language: str = "en") -> None:
    """See that captions can be scored here, before long work goes into them.

    Args:
        language: Of the captions; English alone needs Java.

    Raises:
        ScoringError: No `java` on this machine.
    """
    if is_english(language) and shutil.which("java") is None:
        raise ScoringError(
            "no 'java' on this machine, which the PTB tokeniser and METEOR need; install default-jre-headless"
        )


class CaptionScorer:
    """Scores captions against the references of a set of pictures, which it tokenises once.

    Args:
        references: Picture -> its captions as written.
        language: Their tag, in the canonical form.

    Raises:
        ScoringError: English captions, and no `java` on this machine.
    """

    def __init__(self, references: Mapping[str, Sequence[str]], language: str = "en") -> None:
        require_java(language)
        self._tokenise = _tokenise if is_english(language) else functools.partial(_parted, tokeniser(language))
        self._has_meteor = is_english(language)
        self._references = self._tokenise(references)

    def score(self, captions: Mapping[str, str], meteor: bool = True) -> Scores:
        """Score one caption a picture.

        Args:
            captions: Picture -> caption, for every picture of the references.
            meteor: Whether to run METEOR, which starts a Java program, in English.

        Raises:
            ScoringError: Captions and references are not of the same pictures.
        """
        if captions.keys() != self._references.keys():
            raise ScoringError(
                f"{len(captions)} captions for {len(self._references)} pictures with references; score one caption for each"
            )
        tokenised = self._tokenise({name: [caption] for name, caption in captions.items()})
        return self._score(tokenised, meteor and self._has_meteor)

    def cider_by_picture(self, captions: Mapping[str, str]) -> dict[str, float]:
        """Return CIDEr of each picture's caption, whose mean `score` gives.

        Args:
            captions: Picture -> caption, for every picture of the references.
        """
        from pycocoevalcap.cider.cider import Cider

        tokenised = self._tokenise({name: [caption] for name, caption in captions.items()})
        _, scores = Cider().compute_score(self._references, tokenised)
        return {name: float(score) for name, score in zip(self._references, scores, strict=True)}

    def _score(self, captions: dict[str, list[str]], with_meteor: bool) -> Scores:
        from pycocoevalcap.bleu.bleu import Bleu
        from pycocoevalcap.cider.cider import Cider
        from pycocoevalcap.meteor.meteor import Meteor
        from pycocoevalcap.rouge.rouge import Rouge

        with contextlib.redirect_stdout(io.StringIO()):
            bleu, _ = Bleu(4).compute_score(self._references, captions)
            rouge, _ = Rouge().compute_score(self._references, captions)
            cider, _ = Cider().compute_score(self._references, captions)
            meteor = float(Meteor().compute_score(self._references, captions)[0]) if with_meteor else None
        one, two, three, four = (float(value) for value in bleu)
        return Scores(one, two, three, four, float(rouge), float(cider), meteor)


def _parted(words: Callable[[str], list[str]], captions: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Return captions with a space between their words, as the scores part them."""
    return {name: [" ".join(words(text)) for text in texts] for name, texts in captions.items()}


def _tokenise(captions: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Return the words of captions by `PTBTokenizer` of pycocoevalcap, without what its program says of itself on stderr.

    That program takes a caption a line, and ends a line where Unicode does: such characters inside a caption become spaces, or
    every caption behind it would be another picture's.
    """
    from pycocoevalcap.tokenizer import ptbtokenizer

    rows: dict[str, list[dict[str, Any]]] = {
        name: [{"caption": _LINE_ENDS.sub(" ", caption)} for caption in texts] for name, texts in captions.items()
    }
    program = ptbtokenizer.subprocess
    with tempfile.TemporaryFile() as said:
        quiet = SimpleNamespace(Popen=functools.partial(program.Popen, stderr=said), PIPE=program.PIPE)
        ptbtokenizer.subprocess = quiet
        try:
            tokenised: dict[str, list[str]] = ptbtokenizer.PTBTokenizer().tokenize(rows)
        finally:
            ptbtokenizer.subprocess = program
        for name, texts in captions.items():
            if len(tokenised.get(name, ())) != len(texts) and any(text.strip() for text in texts):
                said.seek(0)
                reason = said.read().decode(errors="replace").strip().rpartition("\n")[2][:200]
                raise ScoringError(
                    f"the PTB tokeniser failed ({reason or 'lines are missing'}); check that 'java' runs"
                )
    return tokenised
