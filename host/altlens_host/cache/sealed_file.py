"""The cache of one profile: look-up keys and envelopes outside, pictures and answers inside."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from altlens_host.cache import entries
from altlens_host.cache.files import remove, set_aside
from altlens_host.cache.sealing import VERSION, Sealer
from altlens_host.cache.store import Limits, Row, Store
from altlens_host.errors import CacheCorruptError, EnvelopeError
from altlens_host.messages import Answer

SUFFIX = ".sqlite3"
CORRUPT = ".corrupt"

_AT_ONCE = 500
_DAY_SECONDS = 86_400


class Verified(NamedTuple):
    """What a full verification found.

    Attributes:
        entries: How many entries were looked at.
        broken: How many of them do not open with the profile's key.
    """

    entries: int
    broken: int


class SealedFile:
    """An open file with its keys. Not safe for two threads at a time."""

    def __init__(self, folder: Path, profile_key: bytes, limits: Limits) -> None:
        """Open the profile's file in a folder, or make it; a damaged one is set aside.

        Raises:
            CacheError: It cannot be used.
        """
        self._sealer = Sealer(profile_key)
        self._limits = limits
        self.path = folder / (self._sealer.name + SUFFIX)
        try:
            self._store = Store(self.path, limits)
        except CacheCorruptError:
            set_aside(self.path, _other_name(self.path))
            raise
        self._inode = self.path.stat().st_ino

    def get(self, picture: bytes, options: Sequence[str]) -> Answer | None:
        """Return the answer for a picture, if it is kept (arguments: `entries.identity`).

        Raises:
            EnvelopeError: The entry was broken; it is no longer there.
        """
        who = entries.identity(picture, options)
        look_up = self._sealer.look_up(who)
        sealed = self._store.get(look_up, _today())
        if sealed is None:
            return None
        try:
            return self._open(Row(look_up, sealed, 0))[1]
        except EnvelopeError:
            if sealed[:1] == bytes([VERSION]):  # of a newer version it may be whole
                self._store.remove(look_up)
            raise

    def put(self, picture: bytes, options: Sequence[str], answer: Answer) -> None:
        """Keep an answer (arguments: `entries.identity`)."""
        who = entries.identity(picture, options)
        look_up = self._sealer.look_up(who)
        sealed = self._sealer.seal(look_up, entries.write(who, answer))
        self._store.put(Row(look_up, sealed, _today()))

    def forget(self, picture: bytes, options: Sequence[str]) -> int:
        """Remove one entry (arguments: `entries.identity`); return how many there were."""
        look_up = self._sealer.look_up(entries.identity(picture, options))
        return self._store.remove(look_up)

    def sweep(self) -> None:
        """Remove what is older than it may be."""
        self._store.sweep(_today())

    def clear(self) -> int:
        """Remove every entry; return how many there were."""
        count, _ = self._store.totals()
        self._store.clear()
        return count

    def stats(self) -> dict[str, int]:
        """Count `entries`, the `bytes` that they take, and the most there may be of both."""
        count, size = self._store.totals()
        most = {"most_entries": self._limits.entries, "most_bytes": self._limits.bytes}
        return {"entries": count, "bytes": size, **most}

    def verify(self, after: bytes) -> tuple[Verified, bytes | None]:
        """Open the next entries.

        Args:
            after: Where the last call ended; empty for the first.

        Returns:
            What was found, and where this call ended; None where nothing was left.
        """
        rows = self._store.rows(after, _AT_ONCE)
        broken = 0
        for row in rows:
            try:
                self._open(row)
            except EnvelopeError:
                broken += 1
        return Verified(len(rows), broken), rows[-1].look_up if rows else None

    def copy(self, other: SealedFile) -> int:
        """Seal every entry that opens for another file too; return how many did."""
        copied = 0
        after = b""
        while rows := self._store.rows(after, _AT_ONCE):
            after = rows[-1].look_up
            made = []
            for row in rows:
                with suppress(EnvelopeError):
                    who, answer = self._open(row)
                    made.append(other._sealed(who, answer, row))
            other._store.add(made)
            copied += len(made)
        return copied

    def close(self) -> None:
        """Close the file."""
        self._store.close()

    def remove(self) -> None:
        """Close the file and remove it."""
        self._store.close()
        remove(self.path)

    def set_aside(self) -> None:
        """Close the file and rename it, as damaged.

        Another host may have done so before, and the name be that of a new file: that one stays.
        """
        self._store.close()
        with suppress(OSError):
            if self.path.stat().st_ino == self._inode:
                set_aside(self.path, _other_name(self.path))

    def _open(self, row: Row) -> tuple[bytes, Answer]:
        who, answer = entries.read(self._sealer.open(row.look_up, row.sealed))
        if self._sealer.look_up(who) != row.look_up:
            raise EnvelopeError("An entry lies under another one's key.")
        return who, answer

    def _sealed(self, who: bytes, answer: Answer, row: Row) -> Row:
        look_up = self._sealer.look_up(who)
        sealed = self._sealer.seal(look_up, entries.write(who, answer))
        return Row(look_up, sealed, row.day, row.used)


def _today() -> int:
    return int(time.time() // _DAY_SECONDS)


def _other_name(path: Path) -> str:
    return f"{path.name}{CORRUPT}-{time.time_ns() // 1_000_000}"
