"""The lemmas of English words, apart for what they are as a thing and what they are as a doing: a man watches, a man with watches."""

from functools import cache

from edge_runtime.english.nouns import singular
from edge_runtime.english.verbs import IRREGULAR, VERBS, regular_forms

_THINGS = """
    watch bat park train bear duck fish box rock plant light water cook can tie seal star match crane bowl pitch board brush check coach
    coat dish dock dress fan fence fire flag floor flower fork frame glass glove hand head hook horn hose house iron jet judge land lap
    leaf leash lead lock man map mask mirror model monitor nail nose paddle paper paw pedal pet phone photograph picture pile pin
    plate point pole pool post pump punch rail rain ramp ring rope row sail sand scale school screen seat shade shadow shape ship shop
    shower shovel sign sink smoke snack snow spray spring stage stamp steam step stick stone store storm stream string suit surface
    table tag tail tank tape target tip tire toast top tower toy track trail tree truck trunk tube type view wall wave wheel whip
    boat bottle book bridge cap chain circle crop cross crowd cup face back side cloud corner bark crash shake chase court block chip
    bank drum foot hurdle foam bag bar base bay bill button cage cake camp card cart cast chalk clip club cover crack cream crown curb
    film hammer harness hat heart hedge helmet hill kid label ladder leg letter lip log market mat milk net number oil page pair palm
    panel pan patch pen pillow pipe pocket pot rack road roof rug saddle salt sandwich saw scarf shelf shell shelter shield shoe skin
    skirt slice slot soap sock spoon spot stall stem straw street stripe sweater sword team tent thumb ticket tile towel trap tunnel
    van vest vine wagon weed wing wire pack leaves drawing building painting
"""
"""Things whose word is a verb as well, and means something else then: in a rule, and where nothing tells, the thing is meant."""
_MORE_VERBS = """
    leave arrive arrange attack board browse chat collect connect converse crowd deliver devour dine dock display examine explore
    focus gallop greet groom hover inspect kayak knock load mix motor nibble nuzzle order pack park peer pile prop protect rear
    relish remove repair rub scan search seat sip smell sneak stack step study suck suspend tap taste text tour trim type unload
    visit wag wander warm whip wipe yawn zoom peel grin whisper admire adjust aim applaud argue ask assist box brush cook dress face
    film grip head hose judge land lead lean lock map mount nail pet phone photograph plant pose program pump punch rain record sail
    seal serve shade shovel shower sign sink snack spot stamp steam stick string tag tape tip toast top track trail truck view wave
    wheel watch bat train duck fish rock light water tie star match bowl pitch check coach coat fan fence fire flag floor hand hook
    iron mask mirror model paddle paint point pole post ring rope row shape ship shop smoke snow spring stage store storm stream
    suit surface table target tire tower toy picture boat book bottle bridge chain circle cross cup back side corner cloud bank drum
    slice button cage camp cart cast clip club cover crack crown hammer harness label letter milk net number page pair patch saddle
    salt saw shell shelter shield skirt soap stall straddle stripe team tent thumb trap tunnel weed wire build bend bowl dunk jostle
    lounge nurse occupy participate perch peruse piggyback raft scale score sculpt skim soak splatter strum strike strut swerve swim
    tow trek twirl vault veer wade wield wrap
"""
_PASTS = {
    "seated": "sit", "left": "leave", "shorn": "shear", "struck": "strike", "built": "build", "shot": "shoot", "stretched": "stretch",
    "lit": "light", "shone": "shine", "slid": "slide", "laying": "lie", "lain": "lie", "upset": "upset", "eaten": "eat", "read": "read",
    "strung": "string", "stood": "stand", "woven": "weave", "begun": "begin", "spoke": "speak", "spoken": "speak", "swum": "swim",
    "torn": "tear", "wound": "wind", "bitten": "bite", "beaten": "beat", "shaken": "shake", "fallen": "fall", "flown": "fly",
    "grown": "grow", "grew": "grow", "driven": "drive", "written": "write", "sung": "sing", "sank": "sink",
    "leaving": "leave", "swimming": "swim", "running": "run",
}  # fmt: skip
_COMPARED = {
    "older": "old",
    "larger": "large",
    "bigger": "big",
    "smaller": "small",
    "younger": "young",
    "elder": "elder",
}
_BOTH = frozenset({"read", "hit", "cut", "put", "let", "upset", "spread", "left", "lit"})
"""Pasts that are no other word than the verb, or more often no verb."""


@cache
def things() -> frozenset[str]:
    """Return the nouns that are verbs as well, and whose thing is meant where nothing tells."""
    return frozenset(_THINGS.split())


@cache
def noun_of(word: str) -> str:
    """Return a word as a thing or a quality: nouns in the singular, the older as the old.

    Args:
        word: Lower case.
    """
    return _COMPARED.get(word) or singular(word)


@cache
def verb_of(word: str) -> str | None:
    """Return the verb that a word is a form of; None where it is none.

    Args:
        word: Lower case.
    """
    return _PASTS.get(word) or IRREGULAR.get(word) or _forms().get(word)


def only_a_doing(word: str) -> bool:
    """Return whether a form of a verb is nothing else: watching, parked, ran; of watch and watches it is not known.

    Args:
        word: Lower case, a form of a verb.
    """
    if word in _BOTH or word == verb_of(word):
        return False
    return word.endswith(("ing", "ed")) or word in IRREGULAR or word in _PASTS


@cache
def _forms() -> dict[str, str]:
    return regular_forms(dict.fromkeys((*VERBS.split(), *_MORE_VERBS.split())))
