"""The clip that ships: for whoever has no camera at hand."""

from collections.abc import Hashable
from dataclasses import dataclass, replace
from pathlib import Path

from edge_runtime.frames.base import FrameSource
from edge_runtime.frames.kinds import SourceKind, SourceRequest
from edge_runtime.frames.opencv import OpenCvSource

CLIP = Path(__file__).parent.parent / "demo" / "clip.mp4"


@dataclass(frozen=True)
class DemoKind(SourceKind):
    """The clip at its own speed, over and over, as a camera would show it: `demo`."""

    @classmethod
    def answers(cls, address: str) -> bool:
        """Return whether it is the name."""
        return address == "demo"

    @classmethod
    def identity(cls, address: str) -> Hashable:
        """Return the clip itself."""
        return str(CLIP)

    def source(self, request: SourceRequest) -> FrameSource:
        """Return the clip."""
        options = replace(request.options, realtime=True, loop=True)
        return OpenCvSource(str(CLIP), "file", options, request.name)
