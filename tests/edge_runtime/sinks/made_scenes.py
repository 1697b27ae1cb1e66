"""Scenes as the tracker would tell of them."""

import numpy as np

from edge_runtime.events import SceneEvent, SceneKind

START = 1_700_000_000.0
JPEG = b"\xff\xd8\xff\xe0 a picture \xff\xd9"


def scene(
    text: str,
    at: float = 0.0,
    kind: SceneKind = "new",
    number: int = 1,
    source: str = "0",
    zone: str = "",
    confidence: float | None = 0.9,
    failure: str = "",
    began: float | None = None,
    jpeg: bytes = JPEG,
) -> SceneEvent:
    """An event of a scene, `at` seconds after the start."""
    return SceneEvent(
        kind=kind,
        id=f"018bcfe56800-{number:06x}",
        source=source,
        zone=zone,
        started_at=START + (at if began is None else began),
        at=START + at,
        captured=100.0 + at,
        age_ms=80.0,
        frame=round(at * 10),
        position=at,
        text=text,
        shown=text,
        words=tuple(text.split()),
        confidence=None if failure else confidence,
        abstained="",
        hedged=False,
        language="en",
        further=(),
        features=np.zeros(4, np.float32),
        jpeg=jpeg,
        width=64,
        height=48,
        failure=failure,
    )
