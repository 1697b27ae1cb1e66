"""What a data set is once it has been read: pictures, captions, splits, and what was left out."""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from edge_runtime.errors import PictureError
from edge_runtime.pictures.preprocess import load_input
from train.datasets.sources import PEOPLE
from train.errors import DatasetError

Split = Literal["train", "dev", "test"]
SPLITS: tuple[Split, ...] = ("train", "dev", "test")

_EXAMPLES = 3
_KEPT = 1000
"""Rows left out for one reason that are kept by name; more are only counted."""
_SHOWN = 80
"""Characters of a row that are shown."""
MAX_CHARACTERS = 10_000
"""Of a caption; a longer one is a file that was pasted into a cell."""
_LOOK = 32
"""Pixels a side that a picture is decoded to, only to see whether it can be."""


@dataclass(frozen=True)
class LeftOut:
    """A row that was not taken.

    Attributes:
        row: The row, or what names it.
        why: The reason, the same words for the same kind of fault.
        count: How many rows it stands for.
    """

    row: str
    why: str
    count: int = 1


@dataclass
class CaptionTable:
    """Captions by picture, as one file gives them.

    Attributes:
        source: The file.
        captions: File name of a picture -> its captions, as written.
        left_out: Rows that were not taken.
        splits: Split -> file names, where the file itself says so.
    """

    source: Path
    captions: dict[str, list[str]] = field(default_factory=dict)
    left_out: list[LeftOut] = field(default_factory=list)
    splits: dict[Split, list[str]] = field(default_factory=dict)
    _counts: Counter[str] = field(default_factory=Counter, repr=False)
    _rest: dict[str, int] = field(default_factory=dict, repr=False)

    def add(self, name: str, caption: object) -> None:
        """Take a caption, or note why not."""
        if not isinstance(caption, str):
            self.leave_out(name, "the caption is not text")
        elif len(caption) > MAX_CHARACTERS:
            self.leave_out(name, f"the caption is longer than {MAX_CHARACTERS:,} characters")
        elif not caption.strip():
            self.leave_out(name, "the caption is empty")
        elif _has_surrogate(caption) or _has_surrogate(name):
            self.leave_out(name, "half a character, which no file can hold")
        else:
            self.captions.setdefault(name, []).append(caption.strip())

    def leave_out(self, row: str, why: str) -> None:
        """Note a row that is not taken.

        Args:
            row: The row, or what names it.
            why: The reason, the same words for the same kind of fault.
        """
        self._counts[why] += 1
        if self._counts[why] <= _KEPT:
            self.left_out.append(LeftOut(shown(row), why))
        elif why not in self._rest:
            self._rest[why] = len(self.left_out)
            self.left_out.append(LeftOut("...", why))
        else:
            place = self._rest[why]
            self.left_out[place] = replace(self.left_out[place], count=self.left_out[place].count + 1)


def _has_surrogate(text: str) -> bool:
    return not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text)


def shown(row: str) -> str:
    """Return what a file says, in printable characters and not too many of them."""
    clipped = row[:_SHOWN] + ("..." if len(row) > _SHOWN else "")
    if clipped.isprintable():
        return clipped
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in clipped)


