from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from edge_runtime.console.options import Options, option
from edge_runtime.console.options.command_line import check_apart
from edge_runtime.console.options.declaration import options_of
from edge_runtime.console.options.toml import read_tables, to_toml
from edge_runtime.errors import ConfigurationError, OptionError


@dataclass(frozen=True)
class _Step(Options):
    table = ""

    what: str = option("", "what")
    times: int = option(1, "times", low=1)

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.what:
            error = OptionError("does nothing; name what")
            error.add_note("here\n^")
            raise error


@dataclass(frozen=True)
class _Plan(Options):
    table = "plan"

    name: str = option("", "a name")
    for_: float = option(0.0, "seconds")
    steps: tuple[_Step, ...] = option((), "the steps")


@dataclass(frozen=True)
class _Plans(Options):
    table = "plans"

    most: int | None = option(None, "at most")
    plan: tuple[_Plan, ...] = option((), "the plans")


def _read(content: Mapping[str, object]) -> Options | None:
    return read_tables(content, [_Plans], "f.toml").get(_Plans)


def test_a_list_of_groups_is_declared() -> None:
    found = {one.field: (one.key, one.kind, one.group) for one in (*options_of(_Plans), *options_of(_Plan))}
    assert found == {
        "most": ("most", int, None),
        "plan": ("plan", tuple, _Plan),
        "name": ("name", str, None),
        "for_": ("for", float, None),
        "steps": ("steps", tuple, _Step),
    }


def test_lists_of_groups_are_read() -> None:
    content = {
        "plan": [
            {"name": "a", "for": 2, "steps": {"what": "x"}},
            {"steps": [{"what": "y", "times": 2}, {"what": "z"}]},
        ],
        "plans": {"most": 3},
    }
    expected = _Plans(3, (_Plan("a", 2.0, (_Step("x"),)), _Plan("", 0.0, (_Step("y", 2), _Step("z")))))
    assert _read(content) == expected
    assert _read({"plan": []}) == _Plans()
    assert _read({"plans": {}}) == _Plans()
    assert _read({}) is None


def test_they_are_printed_so_that_they_can_be_read() -> None:
    group = _Plans(None, (_Plan("a", 2.0, (_Step("x\u202e"), _Step("y", 2))), _Plan()))
    assert to_toml([group]) == (
        "[plans]\n# at most\n# most =\n\n"
        '[[plan]]\n# a name\nname = "a"\n# seconds\nfor = 2.0\n# the steps\n'
        'steps = [{ what = "x\\u202e" }, { what = "y", times = 2 }]\n\n'
        '[[plan]]\n# a name\nname = ""\n# seconds\nfor = 0.0\n# the steps\nsteps = []\n'
    )
    assert to_toml([_Plans(1)]) == (
        "[plans]\n# at most\nmost = 1\n\n# [[plan]]\n# name =  # a name\n# for =  # seconds\n# steps =  # the steps\n"
    )


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({"plan": {"name": "a"}}, "f.toml: [[plan]] is a list of tables; write [[plan]] above each"),
        ({"plan": ["a"]}, "f.toml: [[plan]] is a list of tables; write [[plan]] above each"),
        ({"plan": [{"x": 1}]}, "f.toml: unknown key 'x' in [[plan]] 1; known are: name, for, steps"),
        ({"plan": [{"most": 1}]}, "f.toml: unknown key 'most' in [[plan]] 1; it belongs to [plans]"),
        ({"plan": [{}, {"name": "a\n", "for": "x"}]}, "f.toml: [[plan]] 'a\\n' for must be a number, not 'x'"),
        ({"plan": [{"steps": [{"what": "x", "times": 0}]}]}, "f.toml: [[plan]] 1 steps 1 times 0: must be at least 1"),
        ({"plan": [{"steps": {"times": 2}}]}, "f.toml: [[plan]] 1 steps does nothing; name what"),
        (
            {"plan": [{"steps": 5}]},
            "f.toml: [[plan]] 1 steps is a list of tables; write { key = value } for one, [{ ... }] for several",
        ),
        ({"plans": {"plan": []}}, "f.toml: unknown key 'plan' in [plans]; it belongs to [[plan]]"),
        ({"plans": {"for": 1}}, "f.toml: unknown key 'for' in [plans]; it belongs to [[plan]]"),
        ({"other": {}}, "f.toml: unknown table [other]; known are: [plans], [[plan]]"),
    ],
)
def test_what_is_refused(content: dict[str, object], said: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        _read(content)
    assert str(caught.value) == said


def test_notes_are_kept() -> None:
    with pytest.raises(ConfigurationError) as caught:
        _read({"plan": [{"steps": {}}]})
    assert caught.value.__notes__ == ["here\n^"]


def test_a_list_of_anything_else_is_refused() -> None:
    with pytest.raises(OptionError, match=r"^--plan must be a list of tables, not \('a',\)$"):
        _Plans(plan=("a",))  # type: ignore[arg-type]


def test_tables_of_lists_are_apart() -> None:
    @dataclass(frozen=True)
    class Other(Options):
        table = "plan"

        word: str = option("", "a word")

    check_apart([_Plans])
    with pytest.raises(OptionError, match=r"^Other: \[plan\] is the table of _Plans already; rename it$"):
        check_apart([_Plans, Other])
    with pytest.raises(OptionError, match=r"^_Plans: \[\[plan\]\] is the table of Other already; rename it$"):
        check_apart([Other, _Plans])
