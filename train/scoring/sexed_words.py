"""English words that say the sex of a person, each with its counterparts and the word for either: the one table of them.

`train.scoring.sexes` measures by it what captions say, `export.trust.wording_en` rewords by it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

_TABLE = """
man men / woman women / person people
boy boys / girl girls / child children
guy guys / woman women / person people
dude dudes / woman women / person people
fellow fellows / woman women / person people
man men / gal gals / person people
gentleman gentlemen / woman women / person people
man men / lady ladies / person people
male males / female females / person people
father fathers / mother mothers / parent parents
dad dads / mom moms mother mothers / parent parents
daddy daddies / mommy mommies mother mothers / parent parents
son sons / daughter daughters / child children
brother brothers / sister sisters / sibling siblings
husband husbands / wife wives / partner partners
boyfriend boyfriends / girlfriend girlfriends / partner partners
grandfather grandfathers / grandmother grandmothers woman women / grandparent grandparents
grandpa grandpas / grandma grandmas woman women / grandparent grandparents
groom grooms / bride brides woman women / person people
groomsman groomsmen man men / bridesmaid bridesmaids woman women / guest guests
cowboy cowboys man men / cowgirl cowgirls woman women / rider riders
businessman businessmen man men / businesswoman businesswomen woman women / person people
policeman policemen man men / policewoman policewomen woman women / officer officers
fireman firemen man men / firewoman firewomen woman women / firefighter firefighters
fisherman fishermen man men / fisherwoman fisherwomen woman women / person people
workman workmen man men / woman women / worker workers
repairman repairmen man men / woman women / worker workers
schoolboy schoolboys boy boys / schoolgirl schoolgirls girl girls / student students
waiter waiters man men / waitress waitresses woman women / server servers
actor actors man men / actress actresses woman women / performer performers
"""
"""Words for a male, for a female, and for either, singular and plural in turn. The first two of a side are held against those of the
other that a vocabulary has, its last ones first: a lady against a man, for a gentleman is rare whoever is seen."""


@dataclass(frozen=True)
class Said:
    """A word that says a sex.

    Attributes:
        word: The word.
        others: What it is held against, the first that a bundle knows.
        neutral: What is said instead.
        sex: `male` or `female`.
    """

    word: str
    others: tuple[str, ...]
    neutral: str
    sex: str


def _rows() -> Iterator[Said]:
    for line in _TABLE.strip().splitlines():
        male, female, neutral = (side.split() for side in line.split("/"))
        for number in (0, 1):
            for sex, mine, others in (("male", male, female), ("female", female, male)):
                yield Said(mine[number], tuple(reversed(others[number::2])), neutral[number], sex)


WORDS = {row.word: row for row in reversed([*_rows()])}
"""Word -> what is known of it, by the first line that begins a side with it."""
PLURALS = {one: several for line in _TABLE.strip().splitlines() for one, several in [line.split("/")[2].split()]}
"""Word for either -> its plural."""
