"""What an English sentence says, whatever its grammar: "a dog is sitting on the wall" says what "a dog sits on a wall" does.

Rules and tables over what captions are made of, held to the vocabulary of the model that ships by a test. Sentences of another language
are compared word by word, for its words are none of these.
"""

from collections.abc import Iterable, Sequence
from functools import cache

_DROPPED = """
    a an the is are was were be been being am 's and while as that which who this these those there it its his her
    their him them he she they some in on at of to with by for from into onto through along
"""
"""Words without a sense of their own in a caption, and the prepositions that a model takes for each other: in, on and through the
grass. Those that say where something is stay: under, behind, over, off, near, without."""
_VERBS = """
    wear run play stand jump sit hold walk ride look climb smile swim carry do pose watch race take chase hang
    perform try talk make eat fly go dance swing leap slide fight splash skateboard get drink wait catch overlook
    bathe ski lean pull laugh fish throw lie surf read come shop fall bite park hike skate drive kick use hug push
    blow dive shake smoke stick sleep snowboard stare wrestle cross point kiss attempt wave chew wade show rest
    dig roll grind have shoot give lick paddle balance float hit reach sing compete move put prepare land pass
    spin write cover bark crash enjoy kneel rollerblade touch turn help kayak sniff surround train bike fetch
    practice work bounce jog pick row waterski follow gather pet break crouch march retrieve speak tackle listen
    raft raise relax bend camp cry feed pour spray toss draw flip grab lead start wakeboard glide shovel travel
    trot approach descend crawl fence fold growl hide open pitch pretend say ask bound burn cheer clean cut drop
    emerge fire interact juggle sell share stretch yell bear beg begin carve check create cycle embrace lift peek
    sail speed tie stop nap gaze hop skip tumble pedal frolic gesture observe paint dribble hurdle sprint flop pay
    hurry hunt sweep ascend bloom contain cook drag flow glow graze grow include let load operate oppose reflect
    scratch serve shine soar squat steer teach wash
"""
"""The verbs of captions. What is more often a thing is left out: building, leaves, plants, rocks, dresses."""

_IRREGULAR = {
    "lying": "lie", "laying": "lie", "lays": "lie", "laid": "lie", "tying": "tie", "ran": "run", "sat": "sit", "stood": "stand",
    "held": "hold", "rode": "ride", "ridden": "ride", "swam": "swim", "took": "take", "taken": "take", "made": "make", "ate": "eat",
    "flew": "fly", "went": "go", "gone": "go", "goes": "go", "does": "do", "did": "do", "has": "have", "had": "have", "got": "get",
    "caught": "catch", "threw": "throw", "thrown": "throw", "came": "come", "fell": "fall", "bit": "bite", "drove": "drive",
    "gave": "give", "sang": "sing", "spun": "spin", "wrote": "write", "fed": "feed", "led": "lead", "wore": "wear", "worn": "wear",
    "hung": "hang", "swung": "swing", "slept": "sleep", "shook": "shake", "stuck": "stick", "drew": "draw", "drawn": "draw",
    "broken": "break", "broke": "break", "hidden": "hide", "beginning": "begin", "began": "begin", "bent": "bend", "dug": "dig",
    "knelt": "kneel", "leapt": "leap", "fought": "fight", "frolicking": "frolic", "playes": "play",
}  # fmt: skip
_PLURALS = {
    "men": "man", "women": "woman", "children": "child", "people": "person", "feet": "foot", "teeth": "tooth", "geese": "goose",
    "mice": "mouse", "leaves": "leaf", "scarves": "scarf", "wolves": "wolf", "knives": "knife", "calves": "calf", "hooves": "hoof",
    "kids": "child", "kid": "child", "skis": "ski",
}  # fmt: skip
_SINGULAR = {"kid"}
"""Of the above, what stands for one."""
_SAME = {"guy": "man", "lady": "woman", "bicycle": "bike", "puppy": "dog", "picture": "photo", "photograph": "photo"}
"""What a model calls the same thing by turns."""
_PLURAL = "+"
_NO_PLURAL = ("ss", "us", "is", "'s")
_HISSING = ("s", "x", "z", "ch", "sh", "o")
_VOWELS = "aeiou"


def meaning(words: Iterable[str]) -> tuple[str, ...]:
    """Return what a sentence says: the lemmas of its words with a sense of their own, in order.

    Args:
        words: Lower case.

    Returns:
        Verbs without their tense, nouns in the singular; several of a thing end in `+`, for two dogs are not one.
    """
    return tuple(_content(word) for word in words if word not in _dropped())


def likeness(one: Sequence[str], other: Sequence[str]) -> float:
    """Return how much two sentences share of what they say, 0 to 1: Dice's coefficient of their lemmas, however many of a thing there are.

    Args:
        one: A meaning.
        other: Another one.
    """
    first, second = ({lemma.removesuffix(_PLURAL) for lemma in said} for said in (one, other))
    if not first and not second:
        return 1.0
    return 2 * len(first & second) / (len(first) + len(second))


@cache
def _dropped() -> frozenset[str]:
    return frozenset(_DROPPED.split())


@cache
def _content(word: str) -> str:
    verb = _IRREGULAR.get(word) or _forms().get(word)
    if verb is not None:
        return verb
    noun = _PLURALS.get(word) or _singular(word)
    plural = noun != word and word not in _SINGULAR
    return _SAME.get(noun, noun) + (_PLURAL if plural else "")


def _singular(word: str) -> str:
    if len(word) <= 3 or not word.endswith("s") or word.endswith(_NO_PLURAL):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    stem = word[:-2] if word.endswith("es") else ""
    return stem if stem.endswith(("ss", "x", "zz", "ch", "sh", "o")) else word[:-1]


@cache
def _forms() -> dict[str, str]:
    """Return every regular form of the verbs, with the verb."""
    verbs = _VERBS.split()
    found = {verb: verb for verb in verbs}
    for verb in verbs:
        for form in (_third_person(verb), _with_ending(verb, "ing"), _with_ending(verb, "ed")):
            found.setdefault(form, verb)
    return found


def _third_person(verb: str) -> str:
    if verb.endswith("y") and verb[-2] not in _VOWELS:
        return verb[:-1] + "ies"
    return verb + ("es" if verb.endswith(_HISSING) else "s")


def _with_ending(verb: str, ending: str) -> str:
    if verb.endswith("e") and not verb.endswith(("ee", "oe")):
        return verb[:-1] + ending
    if ending == "ed" and verb.endswith("y") and verb[-2] not in _VOWELS:
        return verb[:-1] + "ied"
    return _doubled(verb) + ending


def _doubled(verb: str) -> str:
    """Return a short word that ends in consonant, vowel, consonant takes the last one twice: sit, sitting."""
    short = sum(letter in _VOWELS for letter in verb) == 1
    closed = len(verb) > 2 and verb[-1] not in _VOWELS + "wxy" and verb[-2] in _VOWELS and verb[-3] not in _VOWELS
    return verb + verb[-1] if short and closed else verb
