"""Groups of options on the command line."""

import argparse
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from edge_runtime.console.options.declaration import Option, Options, options_of
from edge_runtime.console.validation import number, plain_text, whole_number
from edge_runtime.errors import OptionError

Group = TypeVar("Group", bound=Options)

_PARSERS: dict[type, Callable[[str], Any]] = {int: whole_number, float: number, str: plain_text, tuple: plain_text}


def add_options(parser: argparse.ArgumentParser, kinds: Iterable[type[Options]]) -> None:
    """Add every option; those that are not given are left out of what is parsed.

    Args:
        parser: Of a command.
        kinds: The groups.
    """
    for kind in kinds:
        for known in options_of(kind):
            if known.group is None:
                _add(parser, known)


def overridden(group: Group, given: Mapping[str, Any]) -> Group:
    """Return a group with what the command line says in its place.

    Args:
        group: As it is without.
        given: What was parsed, by destination.

    Raises:
        OptionError: A value lies outside its range.
    """
    named = {}
    for known in options_of(type(group)):
        if known.group is None and known.destination in given:
            value = given[known.destination]
            named[known.field] = tuple(value) if known.kind is tuple else value
    unchanged = {known.field: getattr(group, known.field) for known in options_of(type(group))}
    return type(group)(**{**unchanged, **named})


def check_apart(kinds: Iterable[type[Options]], reserved: Iterable[str] = ()) -> None:
    """Refuse groups that are declared wrongly, or of which two have the same table or two options the same flag.

    Args:
        kinds: The groups.
        reserved: Flags that the command has besides.

    Raises:
        OptionError: They are, or have.
    """
    tables: dict[str, str] = {}
    flags = dict.fromkeys(reserved, "the command itself")
    for kind in kinds:
        known = _declared(kind)
        if not known:
            continue
        if kind.table in tables:
            raise OptionError(
                f"{kind.__name__}: [{kind.table}] is the table of {tables[kind.table]} already; rename it"
            )
        tables[kind.table] = kind.__name__
        for one in known:
            if one.group is not None:
                _check_tables(one, kind.__name__, tables)
                continue
            for flag in (one.flag, f"no-{one.flag}") if one.kind is bool else (one.flag,):
                if flag in flags:
                    raise OptionError(f"{kind.__name__}: --{flag} is an option of {flags[flag]} already; rename it")
                flags[flag] = kind.__name__


def _check_tables(known: Option, owner: str, tables: dict[str, str]) -> None:
    """Refuse a list of groups that is declared wrongly, or whose table is taken."""
    if known.group is None:
        return
    _declared(known.group, bool(known.group.table))
    if known.group.table in tables:
        raise OptionError(
            f"{owner}: [[{known.group.table}]] is the table of {tables[known.group.table]} already; rename it"
        )
    if known.group.table:
        tables[known.group.table] = owner


def _declared(kind: type[Options], tabled: bool = True) -> tuple[Option, ...]:
    """Return the options of a group that is a frozen dataclass and has a table for them."""
    parameters = vars(kind).get("__dataclass_params__")
    if parameters is None or not parameters.frozen:
        raise OptionError(f"{kind.__name__}: no frozen dataclass; write @dataclass(frozen=True) above it")
    known = options_of(kind)
    if known and tabled and not re.fullmatch(r"[a-z][a-z0-9-]*", getattr(kind, "table", "")):
        raise OptionError(f'{kind.__name__}: no table for its options; write table = "name", in small letters')
    return known


def _add(parser: argparse.ArgumentParser, known: Option) -> None:
    more: dict[str, Any] = {"dest": known.destination, "default": argparse.SUPPRESS}
    said = known.meaning.replace("%", "%%")
    if known.kind is bool:
        parser.add_argument(f"--{known.flag}", action=argparse.BooleanOptionalAction, help=said, **more)
        return
    if known.choices:
        more["choices"] = known.choices
    if known.kind is tuple:
        more["action"] = "append"
    if known.alone is not None:
        more |= {"nargs": "?", "const": known.alone}
    if known.default not in (None, ()):
        shown = ", ".join(known.default) if known.kind is tuple else known.default
        said = f"{said} (default: {shown})"
    # Texts to choose from stand in the place of a word for them.
    metavar = None if known.choices and known.kind is str else known.metavar
    parser.add_argument(f"--{known.flag}", type=_PARSERS[known.kind], metavar=metavar, help=said, **more)
