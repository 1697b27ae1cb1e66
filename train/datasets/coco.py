"""COCO captions JSON: `images` with ids and file names, `annotations` with image ids and captions.

Format: https://cocodataset.org/#format-data, section 5 (image captioning).
"""

import json
from pathlib import Path
from typing import Any

from train.datasets.base import CaptionTable, LeftOut
from train.errors import DatasetError


def read_coco(path: Path, text: str) -> CaptionTable:
    """Read a COCO captions file.

    Args:
        path: The file, for messages.
        text: Its content.

    Raises:
        DatasetError: Not JSON, or without `images` and `annotations`.
    """
    try:
        content: Any = json.loads(text)
        images, annotations = list(content["images"]), list(content["annotations"])
    except (json.JSONDecodeError, RecursionError) as error:
        raise DatasetError(f"{path}: not JSON ({error}); fetch the file again") from None
    except (KeyError, TypeError):
        raise DatasetError(f"{path}: no lists 'images' and 'annotations'; pass a COCO captions file") from None
    table = CaptionTable(path)
    names: dict[Any, str] = {}
    for image in images:
        try:
            names[image["id"]] = str(image["file_name"])
        except (KeyError, TypeError):
            table.left_out.append(LeftOut(str(image)[:60], "an image without id or file_name"))
    for annotation in annotations:
        try:
            name, caption = names.get(annotation["image_id"]), annotation["caption"]
        except (KeyError, TypeError):
            table.left_out.append(LeftOut(str(annotation)[:60], "an annotation without image_id or caption"))
            continue
        if name is None:
            table.left_out.append(LeftOut(f"image_id {annotation['image_id']}", "no image of that id"))
        else:
            table.add(name, caption)
    return table
