"""The files that SQLite keeps for one database, moved and removed together."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

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
