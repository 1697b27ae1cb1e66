"""Scenes as the tracker would tell of them."""

import io
import time
from dataclasses import replace

import numpy as np
from PIL import Image

from edge_runtime.events import SceneEvent, SceneKind

START = 1_700_000_000.0


def jpeg(grey: int = 128, size: tuple[int, int] = (64, 48)) -> bytes:
    """A grey picture."""
    file = io.BytesIO()
    Image.new("RGB", size, (grey, grey, grey)).save(file, "JPEG")
    return file.getvalue()


def scene(
    text: str,
    number: int = 0,
    kind: SceneKind = "new",
    source: str = "0",
    zone: str = "",
    picture: bytes | None = None,
    started_at: float | None = None,
    language: str = "en",
) -> SceneEvent:
    """An event of the scene of this number, each a minute after the one before."""
    start = START + 60.0 * number if started_at is None else started_at
    return SceneEvent(
        kind=kind,
        id=f"{int(start * 1000):012x}-{number:06x}",
        source=source,
        zone=zone,
        started_at=start,
        at=start + (30.0 if kind == "end" else 0.0),
        captured=time.monotonic(),
        age_ms=40.0,
        frame=number * 10,
        position=60.0 * number,
        text=text,
        shown=text,
        words=tuple(text.split()),
        confidence=0.75,
        abstained="",
        hedged=False,
        language=language,
        further=(),
        features=np.zeros(4, np.float32),
        jpeg=jpeg() if picture is None else picture,
        width=64,
        height=48,
    )


def later(event: SceneEvent, kind: SceneKind, text: str | None = None) -> SceneEvent:
    """What is told of the same scene afterwards."""
    said = event.text if text is None else text
    seconds = 30.0 if kind == "end" else 5.0
    return replace(
        event, kind=kind, text=said, shown=said, words=tuple(said.split()), at=event.at + seconds, frame=event.frame + 1
    )