@dataclass(frozen=True)
class Dataset:
    """Pictures with captions, in splits.

    Attributes:
        images: Folder of the pictures.
        captions: File name -> captions, as written.
        splits: Split -> file names, each with a picture and at least one caption.
        left_out: What was not taken, and why.
        source: The captions file, the first one of several.
        writers: File name -> who wrote each of its captions, see `train.datasets.sources`; empty where all are by one source.
        sources: Who wrote captions, in the order of their files; a model learns to write like the first.
    """

    images: Path
    captions: Mapping[str, tuple[str, ...]]
    splits: Mapping[Split, tuple[str, ...]]
    left_out: tuple[LeftOut, ...]
    source: Path
    writers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sources: tuple[str, ...] = (PEOPLE,)

    @property
    def names(self) -> tuple[str, ...]:
        """File names of every split."""
        return tuple(name for split in SPLITS for name in self.splits[split])

    def captions_of(self, split: Split) -> dict[str, tuple[str, ...]]:
        """File name -> captions of a split."""
        return {name: self.captions[name] for name in self.splits[split]}

    def writers_of(self, split: Split) -> dict[str, tuple[str, ...]]:
        """File name -> who wrote each of its captions, of a split."""
        return {name: self.writers.get(name) or (PEOPLE,) * len(self.captions[name]) for name in self.splits[split]}

    def by(self, source: str, split: Split) -> "Dataset":
        """Return the data set whose split has no captions but those of a source, and no pictures without."""
        kept = {
            name: tuple(text for text, by in zip(self.captions[name], writers, strict=True) if by == source)
            for name, writers in self.writers_of(split).items()
        }
        names = tuple(name for name, texts in kept.items() if texts)
        return replace(
            self,
            captions={**self.captions, **{name: kept[name] for name in names}},
            writers={**self.writers, **{name: (source,) * len(kept[name]) for name in names}},
            splits={**self.splits, split: names},
        )

    def references(self, splits: Iterable[Split], log: Callable[[str], None]) -> "Dataset":
        """Return the data set whose captions of some splits are those of the first source alone, which sentences are scored against.

        Args:
            splits: Those whose captions are references; pictures without such are left out.
            log: Receives how many those are.
        """
        found, first = self, self.sources[0]
        if len(self.sources) < 2:
            return self
        for split in splits:
            found = found.by(first, split)
            if lost := len(self.splits[split]) - len(found.splits[split]):
                log(
                    f"left out: {lost} of {len(self.splits[split])} {split} pictures, of which '{first}' wrote no caption; "
                    "sentences are scored against those of the first source alone"
                )
        return found

    def limited(self, count: int) -> "Dataset":
        """At most so many pictures of each split, spread evenly over it, for a trial."""
        return replace(self, splits={split: _spread(names, count) for split, names in self.splits.items()})

    def only(self, names: Container[str], splits: Iterable[Split]) -> "Dataset":
        """Return the data set without those pictures of some splits that are none of those read.

        Args:
            names: Pictures that were read.
            splits: Those that are looked at.

        Raises:
            DatasetError: None is left of a split that had some.
        """
        return self._where(lambda name: name in names, splits)

    def readable(self, splits: Iterable[Split], log: Callable[[str], None]) -> "Dataset":
        """Return the data set without those pictures of some splits that cannot be read; each is said.

        Args:
            splits: Those that are looked at.
            log: Receives what cannot be read, and why.

        Raises:
            DatasetError: None is left of a split that had some.
        """
        return self._where(lambda name: self._can_be_read(name, log), splits)

    def _where(self, read: Callable[[str], bool], splits: Iterable[Split]) -> "Dataset":
        kept = dict(self.splits)
        for split in splits:
            kept[split] = tuple(filter(read, self.splits[split]))
            if self.splits[split] and not kept[split]:
                raise DatasetError(f"{self.source}: no picture of the {split} split can be read; check --images")
        return replace(self, splits=kept)

    def _can_be_read(self, name: str, log: Callable[[str], None]) -> bool:
        try:
            load_input(self.images / name, _LOOK, _LOOK)
        except PictureError as error:
            log(f"left out: {error}")
            return False
        return True

    def digest(self) -> str:
        """Return SHA-256 of the splits and their captions: what a run is trained and chosen on."""
        content: list[object] = [
            [split, [[name, self.captions[name]] for name in self.splits[split]]] for split in SPLITS
        ]
        if self.writers:
            content.append([[name, self.writers[name]] for name in self.names])
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()

    def report(self) -> str:
        """Return how much was taken, and which rows were left out and why, for people."""
        counts = ", ".join(
            f"{split} {len(self.splits[split])} pictures / {sum(len(self.captions[n]) for n in self.splits[split])} captions"
            for split in SPLITS
        )
        return "\n".join([f"{self.source}: {counts}", *self._by_source(), *summarise(self.left_out)])

    def _by_source(self) -> list[str]:
        """Return a line for each source, where there are several."""
        if len(self.sources) < 2:
            return []
        pictures: Counter[tuple[str, Split]] = Counter()
        captions: Counter[tuple[str, Split]] = Counter()
        for split in SPLITS:
            for writers in self.writers_of(split).values():
                pictures.update({(source, split) for source in writers})
                captions.update((source, split) for source in writers)
        return [
            f"by {source}: "
            + ", ".join(
                f"{split} {pictures[source, split]} pictures / {captions[source, split]} captions" for split in SPLITS
            )
            for source in self.sources
        ]


def _spread(names: tuple[str, ...], count: int) -> tuple[str, ...]:
    if len(names) <= count:
        return names
    return tuple(names[place * len(names) // count] for place in range(count))


def summarise(left_out: Iterable[LeftOut]) -> list[str]:
    """Return a line a reason, with its count and the first few rows."""
    left_out = list(left_out)
    lines = []
    counts: Counter[str] = Counter()
    for item in left_out:
        counts[item.why] += item.count
    for why, count in counts.items():
        rows = [item.row for item in left_out if item.why == why][:_EXAMPLES]
        more = ", ..." if count > len(rows) else ""
        lines.append(f"left out {count}: {why} ({', '.join(rows)}{more})")
    return lines
