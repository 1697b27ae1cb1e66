"""JPEG pictures: frames as such, and those in a stream of bytes, found by their markers (ITU-T T.81, annex B)."""

from edge_runtime.errors import PictureError
from edge_runtime.frames.base import Pixels
from edge_runtime.machine.opencv import opencv
from edge_runtime.pictures.limits import halvings, header_of

START, END = b"\xff\xd8", b"\xff\xd9"
MAX_BYTES = 64 << 20
"""No picture of a camera is larger; what is, is no stream of JPEG pictures."""

_SCAN = 0xDA


def jpeg_of(pixels: Pixels, quality: int) -> bytes:
    """Return a frame as a JPEG; empty where it cannot be made.

    Args:
        pixels: uint8 [H, W, 3], B, G, R.
        quality: 0 to 100.
    """
    cv2 = opencv()
    made, encoded = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return encoded.tobytes() if made else b""


class JpegSplitter:
    """Cuts a stream into pictures and keeps only the newest whole one."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._searched: int | None = None  # where the search for the end goes on; None before the picture's scan

    def feed(self, data: bytes) -> bytes | None:
        """Take what has come.

        Args:
            data: The bytes that follow those of the call before.

        Returns:
            The newest picture that is whole now, or None.

        Raises:
            ValueError: More than `MAX_BYTES` without a whole picture.
        """
        self._buffer += data
        newest = None
        while (end := self._end()) is not None:
            newest = bytes(self._buffer[:end])
            del self._buffer[:end]
            self._searched = None
        if len(self._buffer) > MAX_BYTES:
            raise ValueError(f"{MAX_BYTES >> 20} MB without a whole picture")
        return newest

    def _end(self) -> int | None:
        """Return where the first picture ends, its start being moved to the front."""
        if self._searched is None:
            start = self._buffer.find(START)
            # What stands before a picture is thrown away; the last byte may be half of its first marker.
            del self._buffer[: start if start >= 0 else max(0, len(self._buffer) - 1)]
            self._searched = self._scan() if start >= 0 else None
        if self._searched is None:
            return None
        end = self._buffer.find(END, self._searched)
        if end < 0:
            self._searched = max(self._searched, len(self._buffer) - 1)
            return None
        return end + len(END)

    def _scan(self) -> int | None:
        """Return where the compressed data begin, in which the end marker cannot occur; it may in the segments before (thumbnails)."""
        at = len(START)
        while at + 4 <= len(self._buffer):
            if self._buffer[at] != 0xFF:
                return at  # damaged; the decoder will say so
            marker = self._buffer[at + 1]
            if marker == 0xFF:  # a fill byte
                at += 1
                continue
            length = int.from_bytes(self._buffer[at + 2 : at + 4], "big")
            at += 2 + length
            if marker == _SCAN:
                return at
        return None


def is_whole(picture: bytes) -> bool:
    """Return whether a picture has its beginning and its end, after which a camera may have put a few bytes more."""
    return picture.startswith(START) and END in picture[-1024:]


def frame_refusal(picture: bytes) -> str | None:
    """Return why a picture of a stream should not be decoded: it would cost more than a picture may, or is damaged.

    Args:
        picture: A JPEG picture.

    Returns:
        A sentence that names the limit; None where it can be decoded at its own size.
    """
    try:
        header = header_of(picture, "a frame")
        if header.format != "JPEG":
            return "a frame is no JPEG picture; check what the source sends"
        if halvings(header, len(picture), "a frame"):
            return f"a frame of {header.width} x {header.height} pixels is too large; have the source send smaller ones"
    except PictureError as error:
        return str(error)
    return None
