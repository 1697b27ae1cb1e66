"""Configuration files of the former form, without tables; they are read for one release more."""

from collections.abc import Callable, Mapping
from typing import Any

from edge_runtime.errors import ConfigurationError

PLACES = {
    "source": ("source", "address"),
    "realtime": ("source", "realtime"),
    "width": ("source", "width"),
    "height": ("source", "height"),
    "fps": ("source", "fps"),
    "retries": ("source", "retries"),
    "rotate": ("picture", "rotate"),
    "mirror": ("picture", "mirror"),
    "region": ("picture", "region"),
    "bundle": ("model", "bundle"),
    "variant": ("model", "variant"),
    "threads": ("model", "threads"),
    "beam": ("model", "beam"),
    "expect-digest": ("model", "expect-digest"),
    "gate": ("gate", "enabled"),
    "sensitivity": ("gate", "sensitivity"),
    "max-age": ("gate", "max-age"),
    "max-fps": ("rate", "max-fps"),
    "cpu-budget": ("rate", "cpu-budget"),
    "text": ("text", "enabled"),
    "jsonl": ("jsonl", "file"),
    "srt": ("subtitles", "srt"),
    "vtt": ("subtitles", "vtt"),
    "record": ("video", "file"),
    "window": ("window", "enabled"),
    "overwrite": ("files", "overwrite"),
    "log-level": ("log", "level"),
}
"""Former key -> table and key."""
_MOST_NAMED = 3


def in_tables(content: Mapping[str, Any], shown: str, log: Callable[[str], None]) -> dict[str, Any]:
    """Put keys of the former form where they stand now.

    Args:
        content: Of a file.
        shown: What messages call the file.
        log: Takes one sentence that names the new form, where there was anything to put.

    Raises:
        ConfigurationError: A key stands in both forms.
    """
    found = {key: dict(value) if isinstance(value, Mapping) else value for key, value in content.items()}
    moved = []
    for former, (table, key) in PLACES.items():
        value = content.get(former)
        tabled = isinstance(value, Mapping) or (
            isinstance(value, list) and any(isinstance(one, Mapping) for one in value)
        )
        if value is None or tabled:
            continue
        del found[former]
        into = found.setdefault(table, {})
        if not isinstance(into, dict):
            raise ConfigurationError(f"{shown}: [{table}] is one table; write it in single brackets")
        if key in into:
            raise ConfigurationError(
                f"{shown}: '{former}' is the former name of '{key}' in [{table}], which is there too; leave it out"
            )
        into[key] = value
        moved.append(f"{former} is now [{table}] {key}")
    if moved:
        more = f", and {len(moved) - _MOST_NAMED} more" if len(moved) > _MOST_NAMED else ""
        log(
            f"{shown}: options without tables are read in this release only: {', '.join(moved[:_MOST_NAMED])}{more}; "
            "--print-config writes the new form"
        )
    return found
