"""The text of a captions or split file, and its lines; a file of another kind is called by its name."""

import re
from pathlib import Path

from train.errors import DatasetError

MAX_BYTES = 256 * 2**20
"""Of a captions file; COCO's largest has 92 MB."""
_OTHERS = (
    (b"\x1f\x8b", "compressed by gzip", "unpack it with gunzip first"),
    (b"PK\x03\x04", "a zip archive", "unpack it first"),
    (b"BZh", "compressed by bzip2", "unpack it with bunzip2 first"),
    (b"\xfd7zXZ", "compressed by xz", "unpack it with unxz first"),
    (b"\x28\xb5\x2f\xfd", "compressed by zstd", "unpack it with unzstd first"),
    (b"PAR1", "a Parquet table", "write it as CSV first"),
    (b"SQLite format 3", "an SQLite database", "write its captions as CSV first"),
    (b"\x89HDF", "an HDF5 file", "write its captions as JSON first"),
    (b"%PDF", "a PDF", "write its captions as CSV first"),
    (b"\xff\xfe\0\0", "UTF-32 text", "write it again as UTF-8"),
    (b"\0\0\xfe\xff", "UTF-32 text", "write it again as UTF-8"),
)
"""First bytes -> what a file is, and what to do with it."""
_LINE_END = re.compile(r"\r\n|\n|\r")


def read_bytes(path: Path, option: str) -> bytes:
    """Return the content of a file of bounded size.

    Args:
        path: The file.
        option: What names it, for messages.

    Raises:
        DatasetError: It cannot be read, is no regular file, or is larger than `MAX_BYTES`.
    """
    try:
        if path.exists() and not path.is_file():
            raise DatasetError(f"{path}: not a file; check {option}")
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise DatasetError(f"{path}: cannot be read ({error.strerror}); check {option}") from None
    except ValueError:
        raise DatasetError(f"{str(path)!r}: not the name of a file; check {option}") from None
    if len(content) > MAX_BYTES:
        raise DatasetError(f"{path}: larger than {MAX_BYTES >> 20} MB, which is the most that is read; split it")
    return content


def read_text(path: Path, option: str) -> str:
    """Return the text of a file: UTF-8 with or without a byte order mark, or UTF-16 with one.

    Args:
        path: The file.
        option: What names it, for messages.

    Raises:
        DatasetError: It cannot be read, is of another kind, or is text in another encoding.
    """
    content = read_bytes(path, option)
    for start, kind, remedy in _OTHERS:
        if content.startswith(start):
            raise DatasetError(f"{path}: {kind}, not captions as text; {remedy}")
    if content[:1] == b"\x80" and content[1:2] < b"\x10":
        raise DatasetError(f"{path}: not text but a pickle; pass --format pickle")
    try:
        if content.startswith((b"\xff\xfe", b"\xfe\xff")):
            return content.decode("utf-16")
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DatasetError(_encoding(path, content, error)) from None
    if text.count("\0") * 3 > len(text):
        raise DatasetError(f"{path}: seems to be UTF-16 text without a byte order mark; write it again as UTF-8")
    return text


def _encoding(path: Path, content: bytes, error: UnicodeDecodeError) -> str:
    if error.encoding.lower().startswith("utf-16"):
        return f"{path}: UTF-16 text that is damaged or cut off; write it again as UTF-8"
    line = content.count(b"\n", 0, error.start) + 1
    if b"\0" in content[:4096]:
        return f"{path}: not UTF-8 text but a binary file; pass a captions file, or --format pickle if it is a pickle"
    return (
        f"{path}: not UTF-8 text from line {line} on, perhaps Latin-1 or Windows-1252; "
        "write it again as UTF-8: iconv -f WINDOWS-1252 -t UTF-8 OLD > NEW"
    )


def lines(text: str) -> list[str]:
    """Return the lines of a text, which end at LF, CR LF or CR; other characters that Unicode ends a line at stay inside."""
    found = _LINE_END.split(text)
    return found[:-1] if found[-1] == "" else found
