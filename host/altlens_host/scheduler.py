"""Which picture is next: what was asked for by hand, then visible, then near; newest first.

Equal pictures are one job, however often they are asked for. Thread-safe: requests come from the
reading thread, one dispatching thread takes the jobs.
"""

from __future__ import annotations

import threading
from typing import get_args

from altlens_host.errors import BusyError
from altlens_host.messages import Priority

_RANK = {name: rank for rank, name in enumerate(get_args(Priority))}


class Job:
    """One picture that waits, or is being worked on.

    Attributes:
        key: The picture's digest.
        image: The picture's bytes.
        rank: How urgent it is; 0 is the most.
        ids: The requests that wait for it; none is left when all were cancelled.
    """

    __slots__ = ("ids", "image", "key", "rank")

    def __init__(self, key: bytes, image: bytes, rank: int, ids: list[int]) -> None:
        """Let the first request wait."""
        self.key = key
        self.image = image
        self.rank = rank
        self.ids = ids


class Scheduler:
    """The jobs of one worker."""

    def __init__(self, most_waiting: int, most_bytes: int) -> None:
        """Start with no jobs.

        Args:
            most_waiting: The most requests that may wait.
            most_bytes: The most bytes that the waiting pictures may hold together.
        """
        self._most_waiting = most_waiting
        self._most_bytes = most_bytes
        self._changed = threading.Condition()
        self._queued: dict[bytes, Job] = {}
        self._running: Job | None = None

    def add(self, request_id: int, key: bytes, image: bytes, priority: Priority) -> None:
        """Let a request wait for a picture.

        Raises:
            BusyError: Too much is waiting already.
        """
        with self._changed:
            if sum(len(job.ids) for job in self._jobs()) >= self._most_waiting:
                raise BusyError(f"{self._most_waiting} requests are waiting.")
            rank = _RANK[priority]
            for job in self._jobs():
                if job.key == key:
                    job.ids.append(request_id)
                    job.rank = min(job.rank, rank)
                    return
            held = sum(len(job.image) for job in self._queued.values())
            if self._queued and held + len(image) > self._most_bytes:
                raise BusyError(f"{held} bytes of pictures are waiting.")
            self._queued[key] = Job(key, image, rank, [request_id])
            self._changed.notify()

    def take(self) -> Job:
        """Wait for a job and take the most urgent one; among equals, the newest."""
        with self._changed:
            self._changed.wait_for(lambda: self._queued)
            job = min(reversed(self._queued.values()), key=lambda one: one.rank)
            self._running = self._queued.pop(job.key)
            return job

    def finish(self, job: Job) -> list[int]:
        """Say that a taken job has its answer; return the requests that wait for it."""
        with self._changed:
            self._running = None
            return job.ids

    def cancel(self, request_id: int) -> None:
        """Forget a request; a job that nobody waits for is dropped if it is not begun."""
        with self._changed:
            for job in self._jobs():
                if request_id in job.ids:
                    job.ids.remove(request_id)
                    if not job.ids:
                        self._queued.pop(job.key, None)
                    return

    def _jobs(self) -> list[Job]:
        return [*self._queued.values(), *([self._running] if self._running else [])]
