"""COCO captions JSON: `images` with ids and file names, `annotations` with image ids and captions.

Format: https://cocodataset.org/#format-data, section 5 (image captioning).
"""

from collections import Counter
from pathlib import Path
from typing import Any

from train.datasets.base import CaptionTable
from train.datasets.json_file import Repeating, brief, parse_json
from train.errors import DatasetError


def read_coco(path: Path, text: str) -> CaptionTable:
    """Read a COCO captions file.

    Args:
        path: The file, for messages.
        text: Its content.

    Raises:
        DatasetError: Not JSON, or without `images` and `annotations`.
    """
    return coco_table(path, parse_json(path, text))


def coco_table(path: Path, content: Any) -> CaptionTable:
    """Return captions of a COCO file's content.

    An id is the same as text and as a number. What an id that two pictures share says of a picture cannot be known: such
    annotations are left out.

    Args:
        path: The file, for messages.
        content: As parsed.

    Raises:
        DatasetError: No `images` and `annotations` in it.
    """
    images = content.get("images") if isinstance(content, dict) else None
    annotations = content.get("annotations") if isinstance(content, dict) else None
    if not (isinstance(images, list) and isinstance(annotations, list)):
        raise DatasetError(f"{path}: no lists 'images' and 'annotations'; pass a COCO captions file")
    table = CaptionTable(path)
    names: dict[str, str] = {}
    shared: Counter[str] = Counter()
    for image in images:
        key = _key(image, "id")
        name = image.get("file_name") if isinstance(image, dict) else None
        if key is None or not isinstance(name, str):
            table.leave_out(brief(image), "an image without id or file_name")
        elif names.setdefault(key, name) != name:
            shared[key] += 1
            table.leave_out(f"id {key}: {name}", "an id that two images have, so that its captions belong to neither")
    for annotation in annotations:
        key = _key(annotation, "image_id")
        if key is None or "caption" not in annotation:
            table.leave_out(brief(annotation), "an annotation without image_id or caption")
        elif key not in names:
            table.leave_out(f"image_id {key}", "no image of that id")
        elif key in shared:
            table.leave_out(f"image_id {key}", "a caption of an id that two images have")
        else:
            table.add(names[key], annotation["caption"])
    return table


def _key(item: Any, name: str) -> str | None:
    """Return an id as text, or None where there is none that can be used."""
    value = item.get(name) if isinstance(item, dict) and not isinstance(item, Repeating) else None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    # Integers too long to be printed are no ids.
    return value.strip() if isinstance(value, str) else str(value) if abs(value) < 10**100 else None
