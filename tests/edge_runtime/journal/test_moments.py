import datetime

import pytest

from edge_runtime.errors import OptionError
from edge_runtime.journal.moments import date, moment


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90s", 90), ("15m", 900), ("2h", 7200), ("3d", 259_200), ("1w", 604_800), ("1.5H", 5400), (" 0s ", 0)],
)
def test_so_long_ago(text: str, seconds: float) -> None:
    assert moment("--since", text, 1e9) == 1e9 - seconds


def test_moments() -> None:
    assert moment("--since", "2026-11-26T15:30:00+01:00") == 1_795_703_400.0
    assert moment("--since", "2026-11-26") == datetime.datetime(2026, 11, 26).timestamp()
    assert moment("--since", "2026-11-26T15:30") == datetime.datetime(2026, 11, 26, 15, 30).timestamp()


@pytest.mark.parametrize(
    "text", ["", "2", "h", "-2h", "2 hours", "yesterday", "2026-13-01", "\x1b[2J", "9" * 5000 + "s"]
)
def test_no_moment(text: str) -> None:
    with pytest.raises(
        OptionError, match=r"^--since .*: no time; write one as 90s, 15m, 2h or 3d for so long ago, or as 20"
    ):
        moment("--since", text)


def test_days() -> None:
    assert date("2026-11-26") == datetime.date(2026, 11, 26)
    assert date("today") - date("Yesterday") == datetime.timedelta(days=1)
    for text in ("tomorrow", "2026-02-30", "", "0001-01-01", "9999-12-31", "\x1b[2J"):
        with pytest.raises(OptionError, match=r": no day; write one as 2026-11-26, today or yesterday$"):
            date(text)
