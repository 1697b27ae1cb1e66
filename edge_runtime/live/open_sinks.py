"""From options to sinks."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from edge_runtime.errors import OptionError, SinkError
from edge_runtime.sinks.base import SinkContext, SinkKind, WantedSink


def wanted_sinks(kinds: Iterable[SinkKind], addresses: Sequence[str], context: SinkContext) -> list[WantedSink]:
    """The sinks asked for, each with a whole key.

    Args:
        kinds: The options of every kind.
        addresses: What is looked at, as the user wrote it.
        context: What the sinks are made for.

    Raises:
        OptionError: There is none.
        SinkError: A file that is read, or written already, would be written over; or two write to stdout.
    """
    found = [
        WantedSink(
            wanted.sink,
            (kind.table, wanted.sink.name, kind if wanted.key is None else wanted.key),
            wanted.writes,
            wanted.stdout,
            wanted.yields,
        )
        for kind in kinds
        for wanted in kind.sinks(context)
    ]
    printing = [wanted for wanted in found if wanted.stdout and not wanted.yields]
    if printing:
        found = [wanted for wanted in found if not wanted.yields]
    if len(printing) > 1:
        raise SinkError(f"{printing[1].sink.name}: {printing[0].sink.name} writes to stdout already; name a file")
    if not found:
        raise OptionError("captions go nowhere; leave out --no-text, or name a sink such as --jsonl FILE")
    _check_apart(found, addresses)
    return found


def _check_apart(sinks: Sequence[WantedSink], addresses: Sequence[str]) -> None:
    """Each file is one thing only: a clip that is recorded over would be lost."""
    taken = {Path(address).resolve(): f"--source {address}" for address in addresses if Path(address).is_file()}
    for wanted in sinks:
        if wanted.writes is None:
            continue
        place = wanted.writes.resolve()
        if place in taken:
            raise SinkError(f"{wanted.sink.name}: the same file as {taken[place]}; name another one")
        taken[place] = wanted.sink.name
