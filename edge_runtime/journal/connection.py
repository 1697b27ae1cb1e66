"""A connection to a journal's file, and what SQLite says of it as sentences."""

import contextlib
import errno
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from edge_runtime.errors import JournalError, JournalNotFoundError
from edge_runtime.journal.schema import is_new, make, refusal

_PATIENCE = 5.0
"""Seconds that another connection may hold a lock for."""
_CACHE = 4000
"""Kilobytes of pages that a connection keeps; the system's own cache holds the rest."""
_LOG_PAGES = 1000
"""After so many pages the write-ahead log is copied into the file."""
LOG_BYTES = 4_200_000
"""Of that log, and what is left of its own file after that."""
_CLOSED = (
    "cannot be opened here; check the permissions of the file and of its folder, which has to take files beside it"
)
_FULL = "the disk is full; make room on it and start again"
_EMPTY = "no journal: nothing has been written to it; name another file"


def connect(path: Path, create: bool, read_only: bool) -> sqlite3.Connection:
    """Open a journal.

    Args:
        path: Its file.
        create: Make it where there is none.
        read_only: Change nothing; goes on beside a writer.

    Raises:
        JournalNotFoundError: There is none.
        JournalError: It is no journal, a newer one, damaged, or cannot be read or written.
    """
    with failures(path):
        _check_path(path, create)
        connection = _open(path, read_only)
        try:
            _prepare(connection, path, create, read_only)
        except BaseException:
            connection.close()
            raise
        return connection


def check(path: Path, create: bool) -> None:
    """See whether a journal could be opened to be written, and leave nothing behind.

    Args:
        path: Its file.
        create: Whether it may have to be made.

    Raises:
        JournalNotFoundError, JournalError: As for `connect`.
    """
    with failures(path):
        _check_path(path, create)
        if path.exists() and path.stat().st_size:
            connect(path, create=False, read_only=True).close()
    if not os.access(path.parent, os.W_OK) or (path.exists() and not os.access(path, os.W_OK)):
        raise JournalError(f"{path}: {_CLOSED}")


def _check_path(path: Path, create: bool) -> None:
    if path.is_dir():
        raise JournalError(f"{path}: a folder; name a file in it")
    if path.exists():
        return
    if not path.parent.is_dir():
        raise JournalNotFoundError(f"{path}: its folder does not exist; make it first")
    if not create:
        raise JournalNotFoundError(
            f"{path}: no such journal; 'edge-caption live --journal {path}' writes one, --journal names another"
        )


def _open(path: Path, read_only: bool) -> sqlite3.Connection:
    written = all(os.access(place, os.W_OK) for place in (path, path.parent) if place.exists())
    # A reader that could write takes away the files beside the journal when it is the last one to close it; SQLite's own way to read
    # only leaves them there. On a card that cannot be written SQLite has to be promised that nothing changes meanwhile.
    alone = not written and not path.with_name(f"{path.name}-wal").exists()
    mode = "rwc" if not read_only else "rw" if written else "ro&immutable=1" if alone else "ro"
    address = f"{path.absolute().as_uri()}?mode={mode}"
    return sqlite3.connect(address, _PATIENCE, isolation_level=None, check_same_thread=False, uri=True)


def _prepare(connection: sqlite3.Connection, path: Path, create: bool, read_only: bool) -> None:
    if is_new(connection):
        if read_only or not create:
            raise JournalError(f"{path}: {_EMPTY}")
        make(connection)
    wrong = refusal(connection)
    if wrong:
        raise JournalError(f"{path}: {wrong}")
    connection.execute(f"PRAGMA cache_size = -{_CACHE}")
    connection.execute("PRAGMA temp_store = MEMORY")
    if read_only:
        connection.execute("PRAGMA query_only = ON")
        return
    # The log is synced before it is copied into the file: a power cut leaves a database that is whole.
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute(f"PRAGMA wal_autocheckpoint = {_LOG_PAGES}")
    connection.execute(f"PRAGMA journal_size_limit = {LOG_BYTES}")
    connection.execute("PRAGMA secure_delete = FAST")


@contextlib.contextmanager
def failures(path: Path) -> Iterator[None]:
    """What SQLite or the system refuses within becomes a sentence.

    Raises:
        JournalError: It refused something.
    """
    try:
        yield
    except JournalError:
        raise
    except sqlite3.Error as error:
        raise JournalError(f"{path}: {_sentence(error)}") from None
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise JournalError(f"{path}: {_FULL}") from None
        reason = error.strerror or error
        raise JournalError(f"{path}: cannot be used ({reason}); check the path and its permissions") from None


def _sentence(error: sqlite3.Error) -> str:
    name = getattr(error, "sqlite_errorname", "")
    told = str(error)
    if name.startswith("SQLITE_FULL") or told == "database or disk is full":
        return _FULL
    if name == "SQLITE_NOTADB":
        return "no journal, but another kind of file; name another one"
    if name.startswith("SQLITE_CORRUPT") or told == "database disk image is malformed":
        return "damaged; move it away and a new one is begun, or try 'sqlite3 FILE .recover' on it"
    if name.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM")):
        return _CLOSED
    if told == "no such module: fts5":
        return (
            "this program's SQLite has no full-text search (FTS5); where TensorFlow is loaded too, which brings an SQLite of its own, "
            "import sqlite3 before it"
        )
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return "another program keeps it locked; end that program"
    return f"SQLite cannot go on with it ({told}); check the disk"
