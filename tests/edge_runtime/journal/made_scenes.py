"""Scenes as the live loop would tell them."""

import io
from typing import Any

import numpy as np
from PIL import Image

from edge_runtime.backends.decoding import Floats
from edge_runtime.events import SceneEvent, SceneKind

BEGAN = 1_700_000_000.0
"""2023-11-14, 22:13:20 UTC."""


def features(seed: int, dimensions: int = 256) -> Floats:
    """float32 [D], 1 long."""
    found = np.random.default_rng(seed).standard_normal(dimensions).astype(np.float32)
    return np.asarray(found / np.linalg.norm(found), np.float32)


def jpeg(size: tuple[int, int] = (640, 480), grey: int = 128) -> bytes:
    """A grey frame; `size` is width and height."""
    out = io.BytesIO()
    Image.new("RGB", size, (grey, grey, grey)).save(out, "JPEG")
    return out.getvalue()


def scene(
    number: int, text: str = "a dog", kind: SceneKind = "new", at: float | None = None, **more: Any
) -> SceneEvent:
    """Scene `number` begins so many seconds after `BEGAN`; `at` is in the same seconds."""
    began = BEGAN + number
    moment = began if at is None else BEGAN + at
    given: dict[str, Any] = {
        "kind": kind,
        "id": f"{round(began * 1000):012x}-{number:06x}",
        "source": "garden",
        "zone": "",
        "started_at": began,
        "at": moment,
        "captured": moment - BEGAN,
        "age_ms": 42.0,
        "frame": number,
        "position": moment - BEGAN,
        "text": text,
        "shown": text,
        "words": tuple(text.split()),
        "confidence": 0.75,
        "abstained": "",
        "hedged": False,
        "language": "en",
        "further": (),
        "features": features(number),
        "jpeg": b"",
        "width": 640,
        "height": 480,
    }
    return SceneEvent(**{**given, **more})
