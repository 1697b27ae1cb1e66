"""The usual kinds of source: cameras by their number or device, streams by their address, folders and files."""

import os
import re
from collections.abc import Hashable
from dataclasses import dataclass
from pathlib import Path

from edge_runtime.frames.addresses import SCHEMES, parsed
from edge_runtime.frames.base import FrameSource
from edge_runtime.frames.images import ImageFolderSource
from edge_runtime.frames.kinds import SourceKind, SourceRequest
from edge_runtime.frames.opencv import OpenCvSource


@dataclass(frozen=True)
class CameraKind(SourceKind):
    """A camera of this computer: `0`, `/dev/video0`, `/dev/v4l/by-id/...`."""

    @classmethod
    def answers(cls, address: str) -> bool:
        """Return whether it is a number or a device."""
        return re.fullmatch(r"\d{1,3}|/dev/(video\d+|v4l/.+)", address) is not None

    @classmethod
    def identity(cls, address: str) -> Hashable:
        """Return the device itself."""
        return os.path.realpath(_device(address))

    def source(self, request: SourceRequest) -> FrameSource:
        """Return the camera."""
        return OpenCvSource(_device(request.address), "camera", request.options)


@dataclass(frozen=True)
class StreamKind(SourceKind):
    """A stream: `rtsp://...`, `http://...`."""

    schemes = tuple(SCHEMES)

    @classmethod
    def identity(cls, address: str) -> Hashable:
        """Return the parts of the address."""
        return parsed(address)

    def source(self, request: SourceRequest) -> FrameSource:
        """Return the stream."""
        parsed(request.address)
        return OpenCvSource(request.address, "stream", request.options, request.name)


@dataclass(frozen=True)
class FolderKind(SourceKind):
    """A folder of pictures."""

    @classmethod
    def answers(cls, address: str) -> bool:
        """Return whether there is such a folder."""
        return bool(address) and Path(address).is_dir()

    @classmethod
    def identity(cls, address: str) -> Hashable:
        """Return the folder itself."""
        return os.path.realpath(address)

    def source(self, request: SourceRequest) -> FrameSource:
        """Return its pictures."""
        return ImageFolderSource(request.address, request.options, request.log)


@dataclass(frozen=True)
class FileKind(SourceKind):
    """A video file."""

    @classmethod
    def answers(cls, address: str) -> bool:
        """Return whether there is such a file."""
        return Path(address).is_file()

    @classmethod
    def identity(cls, address: str) -> Hashable:
        """Return the file itself."""
        return os.path.realpath(address)

    def source(self, request: SourceRequest) -> FrameSource:
        """Return the video."""
        return OpenCvSource(request.address, "file", request.options)


def _device(address: str) -> str:
    return f"/dev/video{int(address)}" if address.isdecimal() else address
