"""The rows of one profile's cache, in a file of SQLite. It sees look-up keys and envelopes only.

What the file tells without its key: how many answers are kept, roughly how long each is, on which
day each came, and in which order they were last used.

A write that returned survives the end of the process, however it ends. After a loss of power the
last writes may be missing, the file is whole all the same (SQLite, "Write-Ahead Logging", with
synchronous=NORMAL); docs/decisions/0068 says why that is enough here.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from altlens_host.errors import (
    CacheCorruptError,
    CacheError,
    CacheFullError,
    CacheLockedError,
    CacheNewerError,
    CacheOffError,
    CacheReadOnlyError,
)

APPLICATION = 0x616C7463
"""Marks the file as ours (PRAGMA application_id): "altc"."""

SCHEMA = 1
"""The version of the tables (PRAGMA user_version)."""

_AT_ONCE = 64
"""The most rows that one write removes, so that no write takes long."""

_TOUCHES = 256
"""Hits are written down so many at a time; the last ones may be lost."""

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


class Limits(NamedTuple):
    """How much is kept.

    Attributes:
        entries: The most answers.
        bytes: The most bytes that they take together; the file is somewhat larger.
        days: How many days an answer is kept.
        busy_seconds: How long to wait for another host that writes.
    """

    entries: int = 200_000
    bytes: int = 128 * 1024 * 1024
    days: int = 180
    busy_seconds: float = 2.0


class Row(NamedTuple):
    """One row.

    Attributes:
        look_up: The key that it is found by, 32 bytes.
        sealed: The envelope.
        day: When it was written, in days since 1970-01-01.
        used: A number that is larger for what was used later.
    """

    look_up: bytes
    sealed: bytes
    day: int
    used: int = 0


class Store:
    """An open file. Not safe for two threads at a time; safe for several processes."""

    def __init__(self, path: Path, limits: Limits) -> None:
        """Open the file, or make it.

        Raises:
            CacheError: It cannot be used.
        """
        self._limits = limits
        self._touched: dict[bytes, None] = {}
        with _translated():
            self._db = sqlite3.connect(
                path,
                timeout=limits.busy_seconds,
                isolation_level=None,
                check_same_thread=False,
            )
            try:
                self._prepare()
            except BaseException:
                self._db.close()
                raise

    def get(self, look_up: bytes, today: int) -> bytes | None:
        """Return the envelope in a row, and count it as used now.

        Args:
            look_up: The row's key.
            today: Days since 1970-01-01; a row past its days is not found.
        """
        with _translated():
            found = self._db.execute(
                "SELECT sealed FROM entry WHERE look_up = ? AND day >= ?",
                (look_up, today - self._limits.days),
            ).fetchone()
            if found is None:
                return None
            self._touched.pop(look_up, None)
            self._touched[look_up] = None
        if len(self._touched) >= _TOUCHES:
            self._forget_or_write_touches()
        return _bytes(found[0])

    def put(self, row: Row) -> None:
        """Write a row as the last one used, then remove some that are too many or too old."""
        with _translated(), self._transaction():
            self._write_touches()
            self._db.execute("DELETE FROM entry WHERE look_up = ?", (row.look_up,))
            self._db.execute(
                "INSERT INTO entry VALUES (?, ?, ?, ?)",
                (row.look_up, row.sealed, self._next(), row.day),
            )
            self._shrink(row.day)

    def remove(self, look_up: bytes) -> int:
        """Remove a row, if it is there; return how many were removed."""
        with _translated(), self._transaction():
            return self._db.execute("DELETE FROM entry WHERE look_up = ?", (look_up,)).rowcount

    def sweep(self, today: int) -> None:
        """Remove every row past its days, some at a time: others may write in between."""
        removed = _AT_ONCE
        while removed == _AT_ONCE:
            with _translated(), self._transaction():
                removed = self._remove_old(today)

    def clear(self) -> None:
        """Remove every row, also from the parts of the file that are no longer used."""
        with _translated():
            self._touched.clear()
            with self._transaction():
                self._db.execute("DELETE FROM entry")
            self._db.execute("VACUUM")
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def totals(self) -> tuple[int, int]:
        """Return the number of rows, and the bytes that they take."""
        with _translated():
            found = self._db.execute("SELECT entries, bytes FROM total").fetchone()
        return int(found[0]), int(found[1])

    def rows(self, after: bytes, most: int) -> list[Row]:
        """Return the next rows in the order of their keys."""
        with _translated():
            found = self._db.execute(
                "SELECT look_up, sealed, day, used FROM entry"
                " WHERE look_up > ? ORDER BY look_up LIMIT ?",
                (after, most),
            ).fetchall()
        return [Row(_bytes(row[0]), _bytes(row[1]), int(row[2]), int(row[3])) for row in found]

    def add(self, rows: list[Row]) -> None:
        """Write rows as they are, but none that is there already."""
        with _translated(), self._transaction():
            self._db.executemany(
                "INSERT INTO entry VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
                [(row.look_up, row.sealed, row.used, row.day) for row in rows],
            )

    def close(self) -> None:
        """Close the file, and write down the order of the last hits where that works."""
        self._forget_or_write_touches()
        with suppress(sqlite3.Error):
            self._db.close()

    def _prepare(self) -> None:
        """Set the connection up; wait for another host that does the same with a new file.

        SQLite itself does not wait where two want to write the file's first page at one time:
        of PRAGMA journal_mode it says at once that the file is busy.
        """
        until = time.monotonic() + self._limits.busy_seconds
        while True:
            try:
                self._set_up()
                return
            except sqlite3.OperationalError as error:
                busy = error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
                if not busy or time.monotonic() > until:
                    raise
            time.sleep(_PAUSE_SECONDS)

    def _set_up(self) -> None:
        db = self._db
        with self._transaction("DEFERRED"):  # another host may be making the tables just now
            version = self._version()
        if version > SCHEMA:
            raise CacheNewerError("A newer altlens made the cache's file.")
        db.execute("PRAGMA secure_delete = ON")
        db.execute("PRAGMA cache_size = -1024")
        (mode,) = db.execute("PRAGMA journal_mode = WAL").fetchone()
        # Without shared memory (some network folders) there is no WAL, and NORMAL can then
        # damage the file when the power goes.
        db.execute(f"PRAGMA synchronous = {'NORMAL' if mode == 'wal' else 'FULL'}")
        if version == 0:
            with self._transaction():
                if self._version() == 0:
                    self._make()

    def _version(self) -> int:
        """Return the version of the tables; 0 for a new file.

        Raises:
            CacheCorruptError: It is a database, but none of ours.
        """
        (version,) = self._db.execute("PRAGMA user_version").fetchone()
        (application,) = self._db.execute("PRAGMA application_id").fetchone()
        (tables,) = self._db.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if application != APPLICATION and (application or version or tables):
            raise CacheCorruptError("The cache's file is another program's.")
        return int(version)

    def _make(self) -> None:
        statement = ""
        for line in _TABLES.splitlines():
            statement += line + "\n"
            if sqlite3.complete_statement(statement):
                self._db.execute(statement)
                statement = ""
        self._db.execute(f"PRAGMA application_id = {APPLICATION}")
        self._db.execute(f"PRAGMA user_version = {SCHEMA}")

    def _next(self) -> int:
        (last,) = self._db.execute("SELECT max(used) FROM entry").fetchone()
        return 1 if last is None else int(last) + 1

    def _shrink(self, today: int) -> None:
        self._remove_old(today)
        for _ in range(_AT_ONCE):
            entries, size = self._db.execute("SELECT entries, bytes FROM total").fetchone()
            if entries <= self._limits.entries and size <= self._limits.bytes:
                return
            self._db.execute(
                "DELETE FROM entry WHERE look_up ="
                " (SELECT look_up FROM entry ORDER BY used LIMIT 1)"
            )

    def _remove_old(self, today: int) -> int:
        return self._db.execute(
            "DELETE FROM entry WHERE look_up IN"
            " (SELECT look_up FROM entry WHERE day < ? ORDER BY day LIMIT ?)",
            (today - self._limits.days, _AT_ONCE),
        ).rowcount

    def _forget_or_write_touches(self) -> None:
        """Write down the order of the last hits; no hit fails or waits for it."""
        with suppress(sqlite3.Error):
            self._db.execute("PRAGMA busy_timeout = 0")
            with self._transaction():
                self._write_touches()
        self._touched.clear()
        with suppress(sqlite3.Error):
            self._db.execute(f"PRAGMA busy_timeout = {int(self._limits.busy_seconds * 1000)}")

    def _write_touches(self) -> None:
        if self._touched:
            start = self._next()
            self._db.executemany(
                "UPDATE entry SET used = ? WHERE look_up = ?",
                [(start + at, look_up) for at, look_up in enumerate(self._touched)],
            )
            self._touched.clear()

    @contextmanager
    def _transaction(self, kind: str = "IMMEDIATE") -> Iterator[None]:
        self._db.execute(f"BEGIN {kind}")
        try:
            yield
            self._db.execute("COMMIT")
        except BaseException:
            with suppress(sqlite3.Error):  # some errors have rolled back already
                self._db.execute("ROLLBACK")
            raise


_PARTS = ("-wal", "-shm", "")
"""The ends of the names of the log, its index and the file itself, in the order to move them in:
a new file must not find the log of the old one."""


def set_aside(path: Path, name: str) -> None:
    """Rename a file, with what belongs to it, to another name in the same folder."""
    for end in _PARTS:
        with suppress(FileNotFoundError):
            path.with_name(path.name + end).replace(path.with_name(name + end))


def remove(path: Path) -> None:
    """Remove a file, with what belongs to it."""
    for end in _PARTS:
        path.with_name(path.name + end).unlink(missing_ok=True)


def _bytes(value: object) -> bytes:
    """Return what a column holds; SQLite puts anything anywhere, and the file may be forged."""
    if not isinstance(value, bytes):
        raise CacheCorruptError("A column holds no bytes.")
    return value


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", -1) & 0xFF  # the primary result code
        kind = _KINDS.get(code, CacheOffError)
        name = getattr(error, "sqlite_errorname", type(error).__name__)
        raise kind(f"SQLite says {name}.") from None


_KINDS: dict[int, type[CacheError]] = {
    sqlite3.SQLITE_BUSY: CacheLockedError,
    sqlite3.SQLITE_LOCKED: CacheLockedError,
    sqlite3.SQLITE_PROTOCOL: CacheLockedError,
    sqlite3.SQLITE_READONLY: CacheReadOnlyError,
    sqlite3.SQLITE_CANTOPEN: CacheReadOnlyError,
    sqlite3.SQLITE_PERM: CacheReadOnlyError,
    sqlite3.SQLITE_FULL: CacheFullError,
    sqlite3.SQLITE_IOERR: CacheFullError,
    sqlite3.SQLITE_CORRUPT: CacheCorruptError,
    sqlite3.SQLITE_NOTADB: CacheCorruptError,
    sqlite3.SQLITE_CONSTRAINT: CacheCorruptError,
    sqlite3.SQLITE_MISMATCH: CacheCorruptError,
    sqlite3.SQLITE_ERROR: CacheCorruptError,  # a table or a column that is not there
}
"""What SQLite's primary result codes mean here."""
