"""Events and frames as the loop would make them."""

from typing import Any

import numpy as np

from edge_runtime.captioner import Timings
from edge_runtime.events import CaptionEvent, Counters, SceneEvent, SceneKind, Word
from edge_runtime.frames.base import Frame


def caption(text: str, position: float = 0.0, source: str = "0", changed: bool = True, frame: int = 0) -> CaptionEvent:
    """A caption of a frame."""
    return CaptionEvent(
        source=source,
        frame=frame,
        position=position,
        captured=100.0 + position,
        captured_at=1_700_000_000.25 + position,
        age_ms=42.1234,
        text=text,
        shown=text,
        said=text,
        changed=changed,
        words=tuple(Word(word, -0.5) for word in text.split()),
        timings=Timings(1.0, 2.0, 3.0, 4.0),
        variant="onnx-fp32",
        reason="changed",
        difference=1.5,
        counters=Counters(frames=3, looked_at=2, captions=1),
    )


def frame(
    position: float = 0.0, grey: int = 0, size: tuple[int, int] = (160, 120), source: str = "0", captured: float = 0.0
) -> Frame:
    """A grey frame; `size` is width and height."""
    pixels = np.full((size[1], size[0], 3), grey, np.uint8)
    return Frame(source, round(position * 1000), pixels, captured, 1_700_000_000.0, position)


def scene(
    text: str,
    scene_id: str = "018c1a2b3c4d-000001",
    kind: SceneKind = "new",
    captured: float = 100.0,
    source: str = "0",
    **others: Any,
) -> SceneEvent:
    """A scene's event."""
    facts: dict[str, Any] = {
        "zone": "",
        "started_at": 1_700_000_000.25,
        "at": 1_700_000_000.25,
        "age_ms": 42.0,
        "frame": 7,
        "position": 0.0,
        "shown": text,
        "words": tuple(text.split()),
        "confidence": 0.8,
        "abstained": "",
        "hedged": False,
        "language": "en",
        "further": (),
        "features": np.ones(1, np.float32),
        "jpeg": b"",
        "width": 160,
        "height": 120,
    }
    return SceneEvent(kind=kind, id=scene_id, source=source, captured=captured, text=text, **{**facts, **others})
