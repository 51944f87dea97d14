"""Remembers answers by the digest of the picture; the least recently used go first."""

from __future__ import annotations

import threading

from altlens_host.messages import Answer


class Memory:
    """The answers of one kind of window; it ends with the process."""

    def __init__(self, most: int) -> None:
        """Start empty.

        Args:
            most: How many answers are kept; 0 keeps none.
        """
        self._most = most
        self._answers: dict[bytes, Answer] = {}
        self._lock = threading.Lock()

    def __len__(self) -> int:
        """Return how many answers are kept."""
        return len(self._answers)

    def get(self, key: bytes) -> Answer | None:
        """Return the answer for a picture, and count it as used now."""
        with self._lock:
            answer = self._answers.pop(key, None)
            if answer is not None:
                self._answers[key] = answer
            return answer

    def put(self, key: bytes, answer: Answer) -> None:
        """Keep an answer, and forget the one unused for longest beyond the limit."""
        with self._lock:
            self._answers.pop(key, None)
            self._answers[key] = answer
            while len(self._answers) > self._most:
                del self._answers[next(iter(self._answers))]

    def forget(self, key: bytes) -> None:
        """Forget the answer for a picture, if it is kept."""
        with self._lock:
            self._answers.pop(key, None)

    def clear(self) -> None:
        """Forget all answers."""
        with self._lock:
            self._answers.clear()
