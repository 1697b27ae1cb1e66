"""Captions as plain JSON: `{"a.jpg": ["...", ...]}`, a list of records, a record a line, or Karpathy's `dataset.json`.

A record is an object with one picture and its caption or captions, as Hugging Face's `metadata.jsonl` has it. Karpathy's files
(cs.stanford.edu/people/karpathy/deepimagesent) say of each picture which split it belongs to.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from train.datasets.base import CaptionTable, Split
from train.datasets.coco import coco_table
from train.datasets.json_file import Repeating, brief, parse, parse_json
from train.datasets.kaggle import CAPTIONS, PICTURES
from train.datasets.text_file import lines
from train.errors import DatasetError

_SPLITS: dict[str, Split] = {"train": "train", "restval": "train", "val": "dev", "dev": "dev", "test": "test"}
"""Karpathy's names of splits -> ours."""
_SENTENCES = (*CAPTIONS, "sentences")
_NO_RECORD = "an object without one picture and its captions"


def read_json(path: Path, text: str) -> CaptionTable:
    """Read captions in any of the JSON forms, COCO among them.

    Args:
        path: The file, for messages.
        text: Its content.

    Raises:
        DatasetError: Not JSON, or of no form that holds captions.
    """
    if _is_by_line(text):
        return _by_line(path, text)
    content = parse_json(path, text)
    if isinstance(content, list):
        return _records(path, ((f"item {place}", item) for place, item in enumerate(content, 1)))
    if not isinstance(content, dict):
        raise DatasetError(f"{path}: holds {brief(content)}; it must map file names to lists of captions")
    images = content.get("images")
    if isinstance(images, list) and any(isinstance(item, dict) and "sentences" in item for item in images[:10]):
        return _karpathy(path, images)
    if "images" in content or "annotations" in content:
        return coco_table(path, content)
    table = CaptionTable(path)
    if _is_record(content):
        _add_record(table, "the only item", content)
        return table
    for name, captions in content.pairs if isinstance(content, Repeating) else content.items():
        _add(table, name, captions)
    return table


def _is_by_line(text: str) -> bool:
    """Return whether the first line is a JSON object of its own, and more follows."""
    first, _, rest = text.lstrip().partition("\n")
    if not (first.startswith("{") and rest.lstrip().startswith("{")):
        return False
    try:
        return isinstance(parse(first), dict)
    except (ValueError, RecursionError):
        # A damaged first line is left out like any other, as long as the second one is whole.
        return first.rstrip().endswith("}") and '"' in first


def _by_line(path: Path, text: str) -> CaptionTable:
    def items() -> Iterable[tuple[str, Any]]:
        for number, line in enumerate(lines(text), 1):
            if not line.strip():
                continue
            try:
                yield f"line {number}", parse(line)
            except (ValueError, RecursionError):
                yield f"line {number}", None

    return _records(path, items())


def _records(path: Path, items: Iterable[tuple[str, Any]]) -> CaptionTable:
    table = CaptionTable(path)
    for row, item in items:
        _add_record(table, row, item)
    if not table.captions:
        raise DatasetError(
            f"{path}: JSON objects without a picture ({', '.join(PICTURES[:4])}) and its caption ({', '.join(CAPTIONS[:3])}); "
            "name their keys so"
        )
    return table


def _is_record(item: Any) -> bool:
    return (
        isinstance(item, dict)
        and sum(name in item for name in PICTURES) == 1
        and sum(name in item for name in _SENTENCES) == 1
    )


def _add_record(table: CaptionTable, row: str, item: Any) -> None:
    if not _is_record(item) or isinstance(item, Repeating):
        table.leave_out(row, _NO_RECORD)
        return
    name = next(item[key] for key in PICTURES if key in item)
    if isinstance(name, str):
        _add(table, name, next(item[key] for key in _SENTENCES if key in item))
    else:
        table.leave_out(row, "the picture's name is not text")


def _karpathy(path: Path, images: list[Any]) -> CaptionTable:
    table = CaptionTable(path)
    for place, image in enumerate(images, 1):
        name = image.get("filename") if isinstance(image, dict) else None
        if not isinstance(name, str):
            table.leave_out(f"image {place}", _NO_RECORD)
            continue
        _add(table, name, image.get("sentences"))
        split = image.get("split")
        if isinstance(split, str) and split in _SPLITS and name in table.captions:
            table.splits.setdefault(_SPLITS[split], []).append(name)
    return table


def _add(table: CaptionTable, name: str, captions: Any) -> None:
    if isinstance(captions, str):
        captions = [captions]
    if not isinstance(captions, list):
        table.leave_out(name, "the captions are not a list of text")
        return
    for caption in captions:
        table.add(name, caption.get("raw") if isinstance(caption, dict) else caption)
