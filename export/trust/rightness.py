"""Whether a person would call a sentence right, told from what people said of the same picture.

A sentence counts as right when it says no object that none of the references names (COCO's 80 objects and their synonyms, as CHAIR has
them), and its likeness to the references reaches a bar. Likeness is CIDEr-D (Vedantam et al. 2015), the mean over the references, 0 to
10, with document frequencies of the data set's own references. The bar is people's: the highest at which 88 % of their captions, each
left out and held against the others of its picture, count as right. So what is asked of a sentence is what nearly every person reaches.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from edge_runtime.bundle.vocabulary import Vocabulary
from train.datasets.tokeniser import tokeniser
from train.errors import DatasetError
from train.objectives.cider import CiderReward

PEOPLE_RIGHT = 0.88
"""Share of people's captions that count as right, at the least."""

ObjectsOf = Callable[[str], frozenset[str]]
"""Names the objects that a caption says."""


class Rater:
    """Calls sentences about pictures of a data set right or wrong.

    Args:
        data: Name of the data set, for messages.
        references: Picture -> its captions as written; two or more for some of them.
        objects_of: Names the objects that a caption says.
        objects_told: Names those that are there by a reference.
        language: Tag of the captions, in the canonical form.

    Attributes:
        bar: The likeness that is asked for.
        people: Share of people's captions that count as right.

    Raises:
        DatasetError: No picture has two references, or too many of people's captions name what the others do not.
    """

    def __init__(
        self,
        data: str,
        references: Mapping[str, Sequence[str]],
        objects_of: ObjectsOf,
        objects_told: ObjectsOf,
        language: str = "en",
    ) -> None:
        if all(len(texts) < 2 for texts in references.values()):
            raise DatasetError(
                f"{data}: no picture has two captions, so nobody can tell what people reach; name development pictures with several"
            )
        self._data = data
        self._references, self._objects_of, self._objects_told = references, objects_of, objects_told
        self._ids: dict[str, int] = {}
        self._parted = tokeniser(language)
        rows = {name: self._rows(texts) for name, texts in references.items()}
        widest, longest = (max(row.shape[axis] for row in rows.values()) for axis in (0, 1))
        table = np.full((len(rows), widest, longest), Vocabulary.pad_id, np.int32)
        for place, row in enumerate(rows.values()):
            table[place, : row.shape[0], : row.shape[1]] = row
        self._likeness = CiderReward(table)
        self.bar, self.people = self._of_people()

    def right(self, captions: Mapping[str, str]) -> dict[str, bool]:
        """Return whether each sentence is right.

        Args:
            captions: Picture of the references -> sentence.
        """
        found = {}
        for name, caption in captions.items():
            references = self._references[name]
            found[name] = bool(self._true(caption, references) and self._alike(caption, references) >= self.bar)
        return found

    def _of_people(self) -> tuple[float, float]:
        """Return the bar, and the share of people's captions that reach it."""
        likeness = []
        for texts in self._references.values():
            for place, text in enumerate(texts):
                others = [*texts[:place], *texts[place + 1 :]]
                if others:
                    likeness.append(self._alike(text, others) if self._true(text, others) else -np.inf)
        known = np.sort(likeness)[::-1]
        bar = float(known[int(np.ceil(PEOPLE_RIGHT * len(known))) - 1])
        if not np.isfinite(bar):
            raise DatasetError(
                f"{self._data}: only {np.isfinite(known).mean():.0%} of people's captions name no object that the others do not, "
                f"where {PEOPLE_RIGHT:.0%} are needed to tell right from wrong; name development pictures with more captions each"
            )
        return bar, float((known >= bar).mean())

    def _true(self, caption: str, references: Iterable[str]) -> bool:
        named = frozenset[str]().union(*map(self._objects_told, references))
        return self._objects_of(caption) <= named

    def _alike(self, caption: str, references: Sequence[str]) -> float:
        return float(self._likeness(self._rows([caption])[None], self._rows(references)[None])[0, 0])

    def _rows(self, texts: Sequence[str]) -> npt.NDArray[np.int32]:
        """Return captions as numbers of words, int32 [captions, length], padded."""
        words = [self._parted(text) for text in texts]
        rows = np.full((len(texts), max(map(len, words), default=0) or 1), Vocabulary.pad_id, np.int32)
        first = Vocabulary.unknown_id + 1
        for row, said in zip(rows, words, strict=True):
            row[: len(said)] = [self._ids.setdefault(word, first + len(self._ids)) for word in said]
        return rows
