"""Two machines' sentences about the same pictures, held against each other."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

NEAR_TIE = 0.1
"""Gap within which neither of two sentences is the better one: see `OtherSentence`."""
GREEDY = "greedy"
"""The search that takes the most probable word each time; any other compares whole sentences."""


@dataclass(frozen=True)
class OtherSentence:
    """A picture of which two machines say something else.

    A gap is by how much a machine finds its own sentence better than the other's: of sentences that a beam found, the difference
    of log-probability / length ** length penalty, by which beams choose; of greedy ones, the difference of the natural
    log-probabilities of the two words where they part, after which each goes its own way.

    Attributes:
        picture: Its file.
        search: How the sentence was searched for, one of `outputs.SEARCHES`.
        here: This machine's sentence.
        there: The other's.
        here_log_probs: On this machine: natural log-probability of its own sentence, and of the other's.
        there_log_probs: On the other: of this machine's sentence, and of its own.
        gap_here: On this machine.
        gap_there: On the other.
    """

    picture: str
    search: str
    here: str
    there: str
    here_log_probs: tuple[float, float]
    there_log_probs: tuple[float, float]
    gap_here: float
    gap_there: float

    @property
    def near_tie(self) -> bool:
        """Whether both machines find both sentences as good, so that the rounding of a sum decides."""
        return max(abs(self.gap_here), abs(self.gap_there)) <= NEAR_TIE

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {**asdict(self), "near_tie": self.near_tie}


@dataclass(frozen=True)
class Compared:
    """A variant on two machines.

    Attributes:
        sentences: How many were compared.
        differences: Those that are not the same.
        apart: The most by which the machines' natural log-probabilities of one and the same sentence differ, a word, its end
            counted: how far their arithmetic is apart, which a search makes more of.
    """

    sentences: int
    differences: tuple[OtherSentence, ...]
    apart: float

    @property
    def near_ties(self) -> int:
        """Differences that are no more than a near tie."""
        return sum(difference.near_tie for difference in self.differences)

    @property
    def holds(self) -> bool:
        """Whether there is no difference beyond near ties."""
        return self.near_ties == len(self.differences)


def tokens_of(facts: Mapping[str, Any], searches: Sequence[str]) -> dict[str, dict[str, list[list[str]]]]:
    """The sentences of one machine, as `outputs.py` takes them for their log-probabilities on another.

    Args:
        facts: What `outputs.py` wrote.
        searches: Which of its searches.
    """
    return {
        search: {variant: [entry["tokens"] for entry in said] for variant, said in facts[search].items()}
        for search in searches
    }


def compared(variant: str, here: Mapping[str, Any], there: Mapping[str, Any], searches: Sequence[str]) -> Compared:
    """Compare a variant's sentences.

    Args:
        variant: Its name.
        here: Facts of `outputs.py` on this machine, asked for the log-probabilities of the other's sentences.
        there: Facts of the other, asked for those of this one's.
        searches: Which of its searches.
    """
    apart: list[float] = []
    found = []
    for search in searches:
        rows = zip(
            here["pictures"],
            here[search][variant],
            there[search][variant],
            here["asked"][search][variant],
            there["asked"][search][variant],
            strict=True,
        )
        for picture, one, other, other_here, one_there in rows:
            apart += [_apart(one["token_log_probs"], one_there), _apart(other["token_log_probs"], other_here)]
            if one["text"] != other["text"]:
                at_home, abroad = (one["token_log_probs"], other_here), (one_there, other["token_log_probs"])
                place = _parting(one["tokens"], other["tokens"]) if search == GREEDY else None
                penalty = here["length_penalty"]
                found.append(
                    OtherSentence(
                        picture,
                        search,
                        one["text"],
                        other["text"],
                        _sums(at_home),
                        _sums(abroad),
                        round(_worth(at_home[0], place, penalty) - _worth(at_home[1], place, penalty), 4),
                        round(_worth(abroad[1], place, penalty) - _worth(abroad[0], place, penalty), 4),
                    )
                )
    return Compared(len(apart) // 2, tuple(found), round(max(apart), 4))


def _apart(one: Sequence[float], other: Sequence[float]) -> float:
    return abs(sum(one) - sum(other)) / len(one)


def _sums(pair: tuple[Sequence[float], Sequence[float]]) -> tuple[float, float]:
    one, other = (round(sum(log_probs), 4) for log_probs in pair)
    return one, other


def _parting(one: Sequence[str], other: Sequence[str]) -> int:
    """The place of the first word that differs; a sentence's end counts as one."""
    return next(
        (place for place, pair in enumerate(zip(one, other, strict=False)) if len(set(pair)) > 1),
        min(len(one), len(other)),
    )


def _worth(log_probs: Sequence[float], place: int | None, length_penalty: float) -> float:
    return float(sum(log_probs) / len(log_probs) ** length_penalty if place is None else log_probs[place])
