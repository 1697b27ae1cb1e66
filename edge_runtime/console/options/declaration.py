"""An option is a field of a frozen dataclass: its kind, its default, its range and what it means stand there and nowhere else.

    @dataclass(frozen=True)
    class RateOptions(Options):
        table = "rate"
        max_fps: float | None = option(None, "frames looked at in a second at the most", metavar="F", low=0.001, high=1000)

That gives the flag `--max-fps F`, the key `max-fps` of the table `[rate]`, and the check of both.
"""

import dataclasses
from collections.abc import Iterable
from functools import cache
from types import UnionType
from typing import Any, ClassVar, Union, get_args, get_origin, get_type_hints

from edge_runtime.console.terminal import plain
from edge_runtime.console.validation import at_home, check_text, number_shown, shortened
from edge_runtime.errors import OptionError

_MOST_WHOLE = 2**63
"""No whole number that is an option is as large."""
_KINDS: dict[type, str] = {
    tuple: "a list of texts",
    str: "a text",
    bool: "true or false",
    int: "a whole number",
    float: "a number",
}


@dataclasses.dataclass(frozen=True)
class Option:
    """One option, as its field declares it.

    Attributes:
        field: Name of the field.
        flag: On the command line, without the dashes in front.
        kind: `bool`, `int`, `float`, `str`, or `tuple` for a list of texts or of groups.
        default: Its value where nobody gives one; None for not set.
        meaning: A few words for `--help` and the configuration file.
        metavar: Stands for the value in `--help`.
        choices: All values that it may have; empty where there is no such list.
        low: The smallest number that goes.
        high: The largest.
        path: Whether it may be a file's, whose `~` is a home.
        secret: Whether it may hold a password, so that no message shows it.
        alone: What the flag means without a value behind it; None where it needs one.
        group: Of which group each of a list is; None of texts. A list of groups stands in configuration files alone: where the group
            has a table, as `[[table]]`, else in braces.
    """

    field: str
    flag: str
    kind: type
    default: Any
    meaning: str
    metavar: str | None
    choices: tuple[Any, ...]
    low: float | None
    high: float | None
    path: bool
    secret: bool
    alone: str | None
    group: "type[Options] | None" = None

    @property
    def key(self) -> str:
        """In the configuration file."""
        return self.field.rstrip("_").replace("_", "-")

    @property
    def destination(self) -> str:
        """In what the command line's parser returns."""
        return self.flag.replace("-", "_")

    def check(self, label: str, value: Any) -> None:
        """Refuse a value of another kind or outside its range.

        Args:
            label: What the message calls it: `--beam`, or `[model] beam`.
            value: What was given; None is not set.

        Raises:
            OptionError: It cannot be had.
        """
        if value is None and self.default is None:
            return
        listed = self.kind is tuple
        if not self._is_kind(value):
            if self.kind in (int, float) and type(value) is int:
                raise OptionError(f"{label} must not be {number_shown(value)}")
            # What stands in the wrong place may be an address with its password.
            given = "" if self.secret else f", not {shortened(repr(value))}"
            raise OptionError(
                f"{label} must be {_KINDS[self.kind] if self.group is None else 'a list of tables'}{given}"
            )
        for text in value if listed else (value,):
            if isinstance(text, str):
                check_text(label, text)
        if self.choices and value not in self.choices:
            shown = plain(shortened(value)) if isinstance(value, str) else number_shown(value)
            raise OptionError(f"{label} {shown}: must be one of {', '.join(map(str, self.choices))}")
        if self.kind in (int, float):
            self._check_range(label, value)

    def _is_kind(self, value: Any) -> bool:
        if self.kind is tuple:
            return isinstance(value, tuple) and all(isinstance(one, self.group or str) for one in value)
        return type(value) is self.kind  # a bool is an int, but no whole number

    def _check_range(self, label: str, value: float) -> None:
        low = -_MOST_WHOLE if self.low is None else self.low
        high = _MOST_WHOLE if self.high is None else self.high
        if low <= value <= high:
            return
        if self.low is not None and self.high is not None:
            raise OptionError(f"{label} {number_shown(value)}: must be {low:g} to {high:g}")
        if self.low is not None and not value >= low:
            raise OptionError(f"{label} {number_shown(value)}: must be at least {low:g}")
        if self.high is not None and not value <= high:
            raise OptionError(f"{label} {number_shown(value)}: must be at most {high:g}")
        raise OptionError(f"{label} must not be {number_shown(value)}")


