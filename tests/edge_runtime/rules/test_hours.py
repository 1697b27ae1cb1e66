import datetime

import pytest

from edge_runtime.errors import RuleError
from edge_runtime.rules.hours import Hours

_ZONE = datetime.timezone(datetime.timedelta(hours=2))


def _at(text: str) -> float:
    return datetime.datetime.fromisoformat(text).replace(tzinfo=_ZONE).timestamp()


@pytest.mark.parametrize(
    ("hours", "days", "at", "holds"),
    [
        ([], [], "2026-11-26 03:00", True),
        (["08:00-17:30"], [], "2026-11-26 08:00", True),
        (["08:00-17:30"], [], "2026-11-26 17:29", True),
        (["08:00-17:30"], [], "2026-11-26 17:30", False),
        (["08:00-17:30"], [], "2026-11-26 07:59", False),
        (["22:00-06:00"], [], "2026-11-26 23:00", True),
        (["22:00-06:00"], [], "2026-11-27 05:59", True),
        (["22:00-06:00"], [], "2026-11-27 06:00", False),
        (["06:00-08:00", "20:00 - 24:00"], [], "2026-11-26 23:59", True),
        (["06:00-08:00", "20:00-24:00"], [], "2026-11-26 12:00", False),
        ([], ["thu"], "2026-11-26 12:00", True),  # a Thursday
        ([], ["mon-wed", "Saturday"], "2026-11-26 12:00", False),
        ([], ["sat-mon"], "2026-11-29 12:00", True),
        ([], ["sat-mon"], "2026-11-30 12:00", True),
        ([], ["sat-mon"], "2026-12-01 12:00", False),
        (["22:00-06:00"], ["fri"], "2026-11-28 02:00", True),  # the night of Friday
        (["22:00-06:00"], ["fri"], "2026-11-27 02:00", False),  # that of Thursday
        (["22:00-06:00"], ["fri"], "2026-11-28 23:00", False),
    ],
)
def test_when_it_holds(hours: list[str], days: list[str], at: str, holds: bool) -> None:
    assert Hours.of(hours, days).holds(_at(at), _ZONE) is holds


@pytest.mark.parametrize(
    ("hours", "days", "said"),
    [
        (["22-6"], [], "hours '22-6': write them as '22:00-06:00'"),
        (
            ["25:00-26:00"],
            [],
            "hours '25:00-26:00': no time of the day; hours are 0 to 23, minutes 0 to 59, the end 24:00 at most",
        ),
        (
            ["10:60-11:00"],
            [],
            "hours '10:60-11:00': no time of the day; hours are 0 to 23, minutes 0 to 59, the end 24:00 at most",
        ),
        (
            ["24:00-06:00"],
            [],
            "hours '24:00-06:00': no time of the day; hours are 0 to 23, minutes 0 to 59, the end 24:00 at most",
        ),
        (["06:00-06:00"], [], "hours '06:00-06:00': begin and end are the same; leave hours out for the whole day"),
        (
            [],
            ["caturday"],
            "days 'caturday': write them as 'sat', or 'mon-fri'; known are: mon, tue, wed, thu, fri, sat, sun",
        ),
        (
            [],
            ["mon-tue-wed"],
            "days 'mon-tue-wed': write them as 'sat', or 'mon-fri'; known are: mon, tue, wed, thu, fri, sat, sun",
        ),
        ([], [""], "days '': write them as 'sat', or 'mon-fri'; known are: mon, tue, wed, thu, fri, sat, sun"),
    ],
)
def test_what_is_refused(hours: list[str], days: list[str], said: str) -> None:
    with pytest.raises(RuleError) as caught:
        Hours.of(hours, days)
    assert str(caught.value) == said
