"""What a calibration is asked for, and what it takes from outside."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from edge_runtime.errors import OptionError
from export.trust.looking import Pixels
from export.trust.rightness import ObjectsOf
from export.trust.sexes import SexesOf


class Draw(Protocol):
    """Draws pictures that are no clear picture."""

    def __call__(self, kind: str, count: int, photographs: Sequence[Pixels], seed: int, size: int) -> Pixels:
        """Return pictures of a kind, uint8 [count, size, size, 3]."""
        ...


@dataclass(frozen=True)
class Outside:
    """What a calibration is told about language and about pictures that are none.

    Attributes:
        objects_of: Names the objects that a caption says.
        objects_told: Names those that are there by a reference.
        sexes_of: Names the sexes that a caption gives to people.
        kinds: Of what is no clear picture.
        draw: Draws some of a kind.
    """

    objects_of: ObjectsOf
    objects_told: ObjectsOf
    sexes_of: SexesOf
    kinds: Sequence[str]
    draw: Draw


@dataclass(frozen=True)
class CalibrateOptions:
    """What is asked for.

    Attributes:
        bundle: Folder or zip.
        out: Bundle to make or replace; the bundle itself where None.
        photographs: Training pictures that the probe is fitted to, at the most.
        nonpictures: Of each kind; a third as many of other seeds and photographs check the probe.
        dev_pictures: Of each set, at the most; all where None.
        heads: By which the values of the decoder lie; as its kind has them where None.
        refused: Share of the development pictures that may get no sentence.
        wrong_sex: Share of the words for a sex that may be wrong, of those still said.
        seed: Of everything that is chosen by chance.
    """

    bundle: Path
    out: Path | None = None
    photographs: int = 3000
    nonpictures: int = 300
    dev_pictures: int | None = None
    heads: int | None = None
    refused: float = 0.005
    wrong_sex: float = 0.05
    seed: int = 0

    @property
    def target(self) -> Path:
        """Return the bundle folder to write.

        Raises:
            OptionError: It would be a zip.
        """
        target = self.bundle if self.out is None else self.out
        if target.is_file():
            raise OptionError(f"{target}: a file, where a bundle folder is written; pass --out FOLDER")
        return target

    def check(self) -> None:
        """Refuse shares that are none.

        Raises:
            OptionError: One is outside 0 to 1.
        """
        for option, share in (("--refused", self.refused), ("--wrong-sex", self.wrong_sex)):
            if not 0 <= share <= 1:
                raise OptionError(f"{option} {share:g}: must be 0 to 1")
