"""What can be said and done about the caches without any key: for the altlens command.

Files are opened for reading only, so that a look changes no answer, whoever uses them meanwhile.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

from altlens_host.cache.database import APPLICATION, SCHEMA
from altlens_host.cache.entries import IDENTITY_BYTES, PADDING
from altlens_host.cache.files import remove
from altlens_host.cache.sealed_file import CORRUPT, SUFFIX
from altlens_host.cache.sealing import LOOK_UP_BYTES, OVERHEAD, VERSION
from altlens_host.cache.store import Limits, Store
from altlens_host.errors import CacheError, CacheLockedError

_MOST_FAULTS = 5
"""How many of the faults that SQLite itself finds are named."""


class Found(NamedTuple):
    """One profile's file.

    Attributes:
        path: The file.
        entries: How many answers are kept in it; None where that cannot be read.
        size: How many bytes it takes on the disk, with what belongs to it.
        aside: Whether it was set aside as damaged.
    """

    path: Path
    entries: int | None
    size: int
    aside: bool


def every(folder: Path) -> list[Found]:
    """Return the files in the folder of the caches, those set aside last; none if there is none.

    Raises:
        OSError: The folder cannot be read.
    """
    if not folder.exists():
        return []
    aside = sorted(path for path in folder.glob(f"*{SUFFIX}{CORRUPT}-*") if _is_main(path))
    used = sorted(folder.glob(f"*{SUFFIX}"))
    sizes = {path: _size(path) for path in (*used, *aside)}  # to count makes files for a while
    return [
        *(Found(path, _count(path), sizes[path], False) for path in used),
        *(Found(path, None, sizes[path], True) for path in aside),
    ]


def faults(path: Path) -> list[str]:
    """Examine all that can be examined without the key.

    Returns:
        One sentence for each fault; empty where the file is sound.
    """
    try:
        with _reading(path) as db:
            return [*_sqlite_faults(db), *_our_faults(db)]
    except sqlite3.Error as error:
        return [f"SQLite says {getattr(error, 'sqlite_errorname', type(error).__name__)}."]


def clear(found: Found) -> None:
    """Remove every answer in a file, whichever profile's; what is no cache is removed whole.

    A host that has the file open goes on with an empty one.

    Raises:
        CacheLockedError: Another program holds the file.
        OSError: It cannot be removed.
    """
    if not found.aside:
        try:
            store = Store(found.path, Limits())
            try:
                store.clear()
            finally:
                store.close()
            return
        except CacheLockedError:
            raise
        except CacheError:  # damaged, or a newer altlens's: its owner wants it away all the same
            pass
    remove(found.path)


def _is_main(path: Path) -> bool:
    return not path.name.endswith(("-wal", "-shm"))


def _size(path: Path) -> int:
    parts = [path.with_name(path.name + end) for end in ("", "-wal", "-shm")]
    return sum(part.stat().st_size for part in parts if part.exists())


def _count(path: Path) -> int | None:
    try:
        with _reading(path) as db:
            (entries,) = db.execute("SELECT count(*) FROM entry").fetchone()
            return int(entries)
    except sqlite3.Error:
        return None


@contextmanager
def _reading(path: Path) -> Iterator[sqlite3.Connection]:
    address = f"{path.resolve().as_uri()}?mode=ro"
    with closing(sqlite3.connect(address, uri=True, timeout=2)) as db:
        yield db


def _sqlite_faults(db: sqlite3.Connection) -> list[str]:
    said = db.execute(f"PRAGMA integrity_check({_MOST_FAULTS})").fetchall()
    return [f"SQLite says: {line}." for (line,) in said if line != "ok"]


def _our_faults(db: sqlite3.Connection) -> Iterator[str]:
    marks = [
        db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version")
    ]
    if marks[0] == APPLICATION and marks[1] > SCHEMA:
        yield "A newer altlens made it."
        return
    if marks != [APPLICATION, SCHEMA]:
        yield f"It is no cache of this altlens (marks {marks})."
        return
    (misshapen,) = db.execute(
        "SELECT count(*) FROM entry WHERE typeof(look_up) != 'blob' OR typeof(sealed) != 'blob'"
        " OR length(look_up) != ? OR substr(sealed, 1, 1) != ?"
        " OR length(sealed) <= ? OR (length(sealed) - ?) % ? != 0",
        (LOOK_UP_BYTES, bytes([VERSION]), OVERHEAD + IDENTITY_BYTES, OVERHEAD, PADDING),
    ).fetchone()
    if misshapen:
        yield f"{misshapen} entries are no envelopes of this version."
    counted = db.execute("SELECT count(*) FROM entry").fetchone()
    total = db.execute("SELECT entries FROM total").fetchone()
    if counted != total:
        yield f"It has {counted[0]} entries, and {total and total[0]} are noted down."
