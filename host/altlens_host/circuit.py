"""Stops trying for a while what failed several times in a row (a circuit breaker).

A worker that dies as soon as it is started would otherwise be started for every picture of a
page, each time with all the work of loading a model.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from altlens_host.errors import WorkerRestingError

MOST_DEATHS = 3
"""So many quick deaths, with no answer in between, open the circuit."""

QUICK_SECONDS = 60.0
"""A worker that dies sooner than this after its start died quickly."""


class Circuit:
    """Counts the deaths of one worker."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        """Start closed.

        Args:
            seconds: How long it stays open. After that one try is allowed; if it fails too, it
                is open again.
            clock: The time in seconds, for tests.
        """
        self._seconds = seconds
        self._clock = clock
        self._deaths = 0
        self._closes_at = 0.0
        self._why = ""

    def check(self) -> None:
        """Let a try pass.

        Raises:
            WorkerRestingError: The circuit is open.
        """
        reason = self.reason()
        if reason is not None:
            left = math.ceil(self._closes_at - self._clock())
            raise WorkerRestingError(f"{reason} The next try is in {left} s.")

    def reason(self) -> str | None:
        """Say why the circuit is open; None if it is not."""
        if self._deaths < MOST_DEATHS or self._clock() >= self._closes_at:
            return None
        return f"The worker ended {self._deaths} times in a row, at last: {self._why}"

    def died(self, lived: float, why: str) -> None:
        """Count a death.

        Args:
            lived: How many seconds the worker lived.
            why: What ended it, one sentence.
        """
        self._deaths = self._deaths + 1 if lived < QUICK_SECONDS else 0
        self._why = why
        self._closes_at = self._clock() + self._seconds

    def answered(self) -> None:
        """Forget the deaths: the worker works."""
        self._deaths = 0
