"""Groups of options as tables of a configuration file."""

from collections.abc import Iterable, Mapping
from typing import Any

from edge_runtime.errors import ConfigurationError, OptionError
from edge_runtime.options.declaration import Options, options_of, taken
from edge_runtime.terminal import json_text
from edge_runtime.validation import shortened


def read_tables(content: Mapping[str, Any], kinds: Iterable[type[Options]], shown: str) -> dict[type[Options], Options]:
    """The groups that a configuration file holds.

    Args:
        content: Tables by their names, as TOML gives them.
        kinds: The groups that there are.
        shown: What messages call the file.

    Raises:
        ConfigurationError: An unknown table or key, or a value that cannot be had; names file, table and key.
    """
    tables = {kind.table: kind for kind in kinds if options_of(kind)}
    names = ", ".join(f"[{name}]" for name in tables)
    found: dict[type[Options], Options] = {}
    for name, values in content.items():
        if isinstance(values, Mapping) and name not in tables:
            raise ConfigurationError(f"{shown}: unknown table [{shortened(name)}]; known are: {names}")
        if isinstance(values, list) and name in tables:
            raise ConfigurationError(f"{shown}: [{name}] is one table, not a list of them; write it in single brackets")
        if not isinstance(values, Mapping):
            remedy = _belongs(name, tables.values()) or f"known are: {names}"
            raise ConfigurationError(f"{shown}: '{shortened(name)}' stands in no table; {remedy}")
        found[tables[name]] = _read(values, tables[name], tables.values(), shown)
    return found


def to_toml(groups: Iterable[Options]) -> str:
    """Groups as a configuration file; options that are not set stand in it as comments.

    Args:
        groups: In the order of their tables.
    """
    tables = []
    for group in groups:
        known = options_of(type(group))
        if not known:
            continue
        lines = [f"[{group.table}]"]
        for one in known:
            value = getattr(group, one.field)
            # JSON's texts are TOML's, but for DEL, which `json_text` escapes too.
            written = json_text(list(value) if isinstance(value, tuple) else value)
            lines += [f"# {one.meaning}", f"# {one.key} =" if value is None else f"{one.key} = {written}"]
        tables.append("\n".join(lines) + "\n")
    return "\n".join(tables)


def _read(values: Mapping[str, Any], kind: type[Options], kinds: Iterable[type[Options]], shown: str) -> Options:
    known = {one.key: one for one in options_of(kind)}
    named = {}
    for key, value in values.items():
        if key not in known:
            remedy = _belongs(key, kinds) or f"known are: {', '.join(known)}"
            raise ConfigurationError(f"{shown}: unknown key '{shortened(key)}' in [{kind.table}]; {remedy}")
        option = known[key]
        named[option.field] = taken(option, value)
        try:
            option.check(f"[{kind.table}] {key}", named[option.field])
        except OptionError as error:
            raise ConfigurationError(f"{shown}: {error}") from None
    try:
        return kind(**named)
    except OptionError as error:  # of several values together
        raise ConfigurationError(f"{shown}: [{kind.table}] {error}") from None


def _belongs(key: str, kinds: Iterable[type[Options]]) -> str:
    """In which tables a key stands rightly; empty where in none."""
    tables = [f"[{kind.table}]" for kind in kinds if any(one.key == key for one in options_of(kind))]
    return f"it belongs to {' or '.join(tables)}" if tables else ""
