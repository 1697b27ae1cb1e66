"""The verbs of English captions, and their forms."""

from collections.abc import Iterable

VERBS = """
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

IRREGULAR = {
    "lying": "lie", "laying": "lie", "lays": "lie", "laid": "lie", "tying": "tie", "ran": "run", "sat": "sit", "stood": "stand",
    "held": "hold", "rode": "ride", "ridden": "ride", "swam": "swim", "took": "take", "taken": "take", "made": "make", "ate": "eat",
    "flew": "fly", "went": "go", "gone": "go", "goes": "go", "does": "do", "did": "do", "has": "have", "had": "have", "got": "get",
    "caught": "catch", "threw": "throw", "thrown": "throw", "came": "come", "fell": "fall", "bit": "bite", "drove": "drive",
    "gave": "give", "sang": "sing", "spun": "spin", "wrote": "write", "fed": "feed", "led": "lead", "wore": "wear", "worn": "wear",
    "hung": "hang", "swung": "swing", "slept": "sleep", "shook": "shake", "stuck": "stick", "drew": "draw", "drawn": "draw",
    "broken": "break", "broke": "break", "hidden": "hide", "beginning": "begin", "began": "begin", "bent": "bend", "dug": "dig",
    "knelt": "kneel", "leapt": "leap", "fought": "fight", "frolicking": "frolic", "playes": "play",
}  # fmt: skip
"""Forms that no rule gives."""
_HISSING = ("s", "x", "z", "ch", "sh", "o")
_VOWELS = "aeiou"


def regular_forms(verbs: Iterable[str]) -> dict[str, str]:
    """Return every regular form of verbs, with the verb; where two share a form, the first has it.

    Args:
        verbs: Without tense, lower case.
    """
    named = list(verbs)
    found = {verb: verb for verb in named}
    for verb in named:
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
