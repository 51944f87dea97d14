"""The open requests. Each is answered exactly once, and by its deadline at the latest.

A request is open from the moment it is accepted until its answer is handed to `send`. Whoever
takes it out of the open ones, under the lock, is the one who answers. All requests have the same
time, so the oldest one is always the next that is due.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import NamedTuple

from altlens_host.errors import DuplicateIdError
from altlens_host.messages import (
    Cancel,
    CaptionRequest,
    ErrorReply,
    MorePixels,
    Progress,
    Reply,
    Result,
    Stage,
)


class _Entry(NamedTuple):
    request: CaptionRequest
    due: float


class Ledger:
    """Knows which requests are open, and until when. Thread-safe."""

    def __init__(self, send: Callable[[Reply], None], seconds: float) -> None:
        """Start with no request.

        Args:
            send: Takes each reply; called from several threads.
            seconds: How long a request may be open.
        """
        self._send = send
        self._seconds = seconds
        self._changed = threading.Condition()
        self._open: dict[int, _Entry] = {}
        self._claimed: set[int] = set()
        self._answered = 0

    def __contains__(self, number: object) -> bool:
        """Say whether a request is not answered yet."""
        with self._changed:
            return number in self._open or number in self._claimed

    def is_open(self, number: int) -> bool:
        """Say whether a request still waits for somebody to answer it."""
        with self._changed:
            return number in self._open

    def counts(self) -> tuple[int, int]:
        """Return how many requests are open, and how many were answered with a result."""
        with self._changed:
            return len(self._open) + len(self._claimed), self._answered

    def open(self, request: CaptionRequest) -> None:
        """Accept a request.

        Raises:
            DuplicateIdError: One with this id is open.
        """
        with self._changed:
            if request.id in self:
                raise DuplicateIdError(f"Request {request.id} is still open.")
            # Without the picture, which may be long gone from the queue.
            kept = request._replace(image=None)
            self._open[request.id] = _Entry(kept, time.monotonic() + self._seconds)
            if len(self._open) == 1:
                self._changed.notify_all()

    def meant(self, cancel: Cancel) -> list[int]:
        """Return the open requests that a cancel speaks of, oldest first."""
        with self._changed:
            return [
                number
                for number, (request, _) in self._open.items()
                if number == cancel.target
                or (cancel.tab is not None and request.tab == cancel.tab)
                or (cancel.page is not None and request.page == cancel.page)
            ]

    def progress(self, number: int, stage: Stage) -> None:
        """Say where a request is, if it is open."""
        with self._changed:  # held while sending: no progress may follow the answer
            if number in self._open:
                self._send(Progress(number, stage))

    def answer(self, number: int, reply: Result | MorePixels | ErrorReply) -> bool:
        """Answer a request if it is open; return whether it was."""
        if self.claim(number) is None:
            return False
        self.settle(number, reply)
        return True

    def claim(self, number: int) -> CaptionRequest | None:
        """Take the right and the duty to answer a request with `settle`.

        Until then its id is in use: what still belongs to it can be put away without touching a
        later request of the same id.

        Returns:
            The request, without its picture; None if it is not open.
        """
        with self._changed:
            entry = self._open.pop(number, None)
            if entry is None:
                return None
            self._claimed.add(number)
            return entry.request

    def settle(self, number: int, reply: Result | MorePixels | ErrorReply) -> None:
        """Answer a request that was claimed."""
        with self._changed:
            self._claimed.discard(number)
            self._answered += isinstance(reply, Result)
        self._send(reply)

    def overdue(self) -> int:
        """Wait until a request is open past its time, and return its id. It stays open."""
        with self._changed:
            while True:
                number, entry = next(iter(self._open.items()), (0, None))
                left = entry.due - time.monotonic() if entry else None
                if left is not None and left <= 0:
                    return number
                self._changed.wait(left)
