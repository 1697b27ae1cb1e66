"""From the files that a user names to a `Dataset`."""

import hashlib
import json
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from train.datasets.base import SPLITS, CaptionTable, Dataset, LeftOut, Split, shown, summarise
from train.datasets.coco import read_coco
from train.datasets.flickr8k import read_token_file
from train.datasets.folders import PictureFolders
from train.datasets.json_captions import read_json
from train.datasets.kaggle import columns_of, read_kaggle
from train.datasets.pickled import read_pickle
from train.datasets.sources import PEOPLE, CaptionFile
from train.datasets.text_file import lines, read_text
from train.errors import DatasetError

Format = Literal["flickr8k", "pickle", "kaggle", "coco", "json"]
FORMATS: tuple[Format, ...] = ("flickr8k", "pickle", "kaggle", "coco", "json")


@dataclass(frozen=True)
class DatasetSource:
    """Where a data set lies, as a run remembers it.

    Attributes:
        images: Folder of the pictures.
        captions: Captions file.
        split_files: Split -> text file of picture names; empty for a random split.
        kind: Format of the captions file; told by its content where None.
        holdout: Shares of pictures for dev and test in a random split.
        seed: Of the random split.
        writer: Who wrote the captions.
        more_images: Further folders of pictures.
        more_captions: Further captions files, by others or the same.
    """

    images: Path
    captions: Path
    split_files: Mapping[Split, Path | tuple[Path, ...]] = field(default_factory=dict)
    kind: Format | None = None
    holdout: tuple[float, float] = (0.1, 0.1)
    seed: int = 0
    writer: str = PEOPLE
    more_images: tuple[Path, ...] = ()
    more_captions: tuple[CaptionFile, ...] = ()

    @property
    def caption_files(self) -> tuple[CaptionFile, ...]:
        """Return every captions file."""
        return (CaptionFile(self.captions, self.writer), *self.more_captions)

    def load(self) -> Dataset:
        """Read it; see `load_dataset`."""
        images = (self.images, *self.more_images)
        return load_dataset(images, self.caption_files, self.split_files, self.kind, self.holdout, self.seed)

    def captions_sha256(self) -> str:
        """Return SHA-256 of the captions file; of those of all of them where they are several.

        Raises:
            OSError: One cannot be read.
        """
        digests = [hashlib.sha256(file.path.read_bytes()).hexdigest() for file in self.caption_files]
        return digests[0] if len(digests) == 1 else hashlib.sha256("\n".join(digests).encode()).hexdigest()

    def to_json(self) -> str:
        """As stored in a run folder, with absolute paths."""
        return json.dumps(
            {
                "images": str(self.images.resolve()),
                "captions": str(self.captions.resolve()),
                "split_files": {
                    split: [str(path.resolve()) for path in _paths(named)] for split, named in self.split_files.items()
                },
                "format": self.kind,
                "holdout": self.holdout,
                "seed": self.seed,
                "writer": self.writer,
                "more_images": [str(path.resolve()) for path in self.more_images],
                "more_captions": [[str(file.path.resolve()), file.source] for file in self.more_captions],
            },
            indent=2,
        )

    @classmethod
    def from_json(cls, text: str) -> "DatasetSource":
        """As read from a run folder."""
        stored = json.loads(text)
        split_files: dict[Split, Path | tuple[Path, ...]] = {
            split: tuple(map(Path, [named] if isinstance(named, str) else named))
            for split, named in stored["split_files"].items()
        }
        dev, test = stored["holdout"]
        return cls(
            Path(stored["images"]),
            Path(stored["captions"]),
            split_files,
            stored["format"],
            (dev, test),
            stored["seed"],
            stored.get("writer", PEOPLE),
            tuple(map(Path, stored.get("more_images", ()))),
            tuple(CaptionFile(Path(path), source) for path, source in stored.get("more_captions", ())),
        )


def load_dataset(
    images: Path | Sequence[Path],
    captions: Path | Sequence[CaptionFile],
    split_files: Mapping[Split, Path | tuple[Path, ...]] | None = None,
    kind: Format | None = None,
    holdout: tuple[float, float] = (0.1, 0.1),
    seed: int = 0,
) -> Dataset:
    """Read captions, match them to pictures, and split them.

    Args:
        images: Folder of the pictures, or several; pictures of several are named by their path from the folder that holds all.
        captions: Captions file, or several; it names pictures with their ending or without.
        split_files: Split -> text files of picture names, one a line. Without them the pictures are split at random.
        kind: The captions files' format; told by their names and first bytes where None.
        holdout: Shares of pictures for dev and test in a random split.
        seed: Of the random split.

    Returns:
        The data set; its `report()` says what was taken.

    Raises:
        DatasetError: A file is missing or of another format, or captions and pictures do not belong together.
        UnsafePickleError: A pickle that names anything but plain data.
    """
    pictures = PictureFolders(_paths(images))
    files = [CaptionFile(captions)] if isinstance(captions, Path) else list(captions)
    taken: dict[str, tuple[str, ...]] = {}
    writers: dict[str, tuple[str, ...]] = {}
    left_out: list[LeftOut] = []
    own_splits: dict[Split, list[str]] = {}
    for file in files:
        table = read_captions(file.path, kind)
        left_out += table.left_out
        for name, texts in table.captions.items():
            found = pictures.find(name, table.captions)
            if isinstance(found, LeftOut):
                left_out.append(found)
            else:
                taken[found] = (*taken.get(found, ()), *texts)
                writers[found] = (*writers.get(found, ()), *(file.source for _ in texts))
        for split, names in table.splits.items():
            own_splits.setdefault(split, []).extend(names)
    if not taken:
        hint = "; ".join(summarise(left_out)) or "it holds no captions"
        raise DatasetError(
            f"{files[0].path}: none of its captions has a picture in {pictures.shown} ({hint}); check --images"
        )
    left_out += [LeftOut(name, "a picture without captions") for name in sorted(pictures.names - set(taken))]
    if split_files:
        listed = {split: map(pictures.named, names) for split, names in _read_splits(split_files).items()}
        splits = _assign(listed, taken, left_out)
    elif own_splits:
        splits = _assign({split: map(pictures.named, names) for split, names in own_splits.items()}, taken, left_out)
    else:
        splits = _random_splits(sorted(taken), holdout, seed)
    sources = tuple(dict.fromkeys(file.source for file in files))
    said = writers if sources != (PEOPLE,) else {}
    return Dataset(pictures.root, taken, splits, tuple(left_out), files[0].path, said, sources)


