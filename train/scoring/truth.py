"""How much of what captions say is there, by what people say of the same pictures.

Objects as CHAIR has them (Rohrbach et al. 2018, arXiv 1809.02156), but against the references alone: what nobody mentions counts as
not there. That is too strict, and as strict with people: `leave_one_out` says how they fare. English captions only.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields

from train.scoring.colours import colours_said
from train.scoring.metrics import ScoringError
from train.scoring.objects import PERSON, objects_said, objects_told, words_of
from train.scoring.sexes import Sex, sexes_said


@dataclass(frozen=True)
class Share:
    """A part of what was counted.

    Attributes:
        count: How many are so.
        of: How many there are; 0 where nothing was there to be counted.
    """

    count: int
    of: int

    @property
    def share(self) -> float | None:
        """Return 0 to 1, or None of nothing."""
        return self.count / self.of if self.of else None

    def __str__(self) -> str:
        """Return it for people, with what it is a share of."""
        return f"{self.count / self.of * 100:.1f} % of {self.of:,}" if self.of else "none to count"


@dataclass(frozen=True)
class Truth:
    """What a set of captions says that is not so.

    Attributes:
        pictures: Captions looked at, the empty ones among them; those are no part of any share but the last.
        objects_unseen: Of all objects said, those that no reference of the picture names (CHAIR_i); one said twice in a caption
            counts once.
        captions_unseen: Of all captions, those with such an object (CHAIR_s).
        people_invented: Of the captions of pictures where no reference names a person, those that do.
        colours_unseen: Of all colours said, those that no reference of the picture says, of whatever thing.
        colours_wrong: The same of those pictures alone whose references say some colour: where people say none, nothing tells
            whether a colour is wrong.
        sex_wrong: Of the captions of pictures whose references all say one and the same sex, those that say the other.
        sex_unsaid: Of the same captions, those that say none.
        abstained: Of all captions, those that are empty: of pictures that a bundle says nothing of.
    """

    pictures: int
    objects_unseen: Share
    captions_unseen: Share
    people_invented: Share
    colours_unseen: Share
    colours_wrong: Share
    sex_wrong: Share
    sex_unsaid: Share
    abstained: Share

    def figures(self) -> dict[str, float]:
        """Return each share, in 0 to 1, and what it is of as `NAME_of`; a share of nothing is left out."""
        found: dict[str, float] = {}
        for name in FIGURES:
            part: Share = getattr(self, name)
            if part.share is not None:
                found[name] = round(part.share, 4)
            found[f"{name}_of"] = part.of
        return found

    def to_json(self) -> str:
        """Return every figure as its count and what it is of."""
        return json.dumps(asdict(self), indent=2)


FIGURES = tuple(field.name for field in fields(Truth) if field.name != "pictures")
"""The shares, in their order."""


@dataclass(frozen=True)
class _Said:
    """What one caption says; `told` is what is there by it where it is a reference."""

    objects: frozenset[str]
    told: frozenset[str]
    colours: frozenset[str]
    sexes: frozenset[Sex]
    nothing: bool

    @classmethod
    def of(cls, caption: str) -> "_Said":
        words = words_of(caption)
        return cls(objects_said(words), objects_told(words), colours_said(words), sexes_said(words), not words)


def truth(captions: Mapping[str, str], references: Mapping[str, Sequence[str]]) -> Truth:
    """Hold captions against what people said of the same pictures.

    Args:
        captions: Picture -> caption; empty where a bundle abstains.
        references: Picture -> its captions as written, at least one, for every picture of the captions and no other.

    Raises:
        ScoringError: Captions and references are not of the same pictures, or a picture has no reference.
    """
    if captions.keys() != references.keys():
        raise ScoringError(
            f"{len(captions)} captions for {len(references)} pictures with references; give one caption for each"
        )
    for name, texts in references.items():
        if not texts:
            raise ScoringError(f"{name}: no reference to hold its caption against; give one, or leave the picture out")
    return _counted(
        (_Said.of(caption), [_Said.of(text) for text in references[name]]) for name, caption in captions.items()
    )


def leave_one_out(references: Mapping[str, Sequence[str]]) -> Truth:
    """Hold each reference against the others of its picture: how true people are by the same measure.

    Args:
        references: Picture -> its captions as written; pictures with one alone are passed over.
    """
    said = [[_Said.of(text) for text in texts] for texts in references.values() if len(texts) > 1]
    return _counted((one, [*texts[:place], *texts[place + 1 :]]) for texts in said for place, one in enumerate(texts))


def _counted(pairs: Iterable[tuple[_Said, Sequence[_Said]]]) -> Truth:
    """Return what captions say against what the references of each say."""
    pairs = list(pairs)
    tally = Counter[str]()
    for said, people in pairs:
        # What says nothing says nothing that is so either: counted as true, refusals would make a model look truthful.
        if said.nothing:
            tally.update(abstained=1)
            continue
        there = frozenset[str]().union(*(one.told for one in people))
        unseen = said.objects - there
        tally.update(objects=len(said.objects), unseen=len(unseen), with_unseen=bool(unseen))
        if PERSON not in there:
            tally.update(empty=1, invented=PERSON in said.objects)
        colours = frozenset[str]().union(*(one.colours for one in people))
        strange = len(said.colours - colours)
        tally.update(colours=len(said.colours), strange=strange)
        if colours:
            tally.update(judged=len(said.colours), wrong=strange)
        sex = people[0].sexes
        if len(sex) == 1 and all(one.sexes == sex for one in people):
            tally.update(agreed=1, other=bool(said.sexes - sex), none=not said.sexes)
    return Truth(
        len(pairs),
        Share(tally["unseen"], tally["objects"]),
        Share(tally["with_unseen"], len(pairs) - tally["abstained"]),
        Share(tally["invented"], tally["empty"]),
        Share(tally["strange"], tally["colours"]),
        Share(tally["wrong"], tally["judged"]),
        Share(tally["other"], tally["agreed"]),
        Share(tally["none"], tally["agreed"]),
        Share(tally["abstained"], len(pairs)),
    )
