import argparse
from dataclasses import FrozenInstanceError, dataclass
from typing import Literal

import pytest

from edge_runtime.console.options import Options, option
from edge_runtime.console.options.command_line import add_options, overridden
from edge_runtime.console.options.declaration import options_of, taken
from edge_runtime.errors import OptionError


@dataclass(frozen=True)
class _Group(Options):
    table = "group"

    most: int = option(1, "at most", high=9)
    least: float | None = option(None, "at least", low=0.5)
    free: int = option(0, "any", flag="freely")
    kind: Literal["a", "b"] = option("a", "a or b", choices=("a", "b"))
    paths: tuple[str, ...] = option((), "paths", path=True)
    word: str | None = option(None, "a password", secret=True)
    on: bool = option(False, "whether")


def test_a_flag_that_means_something_alone() -> None:
    @dataclass(frozen=True)
    class Alone(Options):
        table = "alone"

        speak: str | None = option(None, "who speaks", alone="anybody")
        most: int = option(1, "at most")

    parser = argparse.ArgumentParser()
    add_options(parser, [Alone])
    given = [
        vars(parser.parse_args(words)) for words in ([], ["--speak"], ["--speak", "--most", "2"], ["--speak", "me"])
    ]
    assert given == [{}, {"speak": "anybody"}, {"speak": "anybody", "most": 2}, {"speak": "me"}]
    assert [overridden(Alone(), one).speak for one in given] == [None, "anybody", "anybody", "me"]


def test_what_is_declared() -> None:
    found = {one.field: (one.flag, one.key, one.kind, one.default) for one in options_of(_Group)}
    assert found == {
        "most": ("most", "most", int, 1),
        "least": ("least", "least", float, None),
        "free": ("freely", "free", int, 0),
        "kind": ("kind", "kind", str, "a"),
        "paths": ("paths", "paths", tuple, ()),
        "word": ("word", "word", str, None),
        "on": ("on", "on", bool, False),
    }
    assert options_of(Options) == ()


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"most": 10}, "--most 10: must be at most 9"),
        ({"most": True}, "--most must be a whole number, not True"),
        ({"most": 1.0}, "--most must be a whole number, not 1.0"),
        ({"least": 0.25}, "--least 0.25: must be at least 0.5"),
        ({"least": float("nan")}, "--least nan: must be at least 0.5"),
        ({"least": 10**400}, "--least must not be a number of about 400 digits"),
        ({"free": 2**64}, "--freely must not be 18446744073709551616"),
        ({"kind": "c"}, "--kind c: must be one of a, b"),
        ({"kind": None}, "--kind must be a text, not None"),
        ({"paths": ["a"]}, "--paths must be a list of texts, not ['a']"),
        ({"paths": ("a", 1)}, "--paths must be a list of texts, not ('a', 1)"),
        ({"paths": ("a", "b\0")}, "--paths 'b\\x00': holds a NUL character, which no path or name does; leave it out"),
        ({"word": 17}, "--word must be a text"),
        ({"on": 1}, "--on must be true or false, not 1"),
    ],
)
def test_what_is_refused(values: dict[str, object], said: str) -> None:
    with pytest.raises(OptionError) as caught:
        _Group(**values)  # type: ignore[arg-type]
    assert str(caught.value) == said


def test_what_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/ann")
    group = _Group(most=-5, least=3, paths=("~/a", "b~"))
    assert (group.most, group.least, group.paths) == (-5, 3.0, ("/home/ann/a", "b~"))
    assert type(group.least) is float
    with pytest.raises(FrozenInstanceError):
        group.most = 1  # type: ignore[misc]


def test_what_toml_gives() -> None:
    known = {one.field: one for one in options_of(_Group)}
    assert taken(known["paths"], "a") == ("a",)
    assert taken(known["paths"], ["a", 3]) == ("a", "3")
    assert taken(known["paths"], [1.5]) == [1.5]
    assert taken(known["least"], 2) == 2.0
    assert taken(known["most"], "2") == "2"
