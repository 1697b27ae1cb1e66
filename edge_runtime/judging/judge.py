"""Judges pictures and sentences as a bundle says, and words the sentences."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from edge_runtime.backends.base import EncodedPicture
from edge_runtime.backends.decoding import Hypothesis
from edge_runtime.bundle.asked import Asked
from edge_runtime.bundle.judge_spec import ConfidenceSpec
from edge_runtime.bundle.reader import Bundle
from edge_runtime.bundle.vocabulary import Vocabulary
from edge_runtime.judging.clearness import Clearness, ClearnessProbe
from edge_runtime.judging.confidence import confidence, confidence_terms
from edge_runtime.judging.wording import Rewording

UNSURE = "unsure"
"""Why there is no sentence, where its confidence lies below what was asked for."""


@dataclass(frozen=True)
class Judged:
    """A sentence as it is said.

    Attributes:
        text: The sentence; empty where none is said.
        confidence: 0 to 1, the chance that a person would call it right; None where the bundle does not know.
        abstained: Why there is no sentence, in a word; empty where there is one.
        hedged: Whether it should be shown as a guess.
    """

    text: str
    confidence: float | None = None
    abstained: str = ""
    hedged: bool = False


class Judge:
    """What a captioner asks before it speaks.

    Args:
        bundle: The bundle.
        variant: Name of its variant in use.
        vocabulary: The bundle's.
        asked: What is asked of its sentences.

    Attributes:
        asked: The same.
        abstains: Whether that is so: asked for, and the bundle can tell.
        groups: Of channels in the last tensor of the context, see `JudgeSpec`; 1 where the bundle does not say.

    Raises:
        BundleError: The probe's file is altered, or not what the manifest says.
    """

    def __init__(self, bundle: Bundle, variant: str, vocabulary: Vocabulary, asked: Asked) -> None:
        manifest = bundle.manifest
        self.asked = asked
        self._spec: ConfidenceSpec | None = manifest.variants[variant].confidence
        # What is no clear picture is none in any language.
        clear = self._spec or bundle.own.variants[variant].confidence
        self._least_clear = None if clear is None else clear.least_clear
        self._sentences = manifest.sentences
        self._least, self._neutral = asked.min_confidence, asked.wording == "neutral"
        self._probe = ClearnessProbe.of(bundle)
        self.abstains = asked.abstains and self._probe is not None and self._least_clear is not None
        names = [tensor.name for tensor in manifest.decoder.context]
        self._place = names.index(self._probe.tensor) if self._probe else 0
        read_last = manifest.judge is not None and self._place == len(names) - 1
        self.groups = manifest.judge.groups if manifest.judge is not None and read_last else 1
        self._rewording = Rewording(manifest.wording, vocabulary) if manifest.wording else None
        self._start = manifest.special_ids.start

    def look(self, picture: EncodedPicture) -> Clearness | None:
        """Return what is thought of a picture, None where the bundle has no probe."""
        return self._probe.judge(picture.context[self._place]) if self._probe else None

    def refuses(self, clearness: Clearness | None) -> str:
        """Return why a picture gets no sentence, in a word; empty where it gets one."""
        if not self.abstains or clearness is None or self._least_clear is None:
            return ""
        if clearness.log_odds >= self._least_clear:
            return ""
        return clearness.likeliest

    def judge(
        self,
        hypothesis: Hypothesis,
        words: Sequence[str],
        picture: EncodedPicture,
        clearness: Clearness | None,
        leads: Mapping[int, float] | None = None,
    ) -> Judged:
        """Judge a sentence and word it.

        Args:
            hypothesis: What was found.
            words: Its words.
            picture: That it was said of.
            clearness: What `look` returned.
            leads: What `lead` returned of its places, where the sentence was heard word by word; found anew where None.
        """
        text = self._worded(hypothesis, words, picture, leads)
        if self._spec is None:
            return Judged(text)
        sure = confidence(self._spec, confidence_terms(hypothesis.log_probs, clearness))
        if sure < self._least:
            return Judged("", sure, UNSURE)
        return Judged(text, sure, hedged=sure < self._spec.hedge_below)

    @property
    def takes_back(self) -> bool:
        """Return whether a sentence may be found too unsure to be said once it is whole."""
        return self._least > 0

    def counterpart(self, words: Sequence[str], place: int) -> int | None:
        """Return the id of what a word is held against before its sex is said, None where there is nothing to ask."""
        if self._rewording is None or self._neutral or self._spec is None:
            return None
        return self._rewording.counterpart(words, place)

    def heard(self, words: Sequence[str], leads: Mapping[int, float], whole: bool) -> list[str]:
        """Return how the words of a sentence in the making are said, an empty string for one that is left out.

        Args:
            words: As the model says them.
            leads: Place -> by how much the word there is likelier than its `counterpart`, in nats.
            whole: Whether no word follows; else the last one is left for later where that may change it.
        """
        rewording = self._rewording
        if rewording is None:
            return list(words)
        said = rewording.said(words, self._unsure(leads), self._neutral)
        return said[:-1] if words and not whole and rewording.waits(words[-1]) else said

    def _unsure(self, leads: Mapping[int, float]) -> set[int]:
        if self._spec is None or self._rewording is None:
            return set()
        return self._rewording.unsure(leads, self._spec.sex_margin)

    def _worded(
        self, hypothesis: Hypothesis, words: Sequence[str], picture: EncodedPicture, leads: Mapping[int, float] | None
    ) -> str:
        if self._rewording is None:
            return self._sentences.said(words)
        if leads is None:
            leads = self._leads(hypothesis, picture, words)
        return self._rewording.reworded(words, self._unsure(leads), self._neutral)

    def _leads(self, hypothesis: Hypothesis, picture: EncodedPicture, words: Sequence[str]) -> dict[int, float]:
        """Return by how much each word that tells a sex is likelier than its counterpart; steps along the sentence no further than that."""
        if self._rewording is None or self._neutral or self._spec is None:
            return {}
        return leads_along(picture, self._start, hypothesis.ids, self._rewording.counterparts(words))


def leads_along(picture: EncodedPicture, start: int, ids: Sequence[int], others: Mapping[int, int]) -> dict[int, float]:
    """Return by how much words of a sentence are likelier, at their places, than others.

    Args:
        picture: That the sentence is said of.
        start: Id that sentences begin after.
        ids: Of the sentence's words.
        others: Place -> id of what the word there is held against.

    Returns:
        Place -> difference of the natural log-probabilities. Steps along the sentence to the last place asked for.
    """
    found: dict[int, float] = {}
    tokens, state = np.array([start], np.int32), picture.state
    for place, token in enumerate(ids[: max(others, default=-1) + 1]):
        log_probs, state = picture.step(tokens, state)
        if place in others:
            found[place] = float(log_probs[0, token] - log_probs[0, others[place]])
        tokens[0] = token
    return found
