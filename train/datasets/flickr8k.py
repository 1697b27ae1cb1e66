"""The Flickr8k token file: `NAME.jpg#K<TAB>caption`, K = 0 to 4.

Source: M. Hodosh, P. Young, J. Hockenmaier, "Framing Image Description as a Ranking Task", JAIR 47 (2013) 853-899.
"""

from pathlib import Path

from train.datasets.base import CaptionTable
from train.datasets.text_file import lines


def read_token_file(path: Path, text: str) -> CaptionTable:
    """Read a token file.

    Args:
        path: The file, for messages.
        text: Its content.
    """
    table = CaptionTable(path)
    for number, line in enumerate(lines(text), 1):
        if not line.strip():
            continue
        name, tab, caption = line.partition("\t")
        picture, mark, index = name.rpartition("#")
        if not (tab and mark and index.isdigit()):
            table.leave_out(f"line {number}", "not of the form NAME#K<TAB>caption")
        else:
            table.add(picture, caption)
    return table
