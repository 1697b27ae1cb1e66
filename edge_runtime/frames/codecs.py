"""What a medium is coded in, and what is said of one that cannot be played."""

import re
from pathlib import Path

from edge_runtime.errors import SourceError

_NAMES = {
    "AV01": "AV1",
    "VVC1": "H.266",
    "VVI1": "H.266",
    "H264": "H.264",
    "AVC1": "H.264",
    "AVC3": "H.264",
    "HEVC": "H.265",
    "HEV1": "H.265",
    "HVC1": "H.265",
    "MJPG": "Motion JPEG",
    "MPNG": "PNG",
    "WEBP": "WebP",
    "GIF": "GIF",
    "APCN": "ProRes",
    "APCH": "ProRes",
    "V_AV1": "AV1",
    "V_VP9": "VP9",
    "V_VP8": "VP8",
    "V_MPEG4/ISO/AVC": "H.264",
    "V_MPEGH/ISO/HEVC": "H.265",
}
HOPELESS = ("AV1", "H.266")
"""Codecs that PyPI's OpenCV knows by name and decodes no frame of."""
PICTURES = ("PNG", "WebP", "GIF")
"""Codecs that no live stream has: what comes in one is a file."""

_PART = 1 << 18
"""Bytes of a file's beginning and end in which its description is looked for."""
_CONVERT = "convert it with: ffmpeg -i INPUT -c:v libx264 -pix_fmt yuv420p OUTPUT.mp4"


def codec_name(fourcc: float) -> str | None:
    """Return what people call a codec.

    Args:
        fourcc: Four characters as one number, as OpenCV gives them.

    Returns:
        Its usual name, or the characters themselves; None where they are no text.
    """
    letters = (int(fourcc) & 0xFFFFFFFF).to_bytes(4, "little").rstrip(b"\0 ").decode("latin-1")
    return _named(letters) if re.fullmatch(r"[A-Za-z0-9_-]{2,4}", letters) else None


def undecodable(name: str, codec: str | None) -> SourceError:
    """Return the sentence for a medium that was opened and gave no frame.

    Args:
        name: Of the source.
        codec: As `codec_name` gives it.
    """
    if codec == "WebP":
        return SourceError(
            f"{name}: a WebP that is animated or damaged, which OpenCV does not read; convert it with ImageMagick: "
            "magick INPUT OUTPUT.gif"
        )
    if codec in HOPELESS:
        return SourceError(f"{name}: the video is {codec}, which this OpenCV does not decode; {_CONVERT}")
    coded = f"{codec}: damaged, or of a kind" if codec else "damaged, or of a kind"
    return SourceError(
        f"{name}: not one frame of the video can be decoded ({coded} that OpenCV does not read); {_CONVERT}"
    )


def unopenable(name: str, path: Path) -> SourceError:
    """Return the sentence for a file that OpenCV does not open.

    Args:
        name: Of the source.
        path: The file; it can be read.
    """
    try:
        content = _described(path)
    except OSError as error:
        return SourceError(f"{name}: cannot be read ({error.strerror}); check its permissions")
    if not content:
        return SourceError(f"{name}: the file is empty; name another one, or copy it again")
    if _is_sound(content):
        return SourceError(f"{name}: not a video: it holds sound and no pictures; name a file with pictures")
    codec = _codec_in(content)
    reason = f"the video ({codec}) cannot be read" if codec else "not a video, or one with a codec that cannot be read"
    return SourceError(f"{name}: {reason}; {_CONVERT}")


def _named(code: str) -> str:
    return _NAMES.get(code.upper(), code)


def _described(path: Path) -> bytes:
    with path.open("rb") as file:
        beginning = file.read(_PART)
        size = path.stat().st_size
        if size > 2 * _PART:
            file.seek(-_PART, 2)
        return beginning + file.read(_PART)


def _is_sound(content: bytes) -> bool:
    if content.startswith((b"ID3", b"fLaC", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2")):
        return True
    if content.startswith(b"RIFF"):
        return content[8:12] == b"WAVE"
    if content.startswith(b"OggS"):
        return b"theora" not in content
    if content.startswith(b"\x1a\x45\xdf\xa3"):  # Matroska
        return b"A_" in content and not re.search(rb"V_[A-Z]", content)
    if content[4:8] == b"ftyp":  # MP4: the kind of every track
        kinds = set(re.findall(rb"hdlr.{8}(\w{4})", content, re.DOTALL))
        return b"soun" in kinds and b"vide" not in kinds
    return False


def _codec_in(content: bytes) -> str | None:
    if content.startswith(b"\x1a\x45\xdf\xa3"):
        found = re.search(rb"V_[A-Z0-9/]{2,20}", content)
        return _named(found[0].decode()) if found else None
    if content[4:8] == b"ftyp":
        described = re.search(rb"hdlr.{8}vide.*?stsd.{12}(\w{4})", content, re.DOTALL)
        return _named(described[1].decode("latin-1")) if described else None
    return None
