"""`edge-caption journal`: what was seen, found again."""

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edge_runtime.console.arguments import Parser
from edge_runtime.console.exits import EXIT_FAILED, emit, log
from edge_runtime.console.terminal import json_text
from edge_runtime.console.validation import file_path
from edge_runtime.errors import JournalError, OptionError, QueryError

if TYPE_CHECKING:
    from edge_runtime.journal.store import Journal

DEFAULT = "captions.db"
_MOST = 1_000_000


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser("journal", help="search what 'live --journal' has kept", allow_abbrev=False)
    _add_file(parser, DEFAULT)
    if isinstance(parser, Parser):
        # One parser a verb, which no other command needs.
        parser.fill = lambda: _add_verbs(parser)
    else:
        _add_verbs(parser)


def _add_verbs(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    search = _verb(verbs, "search", "scenes by their words, the newest first", _search)
    search.add_argument(
        "query", nargs="?", default="", metavar="QUERY", help='words, AND, OR, NOT, parentheses, "phrases", prefix*'
    )
    _add_times(search)
    search.add_argument("--source", metavar="NAME", help="of this source alone")
    _add_limit(search, 20)

    near = _verb(verbs, "near", "scenes that look like a picture", _near)
    near.add_argument("picture", metavar="PICTURE", help="a picture's file")
    _add_times(near)
    _add_limit(near, 20)
    near.add_argument(
        "--bundle", type=file_path, metavar="B", help="the one that wrote the journal (default: the one that ships)"
    )
    near.add_argument("--variant", metavar="V", help="form of the model (default: as for 'edge-caption caption')")

    show = _verb(verbs, "show", "one scene, and its picture", _show)
    show.add_argument("id", metavar="ID", help="of the scene, as search prints it")
    show.add_argument("--picture", type=file_path, metavar="FILE", help="write its small picture, a JPEG, to FILE")

    _verb(verbs, "stats", "what the journal holds", _stats)

    day = _verb(verbs, "day", "a day: when, how often, what was unusual", _day)
    day.add_argument("date", nargs="?", default="today", metavar="DATE", help="2026-11-26, yesterday (default: today)")

    export = _verb(verbs, "export", "all of it, for another program", _export)
    export.add_argument("form", nargs="?", choices=("csv", "jsonl"), metavar="csv|jsonl", help="default: csv")
    export.add_argument("--query", default="", metavar="QUERY", help="only what search would find")
    _add_times(export)
    export.add_argument("--source", metavar="NAME", help="of this source alone")


def _verb(
    verbs: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, meaning: str, action: Any
) -> argparse.ArgumentParser:
    parser = verbs.add_parser(name, help=meaning, allow_abbrev=False)
    # Given before the verb or behind it: what is not given here leaves what was given there.
    _add_file(parser, argparse.SUPPRESS)
    parser.add_argument("--json", action="store_true", help="JSON instead of text for people")
    parser.set_defaults(action=lambda arguments: _run(action, arguments))
    return parser


def _add_file(parser: argparse.ArgumentParser, default: str) -> None:
    parser.add_argument(
        "--journal", type=file_path, default=default, metavar="FILE", help=f"the journal (default: {DEFAULT})"
    )


def _add_times(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--since", metavar="TIME", help="begun since 90s, 15m, 2h, 3d ago, or 2026-11-26T15:30")
    parser.add_argument("--until", metavar="TIME", help="begun before such a time")


def _add_limit(parser: argparse.ArgumentParser, default: int) -> None:
    parser.add_argument(
        "--limit", type=int, default=default, metavar="N", help=f"scenes at the most (default: {default})"
    )


def _run(action: Any, arguments: argparse.Namespace) -> int:
    """Run a verb; a query that does not parse is shown with a caret under the place."""
    from edge_runtime.console.caret import pointed
    from edge_runtime.console.validation import check_within
    from edge_runtime.journal.store import Journal

    if "limit" in arguments:
        check_within("--limit", [arguments.limit], 1, _MOST)
    try:
        with Journal.open(Path(arguments.journal), read_only=True) as journal:
            return int(action(journal, arguments) or 0)
    except QueryError as error:
        emit("edge-caption", error)
        log(pointed(error.text, error.place))
        return EXIT_FAILED


def _times(arguments: argparse.Namespace) -> tuple[float | None, float | None]:
    """Return what `--since` and `--until` say, in seconds since 1970."""
    from edge_runtime.journal.moments import moment

    since = None if arguments.since is None else moment("--since", arguments.since)
    until = None if arguments.until is None else moment("--until", arguments.until)
    if since is not None and until is not None and until <= since:
        raise OptionError(f"--until {arguments.until}: not after --since {arguments.since}; exchange them")
    return since, until


def _search(journal: "Journal", arguments: argparse.Namespace) -> None:
    from edge_runtime.journal.text import entry_line

    found = journal.search(arguments.query, *_times(arguments), arguments.source, arguments.limit)
    for entry in found:
        print(json_text(entry.to_dict()) if arguments.json else entry_line(entry, sys.stdout.isatty()))


def _near(journal: "Journal", arguments: argparse.Namespace) -> None:
    times = _times(arguments)
    dimensions = journal.dimensions
    if dimensions is None:
        return
    from edge_runtime.captioner import Captioner
    from edge_runtime.journal.text import entry_line

    features = Captioner.load(arguments.bundle, arguments.variant, abstains=False).encode(arguments.picture).summary
    if features.size != dimensions:
        raise JournalError(
            f"{journal.path}: its scenes were seen by another model ({dimensions} numbers, this one gives {features.size}); "
            "name the bundle that wrote it with --bundle"
        )
    for entry, likeness in journal.near(features, arguments.limit, *times):
        if arguments.json:
            print(json_text({**entry.to_dict(), "likeness": round(likeness, 4)}))
        else:
            print(f"{likeness:.3f}\t{entry_line(entry, sys.stdout.isatty())}")


def _show(journal: "Journal", arguments: argparse.Namespace) -> None:
    from edge_runtime.console.terminal import plain
    from edge_runtime.console.validation import shortened
    from edge_runtime.journal.text import entry_text

    shown = plain(shortened(arguments.id))
    entry = journal.entry(arguments.id)
    if entry is None:
        raise JournalError(f"{journal.path}: no scene {shown}; 'edge-caption journal search' lists them")
    if arguments.picture is not None:
        picture = journal.thumbnail(entry.id)
        if picture is None:
            raise JournalError(f"{journal.path}: scene {shown} has no picture; leave out --picture")
        _write_picture(Path(arguments.picture), picture)
    print(json.dumps(entry.to_dict(), indent=2) if arguments.json else entry_text(entry, sys.stdout.isatty()))


def _write_picture(path: Path, content: bytes) -> None:
    from edge_runtime.files import replacing

    if path.is_dir():
        raise OptionError(f"--picture {path}: a folder; name a file in it")
    try:
        with replacing(path) as file:
            file.write(content)
    except OSError as error:
        raise OptionError(
            f"--picture {path}: cannot be written ({error.strerror or error}); choose another one"
        ) from None


def _stats(journal: "Journal", arguments: argparse.Namespace) -> None:
    from edge_runtime.journal.text import stats_text

    found = journal.stats()
    print(json.dumps(found.to_dict(), indent=2) if arguments.json else stats_text(found))


def _day(journal: "Journal", arguments: argparse.Namespace) -> None:
    from edge_runtime.journal.moments import date
    from edge_runtime.journal.text import day_text

    found = journal.day(date(arguments.date))
    print(json.dumps(found.to_dict(), indent=2) if arguments.json else day_text(found, sys.stdout.isatty()))


def _export(journal: "Journal", arguments: argparse.Namespace) -> None:
    from edge_runtime.journal.export import lines

    if arguments.json and arguments.form == "csv":
        raise OptionError("--json and csv exclude each other; leave one of them out")
    form = "jsonl" if arguments.json else arguments.form or "csv"
    every = journal.every(arguments.query, *_times(arguments), arguments.source)
    for line in lines(every, form):
        print(line)