def _paths(named: Path | Sequence[Path]) -> tuple[Path, ...]:
    return (named,) if isinstance(named, Path) else tuple(named)


def flickr8k_source(folder: Path) -> DatasetSource:
    """Return a folder in the layout of Flickr8k: `images/`, `Flickr8k.token.txt`, `Flickr_8k.{train,dev,test}Images.txt`.

    Raises:
        DatasetError: No token file in it.
    """
    captions = folder / "Flickr8k.token.txt"
    if not captions.is_file():
        raise DatasetError(f"{folder}: no Flickr8k.token.txt in it; check --data, or pass --images and --captions")
    images = next((folder / n for n in ("images", "Images", "Flicker8k_Dataset") if (folder / n).is_dir()), folder)
    split_files: dict[Split, Path] = {split: folder / f"Flickr_8k.{split}Images.txt" for split in SPLITS}
    return DatasetSource(images, captions, split_files, "flickr8k")


def read_captions(path: Path, kind: Format | None = None) -> CaptionTable:
    """Read a captions file, whatever pictures there are.

    Args:
        path: The file.
        kind: Its format; told by its name and first bytes where None.

    Raises:
        DatasetError: It cannot be read, or is of no known format.
        UnsafePickleError: A pickle that names anything but plain data.
    """
    if kind is None and path.suffix in (".pkl", ".pickle", ".p"):
        kind = "pickle"
    if kind == "pickle":
        return read_pickle(path)
    text = read_text(path, "--captions")
    if kind is None:
        kind = _guess(path, text)
    return {"coco": read_coco, "json": read_json, "kaggle": read_kaggle, "flickr8k": read_token_file}[kind](path, text)


def _guess(path: Path, text: str) -> Format:
    first = text.lstrip()[:1]
    if first in ("{", "["):
        return "json"
    if not first:
        raise DatasetError(f"{path}: holds nothing; check --captions")
    line = lines(text.lstrip(" \r\n")[:4096])[0]
    if columns_of(line):
        return "kaggle"
    if "#" in line and "\t" in line:
        return "flickr8k"
    raise DatasetError(
        f"{path}: captions in no known format; write lines NAME#0<TAB>caption, a table with the header image,caption, or JSON"
    )


def _read_splits(files: Mapping[Split, Path | tuple[Path, ...]]) -> dict[Split, list[str]]:
    """Split -> the names that its files list."""
    return {
        split: [
            name
            for path in _paths(named)
            for line in lines(read_text(path, "the split files"))
            if (name := line.strip())
        ]
        for split, named in files.items()
    }


def _assign(
    listed: Mapping[Split, Iterable[str]], taken: Mapping[str, tuple[str, ...]], left_out: list[LeftOut]
) -> dict[Split, tuple[str, ...]]:
    """Return each split's pictures, of the names that are listed for it."""
    owner: dict[str, Split] = {}
    for split in SPLITS:
        for name in listed.get(split, ()):
            if name in owner:
                left_out.append(LeftOut(shown(name), f"stands twice in the split files ({owner[name]} keeps it)"))
            elif name not in taken:
                left_out.append(LeftOut(shown(name), f"in the {split} split, but without picture or captions"))
            else:
                owner[name] = split
    left_out += [LeftOut(shown(name), "a picture in no split") for name in sorted(set(taken) - set(owner))]
    return {split: tuple(name for name, own in owner.items() if own == split) for split in SPLITS}


def _random_splits(names: list[str], holdout: tuple[float, float], seed: int) -> dict[Split, tuple[str, ...]]:
    if not (min(holdout) >= 0 and sum(holdout) <= 1):
        raise DatasetError(f"--holdout {holdout[0]} {holdout[1]}: two shares of at least 0, together at most 1")
    shuffled = random.Random(seed).sample(names, len(names))
    dev, test = (round(len(names) * share) for share in holdout)
    return {
        "train": tuple(shuffled[dev + test :]),
        "dev": tuple(shuffled[:dev]),
        "test": tuple(shuffled[dev : dev + test]),
    }
