"""The options of `edge-caption live`: groups that the files that use them declare, put together."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from edge_runtime.console.options import Options
from edge_runtime.console.options.command_line import check_apart, overridden
from edge_runtime.console.options.toml import read_tables, to_toml
from edge_runtime.console.terminal import plain
from edge_runtime.console.validation import shortened
from edge_runtime.frames.geometry import PictureOptions
from edge_runtime.frames.options import SourceOptions
from edge_runtime.frames.registry import source_kinds
from edge_runtime.live.configuration import read_toml
from edge_runtime.live.flat_configuration import in_tables
from edge_runtime.live.gate import GateOptions
from edge_runtime.live.logs import LogOptions
from edge_runtime.live.model import ModelOptions
from edge_runtime.live.rate_limiter import RateOptions
from edge_runtime.live.scene_options import SceneOptions
from edge_runtime.sinks.registry import sink_kinds
from edge_runtime.sinks.rules import RulesKind
from edge_runtime.sinks.targets import FileOptions

Group = TypeVar("Group", bound=Options)

RESERVED = ("config", "print-config", "rules", "variants", "help")
"""Flags of the command that are no options of the loop."""


def kinds() -> tuple[type[Options], ...]:
    """Return every group of options, in the order in which they are shown; what is registered is among them.

    Raises:
        OptionError: Two of them have the same table or flag.
    """
    found: tuple[type[Options], ...] = (
        SourceOptions,
        PictureOptions,
        *source_kinds(),
        ModelOptions,
        GateOptions,
        SceneOptions,
        RateOptions,
        *sink_kinds(),
        FileOptions,
        LogOptions,
    )
    check_apart(found, RESERVED)
    return found


@dataclass(frozen=True, init=False)
class LiveOptions:
    """What `edge-caption live` is asked for.

    `LiveOptions(GateOptions(enabled=False))[GateOptions].enabled` is False.

    Attributes:
        groups: One of each of `kinds()`.
    """

    groups: tuple[Options, ...]

    def __init__(self, *groups: Options) -> None:
        """Put groups together.

        Args:
            groups: Those that are not given have their defaults.
        """
        given = {type(group): group for group in groups}
        found = tuple(given[kind] if kind in given else kind() for kind in kinds())
        object.__setattr__(self, "groups", found)  # the way for a frozen dataclass

    def __getitem__(self, kind: type[Group]) -> Group:
        """Return the group of a kind."""
        for group in self.groups:
            if type(group) is kind:
                return group
        raise KeyError(kind.__name__)

    def every(self, kind: type[Group]) -> tuple[Group, ...]:
        """Return all groups of a kind and of the kinds below it."""
        return tuple(group for group in self.groups if isinstance(group, kind))

    def changed(self, *groups: Options) -> "LiveOptions":
        """Return the same with other groups."""
        return LiveOptions(*self.groups, *groups)

    def after_the_start(self) -> "LiveOptions":
        """Return the same for a configuration that is read again: what this process has written is not meant by `overwrite`."""
        return self.changed(replace(self[FileOptions], overwrite=False))

    def to_toml(self) -> str:
        """As a configuration file; options that are not set stand in it as comments."""
        return to_toml(self.groups)


def resolve(
    given: Mapping[str, Any], configuration: Path | None, log: Callable[[str], None] = lambda _: None
) -> LiveOptions:
    """Return the options in force: those of the command line, then those of the configuration file, then the defaults.

    Args:
        given: Options of the command line, by destination; `rules` is a file of rules that are added to those of the configuration.
        configuration: TOML file, or None.
        log: As for `read_configuration`.

    Raises:
        ConfigurationError: The file cannot be read, or holds what is not known.
        OptionError: A value lies outside its range.
    """
    options = read_configuration(configuration, log) if configuration else LiveOptions()
    if given.get("rules") is not None:
        options = options.changed(options[RulesKind].with_more(read_rules(given["rules"])))
    return LiveOptions(*(overridden(group, given) for group in options.groups))


def read_rules(path: Path) -> RulesKind:
    """Read the rules of a TOML file: one that holds nothing else, or a configuration.

    Args:
        path: The file.

    Raises:
        ConfigurationError: As for `read_configuration`.
    """
    return read_configuration(path)[RulesKind]


def read_configuration(path: Path, log: Callable[[str], None] = lambda _: None) -> LiveOptions:
    """Read a TOML configuration: a table a group, whose keys are the names of its fields with dashes.

    Args:
        path: The file.
        log: Takes a sentence about a file of the former form, without tables.

    Raises:
        ConfigurationError: It cannot be read, is not TOML, or holds an unknown table or key or a value that cannot be had.
    """
    shown = plain(shortened(str(path), 200))
    content = in_tables(read_toml(path), shown, log)
    return LiveOptions(*read_tables(content, kinds(), shown).values())
