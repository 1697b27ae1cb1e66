"""English words that say the sex of a person, and those that do not."""

from collections.abc import Collection, Iterator, Mapping

from edge_runtime.bundle.judge_spec import WordingSpec
from train.scoring.sexed_words import PLURALS, WORDS
from train.scoring.sexes import SEX_OF_NOUN, SEX_OF_PRONOUN

_PRONOUNS = """
his / her / their theirs
her / his / their them
hers / his / theirs theirs
he / she / they they
she / he / they they
him / her / them them
himself / herself / themselves themselves
herself / himself / themselves themselves
"""
"""A pronoun, its counterpart, and what stands instead before a noun and elsewhere."""
_MODIFIERS = {
    **dict.fromkeys(("male", "female", "males", "females"), ""),
    **{word: word for word in ("fellow", "cowboy", "cowgirl")},
}
"""Before a noun "male" is left out, and a cowboy hat is nobody's sex."""
_ANIMALS = """
    animal animals bear bears beagle bird birds bull bulldog calf cat cats collie cow cows dalmatian deer dog dogs duck ducks elephant
    elephants foal giraffe giraffes goat goats greyhound hen horse horses hound kitten kittens lamb lion monkey parrot pony poodle pug
    puppies puppy retriever rooster seagull sheep sheepdog shepherd spaniel squirrel swan terrier tiger zebra zebras
"""
_ANIMAL_PRONOUNS = (("their", "its"), ("theirs", "its"), ("they", "it"), ("them", "it"), ("themselves", "itself"))
_FUNCTION_WORDS = """
    's a about above across after against along alongside amongst an and are around as at atop back be before behind being beneath
    beside between but by can down during each for from had has have he her his if in inside into is it its itself like near next
    not of off on onto or out outside over past she so some than that the their them then there these they this those through to
    together toward towards under up upon upside very was were what when where which while who whose with without
"""
_NUMBERS = ("a", "two", "three", "four", "five", "six", "seven", "eight")
_GUARDS = ("in a", "in an", "with a", "with an", "wearing a", "holding a", "on a", "who")
"""What is said of the second of two people behind them, so that they stay apart."""


SEXES: dict[str, str] = {**SEX_OF_NOUN, **SEX_OF_PRONOUN}
"""Word, noun or pronoun -> the sex that it says."""


def wording(vocabulary: Collection[str]) -> WordingSpec:
    """Return the tables for a bundle's manifest: of words that it can say alone.

    Args:
        vocabulary: The bundle's words. A word whose counterparts it lacks is always sure.
    """
    nouns = []
    for word, row in WORDS.items():
        if word in vocabulary:
            other = next((other for other in row.others if other in vocabulary), row.others[0])
            nouns.append((word, other, row.neutral, row.sex))
    pronouns = []
    for line in _PRONOUNS.strip().splitlines():
        word, against, instead = (part.strip() for part in line.split("/"))
        if word in vocabulary:
            before_noun, elsewhere = instead.split()
            pronouns.append((word, against, before_noun, elsewhere, SEXES[word]))
    third_persons = dict(_third_persons(vocabulary))
    return WordingSpec(
        nouns=tuple(nouns),
        pronouns=tuple(pronouns),
        modifiers=tuple((word, instead) for word, instead in _MODIFIERS.items() if word in vocabulary),
        animals=tuple(word for word in _ANIMALS.split() if word in vocabulary),
        animal_pronouns=_ANIMAL_PRONOUNS,
        verbs=tuple(sorted({*third_persons, *(word for word in vocabulary if word.endswith("ing"))})),
        function_words=tuple(word for word in _FUNCTION_WORDS.split() if word in vocabulary),
        phrases=tuple({**_people_together({noun[2] for noun in nouns}), **_they(third_persons)}.items()),
    )


def _third_persons(vocabulary: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield the verbs that a vocabulary has in the third person, with their plural: those of which it has the form in -ing."""
    for word in vocabulary:
        bases = [word[:-1]] if word.endswith("s") else []
        bases += [word[:-2]] if word.endswith("es") else []
        bases += [f"{word[:-3]}y"] if word.endswith("ies") else []
        for base in bases:
            if len(base) > 1 and any(
                form in vocabulary for form in (f"{base}ing", f"{base[:-1]}ing", f"{base}{base[-1]}ing")
            ):
                yield word, base
                break


def _they(third_persons: Mapping[str, str]) -> dict[str, str]:
    """Return what is said for "they" with the verb of one person."""
    known = {"is": "are", "has": "have", "was": "were", "does": "do", "goes": "go", **third_persons}
    return {"they's": "they're", **{f"they {verb}": f"they {plural}" for verb, plural in known.items()}}


def _people_together(neutral: Collection[str]) -> dict[str, str]:
    """Return what is said for "a person and a person" and their like."""
    phrases: dict[str, str] = {}
    for one, several in sorted(PLURALS.items()):
        if one not in neutral and several not in neutral:
            continue
        a = "an" if one[0] in "aeiou" else "a"
        phrases |= {
            f"{a} {one} and {a} {one}": f"two {several}",
            f"{a} {one} and {one}": f"two {several}",
            f"the {one} and the {one}": f"the two {several}",
            f"the {one} and {one}": f"the two {several}",
            f"{one} and {one}": f"two {several}",
            f"{several} and {several}": several,
        }
        if one in ("person", "child"):
            phrases |= {
                f"{a} {one} and {a} {one} {behind}": f"{a} {one} and another {one} {behind}" for behind in _GUARDS
            }
            phrases |= {
                f"{_count(first, one, several)} and {_count(second, one, several)}": f"{_NUMBERS[first + second - 1]} {several}"
                for first in range(1, 5)
                for second in range(1, 5)
                if first + second > 2
            }
    return phrases


def _count(number: int, one: str, several: str) -> str:
    return f"{_NUMBERS[number - 1]} {one if number == 1 else several}"
