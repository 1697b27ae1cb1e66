"""Words that tell a person's sex: said where the model is sure, or never."""

import re
from collections.abc import Collection, Mapping, Sequence

from edge_runtime.bundle.judge_spec import WordingSpec
from edge_runtime.bundle.vocabulary import Vocabulary

_VOWELS = "aeiou"


class Rewording:
    """Says "person" for "man" and their like.

    Args:
        spec: The words.
        vocabulary: Of the bundle.
    """

    def __init__(self, spec: WordingSpec, vocabulary: Vocabulary) -> None:
        self._nouns = {word: (neutral, sex) for word, _, neutral, sex in spec.nouns}
        self._pronouns = {word: (before, alone, sex) for word, _, before, alone, sex in spec.pronouns}
        others = {row[0]: row[1] for row in (*spec.nouns, *spec.pronouns)}
        self._others = {word: vocabulary.encode([other])[0] for word, other in others.items() if other in vocabulary}
        self._modifiers, self._animal_pronouns = dict(spec.modifiers), dict(spec.animal_pronouns)
        self._animals, self._verbs = frozenset(spec.animals), frozenset(spec.verbs)
        self._function_words = frozenset(spec.function_words)
        self._phrases = dict(spec.phrases)
        # All in one pass, the longest first: what one phrase makes is not another's to change, so a sentence cannot grow on and on.
        found = "|".join(re.escape(text) for text in sorted(self._phrases, key=len, reverse=True))
        self._found = re.compile(rf"(?<!\S)(?:{found})(?!\S)") if found else None

    def counterpart(self, words: Sequence[str], place: int) -> int | None:
        """Return the id of what a word of a sentence is held against, None where it tells no sex or goes by another word.

        Args:
            words: Of the sentence, up to the place at the least.
            place: Of the word.
        """
        word = words[place]
        if word in self._pronouns and self._owner(words, place) is not None:
            return None
        return self._others.get(word)

    def counterparts(self, words: Sequence[str]) -> dict[int, int]:
        """Return place -> `counterpart` of the words of a sentence that have one."""
        found = ((place, self.counterpart(words, place)) for place in range(len(words)))
        return {place: other for place, other in found if other is not None}

    @staticmethod
    def unsure(leads: Mapping[int, float], margin: float) -> set[int]:
        """Return the places whose word is not sure enough.

        Args:
            leads: Place -> by how much the word there is likelier than its counterpart, in nats.
            margin: How much it must be at the least.
        """
        return {place for place, lead in leads.items() if lead < margin}

    def said(self, words: Sequence[str], unsure: Collection[int], neutral: bool) -> list[str]:
        """Return how each word is said, an empty string where it is left out; articles and phrases stay as they are.

        Args:
            words: Of a sentence.
            unsure: Places of words whose sex is not sure.
            neutral: Whether no sex is said at all.
        """
        return [self._said(words, place, unsure, neutral) for place in range(len(words))]

    def waits(self, word: str) -> bool:
        """Return whether how a word is said may depend on the one behind it."""
        return word in self._modifiers or word in self._pronouns

    def reworded(self, words: Sequence[str], unsure: Collection[int], neutral: bool = False) -> str:
        """Return a sentence; see `said`.

        Args:
            words: Of the sentence.
            unsure: Places of words whose sex is not sure.
            neutral: Whether no sex is said at all.
        """
        said = self.said(words, unsure, neutral)
        if said == list(words):
            return Vocabulary.join(words)
        for place, word in enumerate(words[:-1]):
            follower = next((other for other in said[place + 1 :] if other), "")
            if word in ("a", "an") and said[place + 1] != words[place + 1] and follower:
                said[place] = "an" if follower[0] in _VOWELS else "a"
        text = Vocabulary.join([word for word in said if word])
        return text if self._found is None else self._found.sub(lambda found: self._phrases[found[0]], text)

    def _said(self, words: Sequence[str], place: int, unsure: Collection[int], neutral: bool) -> str:
        word = words[place]
        follower = words[place + 1] if place + 1 < len(words) else ""
        before_noun = bool(follower) and follower not in self._function_words
        if word in self._nouns and (neutral or place in unsure):
            if word in self._modifiers and before_noun and follower not in self._verbs:
                return self._modifiers[word]
            return self._nouns[word][0]
        if word not in self._pronouns:
            return word
        owner = self._owner(words, place)
        of_animal = owner is not None and words[owner] in self._animals
        if not neutral and (of_animal or (place if owner is None else owner) not in unsure):
            return word
        instead = self._pronouns[word][0 if before_noun else 1]
        return self._animal_pronouns.get(instead, instead) if of_animal else instead

    def _owner(self, words: Sequence[str], place: int) -> int | None:
        """Return the place of what a pronoun stands for: the nearest noun of its sex before it, else the nearest animal."""
        before = range(place - 1, -1, -1)
        sex = self._pronouns[words[place]][2]
        noun = next((at for at in before if self._nouns.get(words[at], ("", ""))[1] == sex), None)
        return noun if noun is not None else next((at for at in before if words[at] in self._animals), None)
