"""The cache that the service uses: never fatal.

Nothing is imported, opened or written before the profile's key is there. What goes wrong with the
file turns the cache off for a while, is warned of once, and costs no caption.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from altlens_host.errors import (
    CacheCorruptError,
    CacheError,
    CacheLockedError,
    CacheOffError,
    EnvelopeError,
)

if TYPE_CHECKING:
    from altlens_host.cache.sealed_file import SealedFile, Verified
    from altlens_host.cache.store import Limits
    from altlens_host.messages import Answer

T = TypeVar("T")

_RETRY_SECONDS = 60.0
"""How long the cache stays off after its file failed."""

_GET_SECONDS = 0.25
_PUT_SECONDS = 2.0
"""How long a caption waits for another thread, for example while the file is being opened: the
one that looks up keeps the browser waiting, the one that writes keeps a worker."""


class SealedCache:
    """The cache of one profile at a time. Safe for several threads."""

    def __init__(
        self,
        folder: Callable[[], Path],
        warn: Callable[[CacheError], None] = lambda _: None,
        limits: Limits | None = None,
    ) -> None:
        """Wait for the key.

        Args:
            folder: Returns the folder of the files, ready to be used; raises CacheError.
            warn: Is told of each kind of trouble once.
            limits: How much is kept; None for the usual.
        """
        self._folder = folder
        self._warn = warn
        self._limits = limits
        self._days: int | None = None
        self._lock = threading.RLock()
        self._key: bytes | None = None
        self._file: SealedFile | None = None
        self._trouble: CacheError | None = None
        self._retry = 0.0
        self._warned: set[int] = set()

    def unlock(self, profile_key: bytes, keep_days: int | None = None) -> None:
        """Use the cache of a profile from now on.

        The file is opened in the background: the welcome need not wait for it, and the first
        picture finds it open. What is too old by then is removed.

        Args:
            profile_key: The key.
            keep_days: For how many days answers are kept; None for the usual.
        """
        with self._lock:
            if profile_key != self._key or keep_days != self._days:
                self._leave()
                self._key, self._days, self._trouble = profile_key, keep_days, None
        threading.Thread(target=self._open_early, daemon=True).start()

    def get(self, picture: bytes, options: Sequence[str]) -> Answer | None:
        """Return the answer for a picture, if it is kept.

        Args:
            picture: The digest of its bytes.
            options: All else that the answer depends on, in a fixed order.
        """
        with suppress(CacheError):
            return self._run(lambda file: file.get(picture, options), _GET_SECONDS)
        return None

    def put(self, picture: bytes, options: Sequence[str], answer: Answer) -> None:
        """Keep an answer; where that works, it survives the end of the process from now on."""
        with suppress(CacheError):
            self._run(lambda file: file.put(picture, options, answer), _PUT_SECONDS)

    def state(self) -> dict[str, Any]:
        """Say how the cache is: `state` is off (no key), closed, open or failed."""
        trouble = self._trouble
        if self._key is None:
            state = "off"
        elif trouble is not None:
            state = "failed"
        else:
            state = "closed" if self._file is None else "open"
        return {"state": state, "error": trouble and trouble.code}

    def stats(self) -> dict[str, int]:
        """Count: `entries`, the `bytes` that they take, and the most there may be of both.

        Raises:
            CacheError: There is no cache, or its file cannot be used.
        """
        return self._run(lambda file: file.stats())

    def clear(self) -> dict[str, int]:
        """Remove every entry of this profile; say how many were `removed`.

        Raises:
            CacheError: There is no cache, or its file cannot be used.
        """
        return {"removed": self._run(lambda file: file.clear())}

    def forget(self, picture: bytes, options: Sequence[str]) -> dict[str, int]:
        """Remove one entry (arguments: `get`); say how many were `removed`.

        Raises:
            CacheError: There is no cache, or its file cannot be used.
        """
        return {"removed": self._run(lambda file: file.forget(picture, options))}

    def verify(self) -> dict[str, int]:
        """Open every entry with the key; say how many `entries` there are, and how many `broken`.

        Captions may use the cache meanwhile.

        Raises:
            CacheError: There is no cache, or its file cannot be used.
        """
        after: bytes | None = b""
        entries = broken = 0

        def next_ones(file: SealedFile) -> tuple[Verified, bytes | None]:
            return file.verify(after or b"")

        while after is not None:
            found, after = self._run(next_ones)
            entries += found.entries
            broken += found.broken
        return {"entries": entries, "broken": broken}

    def rotate(self, profile_key: bytes) -> dict[str, int]:
        """Seal every entry anew under another key, which is used from now on.

        Broken off at any point it can be done again: the old file stays until all is copied.

        Args:
            profile_key: The new key.

        Returns:
            `entries`: how many there are under the new key.

        Raises:
            CacheError: There is no cache, or a file cannot be used.
        """
        with self._lock:
            if profile_key != self._key:
                made = self._run(lambda old: self._copied(old, profile_key))
                self._file, self._key = made, profile_key
            return {"entries": self.stats()["entries"]}

    def _copied(self, old: SealedFile, profile_key: bytes) -> SealedFile:
        made: SealedFile | None = None
        try:
            made = self._opened(profile_key)
            old.copy(made)
        except CacheCorruptError:  # of which file? The old one speaks for itself, when next used
            if made is not None:
                made.set_aside()
            raise CacheOffError("The key could not be changed.") from None
        except BaseException:
            if made is not None:
                made.close()
            raise
        old.remove()
        return made

    def _open_early(self) -> None:
        with suppress(CacheError):
            self._run(lambda file: file.sweep())

    def _run(self, action: Callable[[SealedFile], T], patience: float = -1) -> T:
        """Do something with the open file, which is opened first if need be.

        Args:
            action: What to do.
            patience: How many seconds to wait for another thread; -1 for as long as it takes.

        Raises:
            CacheError: There is none, or it failed; the cache is then off for a while.
        """
        with self._held(patience):
            if self._key is None:
                raise CacheOffError("The client gave no profile key.")
            if self._trouble is not None and time.monotonic() < self._retry:
                raise self._trouble
            try:
                if self._file is None:
                    self._file = self._opened(self._key)
                    self._trouble = None
                return action(self._file)
            except Exception as error:  # not even a fault of ours may cost a caption
                raise self._noticed(error) from None

    @contextmanager
    def _held(self, patience: float) -> Iterator[None]:
        if not self._lock.acquire(timeout=patience):
            raise CacheLockedError("Another thread uses the cache.")
        try:
            yield
        finally:
            self._lock.release()

    def _opened(self, profile_key: bytes) -> SealedFile:
        # cryptography and SQLite take milliseconds and megabytes: not before there is a key.
        from altlens_host.cache.sealed_file import SealedFile
        from altlens_host.cache.store import Limits

        limits = self._limits or Limits()
        if self._days is not None:
            limits = limits._replace(days=self._days)
        return SealedFile(self._folder(), profile_key, limits)

    def _noticed(self, error: Exception) -> CacheError:
        known = error if isinstance(error, CacheError) else CacheOffError(_kind(error))
        if not isinstance(known, EnvelopeError):  # one broken entry is no broken file
            if isinstance(known, CacheCorruptError) and self._file is not None:
                self._file.set_aside()
                self._file = None
            self._leave()
            self._trouble, self._retry = known, time.monotonic() + _RETRY_SECONDS
        if known.code not in self._warned:
            self._warned.add(known.code)
            self._warn(known)
        return known

    def _leave(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None


def _kind(error: Exception) -> str:
    return f"{type(error).__name__}."
