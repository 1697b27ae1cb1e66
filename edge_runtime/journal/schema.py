"""The tables of a journal, and whether a database is one.

place     a source and a zone, by number
event     a scene; its key is the millisecond in which it began, and 8 bits that tell apart those of the same one, so that keys sort by time
picture   of each, a small JPEG
alert     rules that alerted
word      all words that were ever said, for prefixes
words     the index of the sentences (FTS5), which are not stored twice; each has its place as a word of its own column
vector    features, float16, numbered as they came
sketch    features by the thousands as a bit a dimension, see `likeness.py`
space     what sketches are made with
"""

import sqlite3

from edge_runtime.journal.tokens import MARKS

APPLICATION = 0x45634A6C
"""Tells SQLite's files apart (`PRAGMA application_id`): `EcJl`."""
VERSION = 1
"""Of the tables, `PRAGMA user_version`."""

_TABLES = f"""
CREATE TABLE place (number INTEGER PRIMARY KEY, source TEXT NOT NULL, zone TEXT NOT NULL, UNIQUE (source, zone));
CREATE TABLE event (
    key INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    place INTEGER NOT NULL REFERENCES place,
    started_at REAL NOT NULL,
    last_at REAL NOT NULL,
    ended_at REAL,
    text TEXT NOT NULL,
    shown TEXT,
    words TEXT,
    terms TEXT,
    confidence REAL,
    abstained TEXT NOT NULL,
    hedged INTEGER NOT NULL,
    language TEXT NOT NULL,
    further TEXT,
    failure TEXT NOT NULL,
    slot INTEGER
);
CREATE INDEX event_open ON event (key) WHERE ended_at IS NULL;
CREATE TABLE picture (key INTEGER PRIMARY KEY, jpeg BLOB NOT NULL);
CREATE TABLE alert (key INTEGER NOT NULL, at REAL NOT NULL, rule TEXT NOT NULL, PRIMARY KEY (key, at, rule)) WITHOUT ROWID;
CREATE TABLE word (word TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE VIRTUAL TABLE words USING fts5 (
    terms, place, content = '', tokenize = "porter unicode61 remove_diacritics 2 {MARKS}"
);
CREATE TABLE vector (slot INTEGER PRIMARY KEY, key INTEGER NOT NULL, numbers BLOB NOT NULL);
CREATE TABLE sketch (
    first INTEGER NOT NULL, dimensions INTEGER NOT NULL, bits BLOB NOT NULL, keys BLOB NOT NULL, PRIMARY KEY (first, dimensions)
);
CREATE TABLE space (dimensions INTEGER PRIMARY KEY, centre BLOB NOT NULL, planes BLOB NOT NULL);
"""


def is_new(connection: sqlite3.Connection) -> bool:
    """Return whether nothing has been written to a database yet."""
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    return bool(application == 0 and tables == 0)


def refusal(connection: sqlite3.Connection) -> str:
    """Return why a database is no journal that this version can read, with the remedy; empty where it is one."""
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    if application != APPLICATION:
        return "a database of another program, no journal; name another file"
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > VERSION:
        return f"a journal of a newer edge-caption (version {version}, this one reads {VERSION}); update this one, or name another file"
    return ""


def make(connection: sqlite3.Connection) -> None:
    """Make the tables, all of them or none.

    Args:
        connection: To a new database, without a transaction.
    """
    connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("BEGIN IMMEDIATE")
    if is_new(connection):
        for statement in _TABLES.split(";\n"):
            connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {APPLICATION}")
        connection.execute(f"PRAGMA user_version = {VERSION}")
    connection.execute("COMMIT")