def option(
    default: Any,
    meaning: str,
    *,
    metavar: str | None = None,
    choices: Iterable[Any] = (),
    low: float | None = None,
    high: float | None = None,
    flag: str | None = None,
    path: bool = False,
    secret: bool = False,
    alone: str | None = None,
) -> Any:
    """Declare a field of an `Options` class; its annotation says of what kind it is.

    Args:
        default: As for `Option`; a field that may be None is one that need not be set.
        meaning: As for `Option`.
        metavar: As for `Option`.
        choices: As for `Option`.
        low: As for `Option`.
        high: As for `Option`.
        flag: As for `Option`; the field's name with dashes unless told otherwise.
        path: As for `Option`.
        secret: As for `Option`.
        alone: As for `Option`.
    """
    declared = {
        "flag": flag,
        "meaning": meaning,
        "metavar": metavar,
        "choices": tuple(choices),
        "low": low,
        "high": high,
        "path": path,
        "secret": secret,
        "alone": alone,
    }
    return dataclasses.field(default=default, metadata={"option": declared})


class Options:
    """A group of options: subclass it as a frozen dataclass whose fields are each an `option`.

    A field of several groups, `tuple[Rule, ...]`, is no flag. A field whose name Python has taken ends in `_`, its key does not: `for_`.

    A subclass that checks several fields together does so in its own `__post_init__`, after this one's.

    Attributes:
        table: Name of the group's table in the configuration file.

    Raises:
        OptionError: A value of another kind, or outside its range.
    """

    table: ClassVar[str]

    def __post_init__(self) -> None:
        """Put homes in the place of `~`, and check every value."""
        for known in options_of(type(self)):
            value = getattr(self, known.field)
            if known.path and isinstance(value, str):
                value = at_home(value)
            elif known.path and isinstance(value, tuple):
                value = tuple(at_home(one) if isinstance(one, str) else one for one in value)
            elif known.kind is float and type(value) is int and abs(value) < _MOST_WHOLE:
                value = float(value)
            object.__setattr__(self, known.field, value)  # the way for a frozen dataclass
            known.check(f"--{known.flag}", value)


def options_of(kind: type[Options]) -> tuple[Option, ...]:
    """Return the options of a group, in the order of its fields.

    Args:
        kind: The group.

    Raises:
        OptionError: A field is no option, or of a kind that no option has.
    """
    asked: Any = kind
    found: tuple[Option, ...] = _options_of(asked)
    return found


@cache
def _options_of(kind: Any) -> Any:
    called = getattr(kind, "__name__", "")
    if any(isinstance(value, dataclasses.Field) for value in vars(kind).values()):
        raise OptionError(f"{called}: no dataclass; write @dataclass(frozen=True) above it")
    if not dataclasses.is_dataclass(kind):
        return ()
    hints = get_type_hints(kind)
    found = []
    for known in dataclasses.fields(kind):
        declared = known.metadata.get("option")
        if declared is None:
            raise OptionError(f"{called}.{known.name}: no option; declare it with option(default, meaning)")
        named = {**declared, "flag": declared["flag"] or known.name.rstrip("_").replace("_", "-")}
        where = f"{called}.{known.name}"
        hint = hints[known.name]
        found.append(
            Option(field=known.name, kind=_kind(hint, where), default=known.default, group=_group(hint), **named)
        )
    return tuple(found)


def taken(known: Option, value: Any) -> Any:
    """Return a value of a configuration file as its option has it: a text or whole number for a list of one, a whole number for any.

    Args:
        known: Which option.
        value: As TOML gives it; what cannot be had is returned as it is.
    """
    if known.kind is tuple:
        listed = value if isinstance(value, list) else [value]
        if all(isinstance(one, str) or type(one) is int for one in listed):
            return tuple(one if isinstance(one, str) else number_shown(one) for one in listed)
    if known.kind is float and type(value) is int and abs(value) < _MOST_WHOLE:
        return float(value)
    return value


def _group(hint: Any) -> type[Options] | None:
    """Return the group that a list is of; None of anything else."""
    inner = get_args(hint)[0] if get_origin(hint) is tuple else None
    return inner if isinstance(inner, type) and issubclass(inner, Options) else None


def _kind(hint: Any, where: str) -> type:
    if get_origin(hint) in (Union, UnionType):
        given = [one for one in get_args(hint) if one is not type(None)]
        hint = given[0] if len(given) == 1 else hint
    if get_origin(hint) is tuple:
        return tuple
    texts = [type(one) for one in get_args(hint)]  # of a Literal
    if texts and set(texts) == {str}:
        return str
    if hint in _KINDS:
        found: type = hint
        return found
    raise OptionError(f"{where}: an option is a bool, int, float, str or tuple[str, ...], or one of these or None")
