"""Nouns of English captions in the singular."""

from functools import cache

from edge_runtime.english.words import word_set

_IRREGULAR = {
    "people": "person", "persons": "person", "men": "man", "women": "woman", "mans": "man", "womans": "woman", "children": "child",
    "feet": "foot", "teeth": "tooth", "geese": "goose", "mice": "mouse", "lice": "louse", "oxen": "ox", "cacti": "cactus",
    "fungi": "fungus", "octopi": "octopus", "wolves": "wolf", "knives": "knife", "wives": "wife", "lives": "life", "leaves": "leaf",
    "scarves": "scarf", "calves": "calf", "hooves": "hoof", "halves": "half", "shelves": "shelf", "bookshelves": "bookshelf",
    "loaves": "loaf", "thieves": "thief", "elves": "elf", "selves": "self", "sheaves": "sheaf", "dwarves": "dwarf",
    "wharves": "wharf", "themselves": "themselves", "buses": "bus", "minibuses": "minibus", "busses": "bus", "gases": "gas",
    "lenses": "lens", "canvases": "canvas", "irises": "iris", "octopuses": "octopus", "cactuses": "cactus", "campuses": "campus",
    "walruses": "walrus", "hippopotamuses": "hippopotamus", "rhinoceroses": "rhinoceros", "circuses": "circus",
    "crocuses": "crocus", "viruses": "virus", "platypuses": "platypus", "axes": "axe", "quizzes": "quiz", "dice": "dice",
    "shoes": "shoe", "horseshoes": "horseshoe", "snowshoes": "snowshoe", "toes": "toe", "canoes": "canoe", "hoes": "hoe",
    "cookies": "cookie", "movies": "movie", "pies": "pie", "ties": "tie", "zombies": "zombie", "brownies": "brownie",
    "hoodies": "hoodie", "selfies": "selfie", "smoothies": "smoothie", "doggies": "doggie", "beanies": "beanie", "genies": "genie",
    "collies": "collie", "birdies": "birdie", "goalies": "goalie", "wheelies": "wheelie", "aunties": "auntie", "veggies": "veggie",
    "moustaches": "moustache", "mustaches": "mustache", "caches": "cache", "headaches": "headache", "fishermen": "fisherman",
    "staves": "staff", "trousers": "trousers", "clothes": "clothes",
}  # fmt: skip
_WHOLE = word_set(
    """
    across always afterwards as asparagus atlas backwards bagpipes barefoot belongings besides binoculars bus campus canvas christmas
    chess circus clothes dreadlocks downstairs downwards dress forwards gas glass goggles goods grass gymnastics has his hiss indoors
    is its jeans james kiss less lens mass mess miss moss news octopus onwards outdoors overalls outskirts overseas pajamas pants
    perhaps pass press pyjamas scissors series shorts sideways slacks species suds sunglasses glasses eyeglasses swiss tennis texas
    themselves this thus tights tongs towards trousers upstairs upwards us various was woods yes its'
    """
)
"""What ends in s and is no plural, or has no singular that means the same: shorts, woods, trunks."""
_HISSING = ("ss", "x", "zz", "ch", "sh")
_NO_PLURAL = ("ss", "us", "is", "'s")
_LEAST = 3
"""Letters of the shortest word, with its s, that may be a plural; pjs, tvs, cds are."""


@cache
def singular(word: str) -> str:
    """Return a noun in the singular; a word that is none, or no plural, as it is.

    Args:
        word: Lower case.
    """
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if (
        word.endswith(("men", "people"))
        and len(word) > 5
        and not word.endswith(("specimen", "omen", "abdomen", "semen"))
    ):
        return word.removesuffix("men") + "man" if word.endswith("men") else word.removesuffix("people") + "person"
    if len(word) < _LEAST or not word.endswith("s") or word.endswith(_NO_PLURAL) or word in _WHOLE:
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith("es") and word[:-2].endswith(_HISSING):
        return word[:-2]
    if word.endswith("oes"):
        return word[:-2]
    return word[:-1]


def is_plural(word: str) -> bool:
    """Return whether a noun stands for several.

    Args:
        word: Lower case.
    """
    return singular(word) != word or word in ("sheep", "fish", "deer", "cattle", "police", "jeans", "pants", "shorts")
