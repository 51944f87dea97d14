"""What SQLite refuses, in the words of the error tree."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from altlens_host.errors import (
    CacheCorruptError,
    CacheError,
    CacheFullError,
    CacheLockedError,
    CacheOffError,
    CacheReadOnlyError,
)


@contextmanager
def translated() -> Iterator[None]:
    """Raise what SQLite says as one of the cache's errors.

    Raises:
        CacheError: Of the kind that fits.
    """
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
