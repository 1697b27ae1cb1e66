import datetime
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from edge_runtime.backends.decoding import Floats
from edge_runtime.events import AlertEvent
from edge_runtime.journal.store import Journal
from edge_runtime.journal.text import day_text
from tests.edge_runtime.journal.made_scenes import BEGAN, features, scene

_DATE = datetime.date(2026, 11, 26)
_MIDNIGHT = datetime.datetime(2026, 11, 26).timestamp()


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with Journal.open(tmp_path / "x.db", create=True) as opened:
        yield opened


def _usual(number: int) -> Floats:
    """One of three pictures, with a little noise."""
    found = features(number % 3) + 0.1 * features(1000 + number)
    return np.asarray(found / np.linalg.norm(found), np.float32)


def _write(journal: Journal, number: int, hour: float, text: str, seen: Floats, source: str = "garden") -> None:
    began = round(_MIDNIGHT - BEGAN + hour * 3600)
    event = scene(began, text, features=seen, id=f"id-{number}", source=source)
    journal.write(event)
    journal.write(scene(began, text, "end", began + 60, features=seen, id=f"id-{number}", source=source))


def test_a_day_as_it_was(journal: Journal) -> None:
    for number in range(100):
        _write(journal, number, -48 + number / 3, "a dog on a couch", _usual(number))
    _write(journal, 200, 7.5, "a dog on a couch", _usual(1))
    _write(journal, 201, 9.0, "a dog on a couch", _usual(2), source="cellar")
    _write(journal, 202, 9.5, "a zebra on a couch", _usual(3))
    _write(journal, 203, 10.0, "a dog on a couch", features(77))
    _write(journal, 204, 24.0, "the next day", _usual(1))
    journal.write_alert(AlertEvent("stripes", scene(0, id="id-202"), _MIDNIGHT + 9.5 * 3600))
    found = journal.day(_DATE)
    assert (found.scenes, found.seconds, found.compared) == (4, 240.0, 100)
    assert {hour: count for hour, count in enumerate(found.hours) if count} == {7: 1, 9: 2, 10: 1}
    assert found.sources == {"garden": 3, "cellar": 1}
    assert found.sentences == {"a dog on a couch": 3, "a zebra on a couch": 1}
    assert found.alerts == {"stripes": 1}
    assert [(one.entry.id, one.words, one.likeness is None) for one in found.unusual] == [
        ("id-202", ("zebra",), True),
        ("id-203", (), False),
    ]
    told = day_text(found, terminal=False)
    first = datetime.datetime.fromtimestamp(_MIDNIGHT + 9.5 * 3600).strftime("%Y-%m-%d %H:%M:%S")
    assert told.startswith("2026-11-26: 4 scenes, 4 min 0 s in all\n\n  07:00  ####################  ")
    assert (
        f"Unusual, beside 100 scenes of the days before:\n  {first}\tgarden\ta zebra on a couch\tid-202\t(seldom"
        in told
    )
    assert told.endswith(")")
    assert found.to_dict()["unusual"][0]["seldom"] == ["zebra"]


def test_nothing_is_unusual_beside_nothing(journal: Journal) -> None:
    _write(journal, 1, 3, "a dog", features(1))
    found = journal.day(_DATE)
    assert (found.unusual, found.compared) == ((), 0)
    assert day_text(found, False).endswith("Unusual: too few scenes of the days before to tell")
    assert journal.day(_DATE + datetime.timedelta(days=1)).scenes == 0
    empty = day_text(journal.day(datetime.date(2020, 2, 29)), False)
    assert empty == "2020-02-29: 0 scenes, 0 s in all\n\nUnusual: too few scenes of the days before to tell"


def test_an_hour_that_comes_twice(journal: Journal) -> None:
    """However the clock is turned, every scene stands in one of 24 hours."""
    for number in range(30):
        _write(journal, number, number, f"scene {number}", features(number))
    assert sum(journal.day(_DATE).hours) == 24
