"""Whether a caption says the sex of a person."""

from collections.abc import Sequence
from typing import Literal, cast

from train.scoring.people import people_in
from train.scoring.sexed_words import WORDS

Sex = Literal["male", "female"]

_PRONOUNS: dict[Sex, str] = {"male": "he him his himself", "female": "she her hers herself"}
SEX_OF_NOUN = {word: cast(Sex, row.sex) for word, row in WORDS.items()}
SEX_OF_PRONOUN = {word: sex for sex, words in _PRONOUNS.items() for word in words.split()}


def sexes_said(words: Sequence[str]) -> frozenset[Sex]:
    """Return the sexes that a caption gives to people, by nouns and pronouns.

    Where no person is, nobody's sex is said (`a cow and her calf`), and a noun counts where it names a person: neither that of
    `a girl's bedroom` nor that of `a mother elephant` does.

    Args:
        words: Of a caption, see `train.scoring.objects.words_of`.
    """
    people = people_in(words)
    if not people:
        return frozenset()
    nouns = [word for person in people for word in words[person.place : person.end]]
    found = {SEX_OF_NOUN[word] for word in nouns if word in SEX_OF_NOUN}
    # A woman and her son: the pronoun tells nothing more. A person and her dog: it is all that tells.
    return frozenset(found or {SEX_OF_PRONOUN[word] for word in words if word in SEX_OF_PRONOUN})
