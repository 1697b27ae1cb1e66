"""How people score: each caption of a picture against the others, as a model's is scored against all.

What a model can reach is told by what people reach, who differ from each other. They are held against one caption less than a model is,
which makes BLEU and ROUGE-L of people a little lower, and CIDEr, a mean over the references, about the same.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields

from train.datasets.tokeniser import tokeniser
from train.scoring.metrics import CaptionScorer, Scores, ScoringError


@dataclass(frozen=True)
class PeopleScores:
    """What people reach.

    Attributes:
        scores: Mean over the rounds, each counting by its captions.
        captions: How many were scored, each once.
        pictures: Of how many pictures.
        alike: Share of them that another caption of the same picture repeats word for word; each of these scores as a perfect one.
    """

    scores: Scores
    captions: int
    pictures: int
    alike: float

    def to_dict(self) -> dict[str, float | None]:
        """Return scores by name, None for those that the language has none of, then `captions`, `pictures` and `alike`; four decimals."""
        scores = {name: None if value is None else round(value, 4) for name, value in asdict(self.scores).items()}
        return {**scores, "captions": self.captions, "pictures": self.pictures, "alike": round(self.alike, 4)}


def people_scores(
    references: Mapping[str, Sequence[str]], language: str = "en", meteor: bool = False, seed: int = 0
) -> PeopleScores:
    """Score each caption of people against the others of its picture.

    In each round one caption of every picture that has one left is taken out. Which one is drawn by chance: some data sets order the
    captions of a picture by their length.

    Args:
        references: Picture -> its captions as written; one with a single caption is passed over.
        language: Their tag, in the canonical form.
        meteor: Whether to run METEOR, in English.
        seed: Of the order in which a picture's captions are taken out.

    Raises:
        ScoringError: No picture has two captions, or English ones and no `java` on this machine.
    """
    chance = random.Random(seed)
    drawn = {name: chance.sample(list(texts), len(texts)) for name, texts in references.items() if len(texts) > 1}
    if not drawn:
        raise ScoringError("no picture has two captions of people, to hold one against the other")
    found, alike = [], 0
    parted = tokeniser(language)
    for place in range(max(map(len, drawn.values()))):
        left = {name: texts for name, texts in drawn.items() if place < len(texts)}
        others = {name: [*texts[:place], *texts[place + 1 :]] for name, texts in left.items()}
        out = {name: texts[place] for name, texts in left.items()}
        alike += sum(parted(text) in map(parted, others[name]) for name, text in out.items())
        found.append((CaptionScorer(others, language).score(out, meteor), len(left)))
    captions = sum(count for _, count in found)
    means: dict[str, float | None] = {}
    for each in fields(Scores):
        values = [getattr(scores, each.name) for scores, _ in found]
        told = None not in values
        pairs = zip(values, (count for _, count in found), strict=True)
        means[each.name] = sum(value * count for value, count in pairs) / captions if told else None
    return PeopleScores(Scores(**means), captions, len(drawn), alike / captions)  # type: ignore[arg-type]
