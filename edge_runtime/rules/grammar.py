"""The small words of English captions, by what they do in a sentence."""

from edge_runtime.english.words import word_set

DETERMINERS = word_set(
    "a an the his her its their my your our this that these those some any each every several many two three four five six seven eight "
    "nine ten one both all another other few no multiple various"
)
PREPOSITIONS = word_set(
    "in on at of with by from to into onto under over behind near beside between through along across against around above below "
    "inside outside for next up down off out about after before during toward towards beneath underneath among amongst past without "
    "atop beyond within upon alongside via like as amid amidst"
)
BE = word_set("is are was were be been being am")
MODALS = word_set("can could will would may might must should do does did n't let 'll")
"""What a verb without an ending stands behind."""
AUXILIARIES = BE | word_set("has have had do does did can could will would may might must should")
JOINING = word_set("and or nor but while who which that whose when where as because if then than , ; : . ! ?")
KIN = word_set(
    "baby mother mom mommy mama momma adult male female child young parent kid teenage adolescent infant father dad daddy newborn juvenile"
)
"""What people and animals are called by turns."""

COLOURS = word_set(
    "red blue green yellow white black brown purple pink gray grey orange tan gold silver beige lime peach plum rose olive maroon teal"
)


def is_adjoining(word: str) -> bool:
    """Return whether a word is a preposition, an article, an auxiliary, or joins clauses."""
    return word in PREPOSITIONS or word in JOINING or word in AUXILIARIES or word in DETERMINERS
