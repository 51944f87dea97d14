"""Which picture is next: what was asked for by hand, then visible, then near; newest first.

Equal pictures are one job, however often they are asked for; two where one is begun and the other
wishes for more. What waits is bounded: beyond it a less urgent job gives way to a more urgent one,
and whoever finds no room is told so. Thread-safe: requests come from the reading thread, one
dispatching thread takes the jobs.
"""

from __future__ import annotations

import threading
from typing import get_args

from altlens_host.errors import BusyError
from altlens_host.messages import NO_WISH, Priority, Wish

_RANK = {name: rank for rank, name in enumerate(get_args(Priority))}


class Job:
    """One picture that waits, or is being worked on.

    Attributes:
        key: The picture's digest.
        image: The picture's bytes.
        waiting: The requests that wait for it, and how urgent each is; 0 is the most. None is
            left when all were cancelled.
        wish: What its answer may not stop short of, by all of them.
    """

    __slots__ = ("image", "key", "waiting", "wish")

    def __init__(self, key: bytes, image: bytes) -> None:
        """Make a job that nobody waits for yet."""
        self.key = key
        self.image = image
        self.wish = NO_WISH
        self.waiting: dict[int, int] = {}

    @property
    def rank(self) -> int:
        """How urgent the job is: as urgent as the most urgent request for it."""
        return min(self.waiting.values())

    def wanted(self) -> bool:
        """Say whether anybody waits for it."""
        return bool(self.waiting)


class Scheduler:
    """The jobs of one worker."""

    def __init__(self, most_waiting: int, most_bytes: int, most_for_one: int) -> None:
        """Start with no jobs.

        Args:
            most_waiting: The most requests that may wait.
            most_bytes: The most bytes that the waiting pictures may hold together.
            most_for_one: The most requests that may wait for one picture: a key that is held
                down must not use up the room of all others.
        """
        self._most_waiting = most_waiting
        self._most_bytes = most_bytes
        self._most_for_one = most_for_one
        self._changed = threading.Condition()
        self._queued: dict[bytes, Job] = {}  # oldest first
        self._running: Job | None = None
        self._woken = False

    def add(
        self, request_id: int, key: bytes, image: bytes, priority: Priority, wish: Wish = NO_WISH
    ) -> list[int]:
        """Let a request wait for a picture.

        Returns:
            The less urgent requests that had to give way, which no longer wait here.

        Raises:
            BusyError: Too much is waiting already, all of it as urgent as this.
        """
        with self._changed:
            rank = _RANK[priority]
            job = self._equal(key, wish)
            if job is not None and len(job.waiting) >= self._most_for_one:
                raise BusyError(f"{len(job.waiting)} requests are waiting for this picture.")
            gone = self._making_room(rank, key, 0 if job else len(image))
            for other in gone:
                del self._queued[other.key]
            if job is None:
                job = self._queued[key] = Job(key, image)
                self._changed.notify()
            elif key in self._queued and rank <= job.rank:
                self._queued[key] = self._queued.pop(key)  # as new as this request
            job.wish = job.wish.also(wish)
            job.waiting[request_id] = rank
            return [number for other in gone for number in other.waiting]

    def take(self) -> Job | None:
        """Wait for a job and take the most urgent one; among equals, the newest.

        Returns:
            The job, which runs until `finish`; None after `wake`.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._queued or self._woken)
            if self._woken:
                self._woken = False
                return None
            job = min(reversed(self._queued.values()), key=lambda one: one.rank)
            self._running = self._queued.pop(job.key)
            return job

    def wake(self) -> None:
        """Let `take` return None once, though there may be no job."""
        with self._changed:
            self._woken = True
            self._changed.notify()

    def finish(self, job: Job) -> list[int]:
        """Say that a taken job has its answer; return the requests that wait for it."""
        with self._changed:
            self._running = None
            return list(job.waiting)

    def cancel(self, request_id: int) -> bool:
        """Forget a request; a job that nobody waits for is dropped if it is not begun.

        Returns:
            Whether the job that runs is now wanted by nobody.
        """
        with self._changed:
            for job in self._jobs():
                if job.waiting.pop(request_id, None) is not None and not job.waiting:
                    if job is self._running:
                        return True
                    del self._queued[job.key]
            return False

    def _equal(self, key: bytes, wish: Wish) -> Job | None:
        running = self._running
        # One that nobody wants may be on its way out, with no answer.
        if (
            running is not None
            and running.key == key
            and running.wanted()
            and running.wish.also(wish) == running.wish
        ):
            return running
        return self._queued.get(key)

    def _making_room(self, rank: int, key: bytes, size: int) -> list[Job]:
        """Return the jobs that have to go so that one more request has room.

        Raises:
            BusyError: Not enough of them are less urgent.
        """
        waiting = sum(len(job.waiting) for job in self._jobs())
        held = sum(len(job.image) for job in self._queued.values())
        others = [job for job in self._queued.values() if job.rank > rank and job.key != key]
        others.sort(key=lambda job: -job.rank)  # the least urgent first, of equals the oldest
        gone: list[Job] = []
        while waiting >= self._most_waiting or (size and held and held + size > self._most_bytes):
            if not others:
                raise BusyError(f"{waiting} requests are waiting, with {held} bytes of pictures.")
            gone.append(others.pop(0))
            waiting -= len(gone[-1].waiting)
            held -= len(gone[-1].image)
        return gone

    def _jobs(self) -> list[Job]:
        return [*self._queued.values(), *([self._running] if self._running else [])]
