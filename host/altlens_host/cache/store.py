"""The rows of one profile's cache, in a file of SQLite. It sees look-up keys and envelopes only.

What the file tells without its key: how many answers are kept, roughly how long each is, on which
day each came, and in which order they were last used.

A write that returned survives the end of the process, however it ends. After a loss of power the
last writes may be missing, the file is whole all the same (SQLite, "Write-Ahead Logging", with
synchronous=NORMAL); docs/decisions/0068 says why that is enough here.
"""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from altlens_host.cache.database import prepare, transaction
from altlens_host.cache.faults import translated
from altlens_host.errors import CacheCorruptError

_AT_ONCE = 64
"""The most rows that one write removes, so that no write takes long."""

_TOUCHES = 256
"""Hits are written down so many at a time; the last ones may be lost."""


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
        with translated():
            self._db = sqlite3.connect(
                path,
                timeout=limits.busy_seconds,
                isolation_level=None,
                check_same_thread=False,
            )
            try:
                prepare(self._db, limits.busy_seconds)
            except BaseException:
                self._db.close()
                raise

    def get(self, look_up: bytes, today: int) -> bytes | None:
        """Return the envelope in a row, and count it as used now.

        Args:
            look_up: The row's key.
            today: Days since 1970-01-01; a row past its days is not found.
        """
        with translated():
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
        with translated(), transaction(self._db):
            self._write_touches()
            self._db.execute("DELETE FROM entry WHERE look_up = ?", (row.look_up,))
            self._db.execute(
                "INSERT INTO entry VALUES (?, ?, ?, ?)",
                (row.look_up, row.sealed, self._next(), row.day),
            )
            self._shrink(row.day)

    def remove(self, look_up: bytes) -> int:
        """Remove a row, if it is there; return how many were removed."""
        with translated(), transaction(self._db):
            return self._db.execute("DELETE FROM entry WHERE look_up = ?", (look_up,)).rowcount

    def sweep(self, today: int) -> None:
        """Remove every row past its days, some at a time: others may write in between."""
        removed = _AT_ONCE
        while removed == _AT_ONCE:
            with translated(), transaction(self._db):
                removed = self._remove_old(today)

    def clear(self) -> None:
        """Remove every row, also from the parts of the file that are no longer used."""
        with translated():
            self._touched.clear()
            with transaction(self._db):
                self._db.execute("DELETE FROM entry")
            self._db.execute("VACUUM")
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def totals(self) -> tuple[int, int]:
        """Return the number of rows, and the bytes that they take."""
        with translated():
            found = self._db.execute("SELECT entries, bytes FROM total").fetchone()
        return int(found[0]), int(found[1])

    def rows(self, after: bytes, most: int) -> list[Row]:
        """Return the next rows in the order of their keys."""
        with translated():
            found = self._db.execute(
                "SELECT look_up, sealed, day, used FROM entry"
                " WHERE look_up > ? ORDER BY look_up LIMIT ?",
                (after, most),
            ).fetchall()
        return [Row(_bytes(row[0]), _bytes(row[1]), int(row[2]), int(row[3])) for row in found]

    def add(self, rows: list[Row]) -> None:
        """Write rows as they are, but none that is there already."""
        with translated(), transaction(self._db):
            self._db.executemany(
                "INSERT INTO entry VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
                [(row.look_up, row.sealed, row.used, row.day) for row in rows],
            )

    def close(self) -> None:
        """Close the file, and write down the order of the last hits where that works."""
        self._forget_or_write_touches()
        with suppress(sqlite3.Error):
            self._db.close()

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
            with transaction(self._db):
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


def _bytes(value: object) -> bytes:
    """Return what a column holds; SQLite puts anything anywhere, and the file may be forged."""
    if not isinstance(value, bytes):
        raise CacheCorruptError("A column holds no bytes.")
    return value
