"""The bytes of a picture: from a file, or from a pipe."""

import errno
import os
import stat
from os import PathLike
from typing import IO

from edge_runtime.errors import PictureError, PictureNotFoundError

MAX_BYTES = 128 << 20
"""Bytes of a file that are read at the most."""

_REMEDY = "pipe its content into the command and write - for it"
_KINDS = (
    (stat.S_ISFIFO, f"a pipe, not a file; {_REMEDY}"),
    (stat.S_ISSOCK, "a socket, not a file; name a picture"),
    (stat.S_ISCHR, f"a device, not a file; {_REMEDY}"),
    (stat.S_ISBLK, f"a device, not a file; {_REMEDY}"),
)


def content_of(picture: str | PathLike[str] | bytes) -> tuple[bytes, str]:
    """Read a picture.

    Args:
        picture: A path, or the bytes of an encoded picture.

    Returns:
        Its bytes, and what to call it in a message.

    Raises:
        PictureNotFoundError: No file at the path.
        PictureError: Not a regular file, not readable, empty, or of more than `MAX_BYTES`.
    """
    if isinstance(picture, bytes | bytearray | memoryview):
        content, name = bytes(picture) if len(picture) <= MAX_BYTES else b"", "picture bytes"
        too_long = len(picture) > MAX_BYTES
    elif isinstance(picture, str | PathLike):
        name = str(picture)
        if not name:
            raise PictureError("'': the path is empty; name a picture")
        content = _read(picture, name)
        too_long = len(content) > MAX_BYTES
    else:
        raise PictureError(
            f"a {type(picture).__name__} is no picture; pass a path, bytes, an array or a Pillow picture"
        )
    if too_long:
        raise PictureError(_too_long(name))
    if not content:
        raise PictureError(f"{name}: the file is empty; copy or fetch it again")
    return content, name


def content_of_stream(stream: IO[bytes], name: str) -> bytes:
    """Read a picture from a pipe, no further than `MAX_BYTES`.

    Args:
        stream: Such as `sys.stdin.buffer`.
        name: What to call it in a message.

    Raises:
        PictureError: It holds more, or cannot be read.
    """
    parts, length = [], 0
    try:
        while part := stream.read(1 << 20):
            parts.append(part)
            length += len(part)
            if length > MAX_BYTES:
                raise PictureError(_too_long(name))
    except OSError as error:
        raise PictureError(f"{name}: cannot be read ({error.strerror}); check what is piped into it") from None
    return b"".join(parts)


def _too_long(name: str) -> str:
    return f"{name}: more than {MAX_BYTES >> 20} MB; make the file smaller"


def _read(path: str | PathLike[str], name: str) -> bytes:
    try:
        # A pipe that nobody writes to would hold a plain `open` for ever.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        try:
            found = os.fstat(descriptor)
            if stat.S_ISDIR(found.st_mode):
                raise IsADirectoryError
            for is_kind, words in _KINDS:
                if is_kind(found.st_mode):
                    raise PictureError(f"{name}: {words}")
            with open(descriptor, "rb", buffering=0, closefd=False) as file:
                return _all(file, found.st_size)
        finally:
            os.close(descriptor)
    except FileNotFoundError:
        raise PictureNotFoundError(f"{name}: no such file; check the path") from None
    except IsADirectoryError:
        raise PictureError(f"{name}: a folder, not a picture; name a file in it") from None
    except PictureError:
        raise
    except MemoryError:
        raise PictureError(f"{name}: there is no memory to read it; close other programs, or make it smaller") from None
    except (OSError, ValueError) as error:
        if getattr(error, "errno", None) == errno.ENXIO:
            raise PictureError(f"{name}: a socket, not a file; name a picture") from None
        reason = getattr(error, "strerror", None) or error
        raise PictureError(f"{name}: cannot be read ({reason}); check the path and its permissions") from None


def _all(file: IO[bytes], size: int) -> bytes:
    """Return the whole file, or a little more than is allowed of it; a file may be longer than it says (`/proc`)."""
    parts, wanted = [], min(size, MAX_BYTES) + 1
    length = 0
    while length <= MAX_BYTES and (part := file.read(max(wanted - length, 1 << 16))):
        parts.append(part)
        length += len(part)
    return parts[0] if len(parts) == 1 else b"".join(parts)
