"""The tables of a cache's file, and how a connection to them is set up."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from altlens_host.errors import CacheCorruptError, CacheNewerError

APPLICATION = 0x616C7463
"""Marks the file as ours (PRAGMA application_id): "altc"."""

SCHEMA = 1
"""The version of the tables (PRAGMA user_version)."""

_PAUSE_SECONDS = 0.01

_TABLES = """
CREATE TABLE entry (
    look_up BLOB PRIMARY KEY,
    sealed BLOB NOT NULL,
    used INTEGER NOT NULL,
    day INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX entry_used ON entry (used);
CREATE INDEX entry_day ON entry (day);
CREATE TABLE total (entries INTEGER NOT NULL, bytes INTEGER NOT NULL);
INSERT INTO total VALUES (0, 0);
CREATE TRIGGER entry_added AFTER INSERT ON entry BEGIN
    UPDATE total SET entries = entries + 1,
                     bytes = bytes + length(new.sealed) + 130;
END;
CREATE TRIGGER entry_removed AFTER DELETE ON entry BEGIN
    UPDATE total SET entries = entries - 1,
                     bytes = bytes - length(old.sealed) - 130;
END;
"""
"""130 bytes: what a row takes besides its envelope, with its look-up key also in two indexes."""


def prepare(db: sqlite3.Connection, busy_seconds: float) -> None:
    """Set the connection up; wait for another host that does the same with a new file.

    SQLite itself does not wait where two want to write the file's first page at one time:
    of PRAGMA journal_mode it says at once that the file is busy.

    Raises:
        CacheNewerError: A newer altlens made the file.
        CacheCorruptError: It is a database, but none of ours.
        sqlite3.Error: It cannot be used.
    """
    until = time.monotonic() + busy_seconds
    while True:
        try:
            _set_up(db)
            return
        except sqlite3.OperationalError as error:
            busy = error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
            if not busy or time.monotonic() > until:
                raise
        time.sleep(_PAUSE_SECONDS)


def _set_up(db: sqlite3.Connection) -> None:
    with transaction(db, "DEFERRED"):  # another host may be making the tables just now
        version = _version(db)
    if version > SCHEMA:
        raise CacheNewerError("A newer altlens made the cache's file.")
    db.execute("PRAGMA secure_delete = ON")
    db.execute("PRAGMA cache_size = -1024")
    (mode,) = db.execute("PRAGMA journal_mode = WAL").fetchone()
    # Without shared memory (some network folders) there is no WAL, and NORMAL can then
    # damage the file when the power goes.
    db.execute(f"PRAGMA synchronous = {'NORMAL' if mode == 'wal' else 'FULL'}")
    if version == 0:
        with transaction(db):
            if _version(db) == 0:
                _make(db)


def _version(db: sqlite3.Connection) -> int:
    """Return the version of the tables; 0 for a new file.

    Raises:
        CacheCorruptError: It is a database, but none of ours.
    """
    (version,) = db.execute("PRAGMA user_version").fetchone()
    (application,) = db.execute("PRAGMA application_id").fetchone()
    (tables,) = db.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if application != APPLICATION and (application or version or tables):
        raise CacheCorruptError("The cache's file is another program's.")
    return int(version)


def _make(db: sqlite3.Connection) -> None:
    statement = ""
    for line in _TABLES.splitlines():
        statement += line + "\n"
        if sqlite3.complete_statement(statement):
            db.execute(statement)
            statement = ""
    db.execute(f"PRAGMA application_id = {APPLICATION}")
    db.execute(f"PRAGMA user_version = {SCHEMA}")


@contextmanager
def transaction(db: sqlite3.Connection, kind: str = "IMMEDIATE") -> Iterator[None]:
    """Do everything that is done meanwhile, or nothing of it."""
    db.execute(f"BEGIN {kind}")
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):  # some errors have rolled back already
            db.execute("ROLLBACK")
        raise
