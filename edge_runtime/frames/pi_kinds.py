"""The camera of a Raspberry Pi, by Python's picamera2 or by the program rpicam-vid."""

import re
from collections.abc import Hashable
from dataclasses import dataclass
from typing import ClassVar

from edge_runtime.frames.base import FrameSource
from edge_runtime.frames.kinds import SourceKind, SourceRequest
from edge_runtime.frames.picamera import PiCameraSource
from edge_runtime.frames.rpicam import RpicamSource


class _PiCamera(SourceKind):
    """What the two have in common: a name, with the camera's number behind a colon."""

    called: ClassVar[str]

    @classmethod
    def answers(cls, address: str) -> bool:
        """Return whether it is the name, with a number or without."""
        return re.fullmatch(rf"{cls.called}(:\d{{1,2}})?", address) is not None

    @classmethod
    def identity(cls, address: str) -> Hashable:
        """Return the camera, whichever way it is read."""
        return "camera of a Raspberry Pi", _number(address)


@dataclass(frozen=True)
class PiCameraKind(_PiCamera):
    """By picamera2: `picamera`, `picamera:1`."""

    called = "picamera"

    def source(self, request: SourceRequest) -> FrameSource:
        """Return the camera."""
        return PiCameraSource(request.address, _number(request.address), request.options)


@dataclass(frozen=True)
class RpicamKind(_PiCamera):
    """By rpicam-vid: `rpicam`, `rpicam:1`."""

    called = "rpicam"

    def source(self, request: SourceRequest) -> FrameSource:
        """Return the camera."""
        return RpicamSource(request.address, _number(request.address), request.options)


def _number(address: str) -> int:
    return int(address.partition(":")[2] or 0)
