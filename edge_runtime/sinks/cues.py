"""How a cue is written, in SubRip and in WebVTT; both are UTF-8.

Lines: players end them at spaces and make them as long as their picture is wide, so lines with spaces are left to them. Of scripts
without spaces many players cut off what is too long (libass breaks it where it was built with libunibreak, and is asked to), so those
lines are divided here, into rows of at most 16 wide characters, as Netflix's guide for simplified Chinese has it, and as even as can be.

Direction: WebVTT takes that of each line from its first letter, SubRip says nothing of it, and players that begin every line at the left
(VLC and ffmpeg as they come, players of television sets) put the full stop of an Arabic sentence at its wrong end. So a sentence from
right to left stands between U+202B and U+202C, as subtitle editors write it: players have known these for longer than the isolates
U+2067 and U+2069 of Unicode 6.3, and they change nothing where the player finds the direction by itself.
"""

from edge_runtime.console.columns import is_wide, width, wrapped
from edge_runtime.console.direction import embedded

HEADERS = {".srt": "", ".vtt": "WEBVTT\n\n"}
"""What a file begins with, by the ending of its name."""
_COLUMNS = 32


def cue(suffix: str, number: int, text: str, begin_ms: int, end_ms: int) -> str:
    """Return a cue with the empty line that ends it.

    Args:
        suffix: Of the file's name, one of `HEADERS`.
        number: From 1.
        text: Its lines.
        begin_ms: When it is shown, milliseconds.
        end_ms: When it is gone.
    """
    shown = "\n".join(row for line in text.split("\n") for row in _rows(line))
    if suffix == ".vtt":
        shown = shown.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        return f"{_clock(begin_ms, '.')} --> {_clock(end_ms, '.')}\n{shown}\n\n"
    return f"{number}\n{_clock(begin_ms, ',')} --> {_clock(end_ms, ',')}\n{shown}\n\n"


def said(sentence: str, source: str = "") -> str:
    """Return what is shown of a sentence, each line and the name before it running its own way.

    Args:
        sentence: One, or a line each in several languages.
        source: Where there are several, the one that it is of.
    """
    shown = "\n".join(map(embedded, sentence.split("\n")))
    return f"{embedded(source)}: {shown}" if source else shown


def _rows(line: str) -> list[str]:
    if width(line) <= _COLUMNS or not any(map(is_wide, line)):
        return [line]
    count = len(wrapped(line, _COLUMNS))
    even = range(width(line) // count, _COLUMNS)
    return next((rows for columns in even if len(rows := wrapped(line, columns)) == count), wrapped(line, _COLUMNS))


def _clock(milliseconds: int, separator: str) -> str:
    seconds, milliseconds = divmod(milliseconds, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02d}:{minutes:02d}:{seconds:02d}{separator}{milliseconds:03d}"
