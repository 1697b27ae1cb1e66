"""Groups of options as tables of a configuration file."""

from collections.abc import Iterable, Mapping
from typing import Any

from edge_runtime.console.options.declaration import Option, Options, options_of, taken
from edge_runtime.console.terminal import json_text, plain
from edge_runtime.console.validation import shortened
from edge_runtime.errors import ConfigurationError, OptionError


def read_tables(content: Mapping[str, Any], kinds: Iterable[type[Options]], shown: str) -> dict[type[Options], Options]:
    """Return the groups that a configuration file holds.

    Args:
        content: Tables by their names, as TOML gives them.
        kinds: The groups that there are.
        shown: What messages call the file.

    Raises:
        ConfigurationError: An unknown table or key, or a value that cannot be had; names file, table and key.
    """
    tables = {kind.table: kind for kind in kinds if options_of(kind)}
    lists = {
        one.group.table: (kind, one)
        for kind in tables.values()
        for one in options_of(kind)
        if one.group is not None and one.group.table
    }
    names = ", ".join([*(f"[{name}]" for name in tables), *(f"[[{name}]]" for name in lists)])
    found: dict[type[Options], dict[str, Any]] = {}
    for name, values in content.items():
        if name in lists:
            kind, option = lists[name]
            found.setdefault(kind, {})[option.field] = _several(values, option, tables.values(), shown, f"[[{name}]]")
            continue
        if isinstance(values, Mapping) and name not in tables:
            raise ConfigurationError(f"{shown}: unknown table [{plain(shortened(name))}]; known are: {names}")
        if isinstance(values, list) and name in tables:
            raise ConfigurationError(f"{shown}: [{name}] is one table, not a list of them; write it in single brackets")
        if not isinstance(values, Mapping):
            remedy = _belongs(name, tables.values()) or f"known are: {names}"
            raise ConfigurationError(f"{shown}: '{plain(shortened(name))}' stands in no table; {remedy}")
        kind = tables[name]
        found.setdefault(kind, {}).update(_read(values, kind, tables.values(), shown, f"[{name}]"))
    return {kind: _made(kind, named, shown, f"[{kind.table}]") for kind, named in found.items()}


def to_toml(groups: Iterable[Options]) -> str:
    """Groups as a configuration file; options that are not set stand in it as comments.

    Args:
        groups: In the order of their tables.
    """
    tables = []
    for group in groups:
        known = [one for one in options_of(type(group)) if one.group is None]
        if known:
            tables.append("\n".join([f"[{group.table}]", *_lines(group, known)]) + "\n")
        for one in options_of(type(group)):
            if one.group is not None and one.group.table:
                tables += [_listed(each) for each in getattr(group, one.field)] or [_possible(one.group)]
    return "\n".join(tables)


def _lines(group: Options, known: Iterable[Option]) -> list[str]:
    lines = []
    for one in known:
        value = getattr(group, one.field)
        lines += [f"# {one.meaning}", f"# {one.key} =" if value is None else f"{one.key} = {_written(value)}"]
    return lines


def _listed(group: Options) -> str:
    return "\n".join([f"[[{group.table}]]", *_lines(group, options_of(type(group)))]) + "\n"


def _possible(kind: type[Options]) -> str:
    """One of a list as a comment, where there is none."""
    lines = [f"[[{kind.table}]]", *(f"{one.key} =  # {one.meaning}" for one in options_of(kind))]
    return "".join(f"# {line}\n" for line in lines)


def _written(value: Any) -> str:
    """A value as TOML; of groups in it, what is not as it would be anyway."""
    if isinstance(value, Options):
        own = [(one.key, getattr(value, one.field), one.default) for one in options_of(type(value))]
        return "{ " + ", ".join(f"{key} = {_written(given)}" for key, given, default in own if given != default) + " }"
    if isinstance(value, tuple) and any(isinstance(one, Options) for one in value):
        return f"[{', '.join(map(_written, value))}]"
    # JSON's texts are TOML's, but for DEL, which `json_text` escapes too.
    return json_text(list(value) if isinstance(value, tuple) else value)


def _several(
    values: Any, option: Option, kinds: Iterable[type[Options]], shown: str, where: str
) -> tuple[Options, ...]:
    """Return a list of groups; where it stands in braces, a single one is a list of one."""
    kind = option.group or Options
    single = isinstance(values, Mapping) and not kind.table
    listed = [values] if single else values
    if not isinstance(listed, list) or not all(isinstance(one, Mapping) for one in listed):
        remedy = (
            f"write [[{kind.table}]] above each"
            if kind.table
            else "write { key = value } for one, [{ ... }] for several"
        )
        raise ConfigurationError(f"{shown}: {where} is a list of tables; {remedy}")
    found = []
    for number, one in enumerate(listed, 1):
        name = one.get("name")
        called = where if single else f"{where} {plain(shortened(repr(name))) if isinstance(name, str) else number}"
        found.append(_made(kind, _read(one, kind, kinds, shown, called), shown, called))
    return tuple(found)


def _read(
    values: Mapping[str, Any], kind: type[Options], kinds: Iterable[type[Options]], shown: str, where: str
) -> dict[str, Any]:
    """Return the values of a table by the names of their fields, each as its option has it."""
    known = {one.key: one for one in options_of(kind) if one.group is None or not one.group.table}
    named: dict[str, Any] = {}
    for key, value in values.items():
        if key not in known:
            remedy = _belongs(key, kinds) or f"known are: {', '.join(known)}"
            raise ConfigurationError(f"{shown}: unknown key '{plain(shortened(key))}' in {where}; {remedy}")
        option = known[key]
        if option.group is not None:
            named[option.field] = _several(value, option, kinds, shown, f"{where} {key}")
            continue
        named[option.field] = taken(option, value)
        try:
            option.check(f"{where} {key}", named[option.field])
        except OptionError as error:
            raise ConfigurationError(f"{shown}: {error}") from None
    return named


def _made(kind: type[Options], named: Mapping[str, Any], shown: str, where: str) -> Options:
    try:
        return kind(**named)
    except OptionError as error:  # of several values together
        refused = ConfigurationError(f"{shown}: {where} {error}")
        for note in getattr(error, "__notes__", ()):
            refused.add_note(note)
        raise refused from None


def _belongs(key: str, kinds: Iterable[type[Options]]) -> str:
    """In which tables a key stands rightly; empty where in none."""
    tables = []
    for kind in kinds:
        for one in options_of(kind):
            if one.group is None or not one.group.table:
                tables += [f"[{kind.table}]"] * (one.key == key)
            elif one.group.table == key or any(inner.key == key for inner in options_of(one.group)):
                tables.append(f"[[{one.group.table}]]")
    return f"it belongs to {' or '.join(tables)}" if tables else ""
