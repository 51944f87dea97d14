"""Keeps one worker process within its limits, of time and of memory, by a thread that kills it.

Reading from the process and writing to it then fail at once, whatever it was doing, on every
system alike.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from altlens_host import process
from altlens_host.errors import (
    AltlensError,
    WorkerDiedError,
    WorkerMemoryError,
    WorkerTimeoutError,
)

if TYPE_CHECKING:
    import subprocess

_POLL_SECONDS = 0.1
"""How often the memory of a worker at work is looked at: a decoder can fill it in a second."""

_IDLE_POLL_SECONDS = 1.0
"""How often an idle worker is looked at, so that one that ended does not stay as a zombie."""


class Limits(NamedTuple):
    """What a worker may use.

    Attributes:
        start_seconds: The time until its model is loaded.
        answer_seconds: The time for one picture.
        idle_seconds: How long it is kept with nothing to do.
        memory_bytes: How much it may have resident.
    """

    start_seconds: float
    answer_seconds: float
    idle_seconds: float
    memory_bytes: int


class Watchdog:
    """Watches a process from its start to its end."""

    def __init__(
        self, watched: subprocess.Popen[bytes], limits: Limits, close: Callable[[], None]
    ) -> None:
        """Begin to watch; the process is claimed.

        Args:
            watched: The process.
            limits: What it may use.
            close: Ends what is left of it, called when it is idle for too long or has ended.
        """
        self._process = watched
        self._limits = limits
        self._close = close
        self._changed = threading.Condition()
        self._claimed = True
        self._idle_until = 0.0
        self._ended = False
        self._due: float | None = None
        self._why: AltlensError | None = None
        threading.Thread(target=self._watch, daemon=True).start()

    @property
    def alive(self) -> bool:
        """Whether the process is there and was not told to end."""
        return not self._ended and self._process.poll() is None

    def claim(self) -> bool:
        """Keep the process from being ended as idle, until `release`; False if it has ended."""
        with self._changed:
            self._claimed = self.alive
            return self._claimed

    def release(self) -> None:
        """Let the process be idle; it is ended after a while."""
        with self._changed:
            self._claimed = False
            self._idle_until = time.monotonic() + self._limits.idle_seconds
            self._changed.notify()

    def end(self) -> None:
        """Watch no longer: the process is being ended."""
        with self._changed:
            self._ended = True
            self._changed.notify()

    @contextmanager
    def limited(self, seconds: float) -> Iterator[None]:
        """Give the process so much time; what it must not do meanwhile ends it.

        Args:
            seconds: The time.

        Raises:
            WorkerTimeoutError: In place of WorkerDiedError: it took too long, and was ended.
            WorkerMemoryError: Likewise: it took too much memory, and was ended.
        """
        with self._changed:
            self._due = time.monotonic() + seconds
            self._changed.notify()
        try:
            yield
        except WorkerDiedError as error:
            raise self._reason(seconds) or error from None
        finally:
            with self._changed:
                self._due = None

    def _watch(self) -> None:
        with self._changed:
            while not self._ended:
                if self._claimed:
                    self._changed.wait(self._check(time.monotonic()))
                elif self._idle_until <= time.monotonic() or self._process.poll() is not None:
                    self._ended = True
                else:
                    self._changed.wait(_IDLE_POLL_SECONDS)
        self._close()

    def _check(self, now: float) -> float | None:
        """End a process that is beyond a limit; return how soon to look again."""
        if self._due is None:
            return None
        resident = process.resident_bytes(self._process.pid) or 0
        if resident > self._limits.memory_bytes:
            most = self._limits.memory_bytes >> 20
            self._why = WorkerMemoryError(f"It had {resident >> 20} MB; {most} are allowed.")
        elif now >= self._due:
            self._why = WorkerTimeoutError("")
        else:
            return min(_POLL_SECONDS, self._due - now)
        self._due = None
        self._process.kill()
        return None

    def _reason(self, seconds: float) -> AltlensError | None:
        """Return why the process was ended from here, if it was."""
        with self._changed:
            if isinstance(self._why, WorkerTimeoutError):
                return WorkerTimeoutError(f"No answer in {seconds:g} seconds.")
            return self._why
