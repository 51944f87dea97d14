"""What one kind of window has to itself: normal and private windows share nothing.

A lane looks a picture up where answers are kept, queues it where there is none, and lets its
captioner look at one picture after the other.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, TypeGuard

from altlens_host.errors import AltlensError, BusyError, InternalError
from altlens_host.ledger import Ledger
from altlens_host.messages import (
    Answer,
    CaptionRequest,
    ErrorReply,
    MorePixels,
    Result,
    Source,
    Stage,
    error_reply,
)
from altlens_host.scheduler import Job, Scheduler
from altlens_host.settings import LANGUAGE, READING_SIDE


class Memory(Protocol):
    """Keeps answers by the digest of the picture, as long as this process lives."""

    def __len__(self) -> int:
        """Return how many answers are kept."""
        ...

    def get(self, key: bytes) -> Answer | None:
        """Return the answer for a picture, if it is kept."""
        ...

    def put(self, key: bytes, answer: Answer) -> None:
        """Keep an answer."""
        ...

    def forget(self, key: bytes) -> None:
        """Forget the answer for a picture, if it is kept."""
        ...

    def clear(self) -> None:
        """Forget all answers."""
        ...


class Cache(Protocol):
    """Keeps answers on the disk, for one profile.

    `unlock`, `get`, `put` and `state` never raise, and return soon whatever the disk does: a
    cache that does not work is no cache, and that is all. Thread-safe.
    """

    def unlock(self, profile_key: bytes, keep_days: int | None) -> None:
        """Take the profile's key; nothing is kept before that.

        Args:
            profile_key: The key.
            keep_days: For how many days answers are kept; None for the usual.
        """
        ...

    def get(self, picture: bytes, options: tuple[str, ...]) -> Answer | None:
        """Return the answer for a picture, if it is kept.

        Args:
            picture: The digest of the picture's bytes.
            options: All else that the answer depends on, always in the same order.
        """
        ...

    def put(self, picture: bytes, options: tuple[str, ...], answer: Answer) -> None:
        """Keep an answer."""
        ...

    def state(self) -> dict[str, Any]:
        """Describe the cache for `state` in the protocol."""
        ...

    def stats(self) -> dict[str, Any]:
        """Count what is kept; CacheError if that cannot be known."""
        ...

    def clear(self) -> dict[str, Any]:
        """Forget all answers; CacheError if that fails."""
        ...

    def forget(self, picture: bytes, options: tuple[str, ...]) -> dict[str, Any]:
        """Forget one answer; CacheError if that fails (arguments: `get`)."""
        ...

    def verify(self) -> dict[str, Any]:
        """Open and check all entries; CacheError if that cannot be done."""
        ...

    def rotate(self, profile_key: bytes) -> dict[str, Any]:
        """Seal all entries with another key; CacheError if that cannot be done."""
        ...


class Captioner(Protocol):
    """Says what a picture shows."""

    def loaded(self) -> bool:
        """Say whether a model is in memory."""
        ...

    def state(self) -> dict[str, Any]:
        """Describe the worker for `state` in the protocol."""
        ...

    def warm(self) -> None:
        """Load the model, so that the first picture finds it loaded. Never raises."""
        ...

    def caption(self, key: bytes, image: bytes, wanted: Callable[[], bool], sharp: bool) -> Answer:
        """Look at a picture; any AltlensError is the answer of those who asked.

        Args:
            key: The picture's digest.
            image: Its bytes.
            wanted: Says whether anybody still waits. Asked before anything slow is begun.
            sharp: Whether there is no sharper picture to be had.
        """
        ...

    def give_up(self) -> None:
        """Hear that nobody waits any more for the picture that is looked at now."""
        ...


class Lane:
    """One kind of window."""

    def __init__(
        self,
        queue: Scheduler,
        memory: Memory,
        captioner: Captioner,
        cache: Cache | None = None,
    ) -> None:
        """Start with nothing to do.

        Args:
            queue: Orders what waits.
            memory: Where answers are kept.
            captioner: Who looks at pictures; of this lane alone.
            cache: Where answers are kept beyond this process; None for private windows.
        """
        self.queue = queue
        self.memory = memory
        self.captioner = captioner
        self.cache = cache
        self.options: tuple[str, ...] = ()
        """All that answers depend on but the picture; set when the model is known."""

    def find(self, key: bytes, sharp: bool = False) -> tuple[Answer, Source] | None:
        """Look for an answer that is kept; `sharp` where there is no sharper picture to be had."""
        answer = self.memory.get(key)
        if _is_for(answer, sharp):
            return answer, "memory"
        answer = self.cache.get(key, self.options) if self.cache else None
        if not _is_for(answer, sharp):
            return None
        self.memory.put(key, answer)
        return answer, "cache"

    def add(self, request: CaptionRequest, key: bytes, image: bytes, ledger: Ledger) -> None:
        """Queue a picture, and answer those that it displaces.

        Raises:
            BusyError: There is no room.
        """
        for number in self.queue.add(request.id, key, image, request.priority, request.sharp):
            error = BusyError("More urgent pictures took its place.")
            ledger.answer(number, error_reply(number, error))
        if not ledger.is_open(request.id):  # its deadline passed on the way here
            self.cancel(request.id)

    def cancel(self, number: int) -> None:
        """Forget a request, and stop looking at its picture if nobody else waits for it."""
        if self.queue.cancel(number):
            self.captioner.give_up()

    def work(self, ledger: Ledger) -> None:
        """Wait for something to do and do it. Called from one thread."""
        job = self.queue.take()
        if job is None:
            self.captioner.warm()
            return
        replies: dict[int, Result | MorePixels | ErrorReply]
        try:
            found, source = self._look_at(job, ledger)
            replies = {number: result(number, found, source) for number in self.queue.finish(job)}
        except Exception as error:  # not even a fault of ours may end the thread
            fault = known(error)
            replies = {number: error_reply(number, fault) for number in self.queue.finish(job)}
        for number, reply in replies.items():
            ledger.answer(number, reply)

    def _look_at(self, job: Job, ledger: Ledger) -> tuple[Answer, Source]:
        kept = self.memory.get(job.key)
        if _is_for(
            kept, job.sharp
        ):  # by a job for the same picture that was given up too late to stop
            return kept, "memory"
        stage: Stage = "captioning" if self.captioner.loaded() else "loading"
        for number in list(job.waiting):
            ledger.progress(number, stage)
        answer = self.captioner.caption(job.key, job.image, job.wanted, job.sharp)
        self.memory.put(job.key, answer)
        if self.cache:
            self.cache.put(job.key, self.options, answer)
        return answer, "model"


def known(error: Exception) -> AltlensError:
    """Return an error of the tree as it is, and any other by its type alone: no contents."""
    return error if isinstance(error, AltlensError) else InternalError(type(error).__name__)


def _is_for(answer: Answer | None, sharp: bool) -> TypeGuard[Answer]:
    """Say whether it is an answer: "too small" is none where there is no sharper picture."""
    return answer is not None and not (sharp and answer.kind == "more_pixels")


def result(number: int, answer: Answer, source: Source) -> Result | MorePixels:
    """Put an answer into words for the one who asked."""
    if answer.kind == "more_pixels":
        return MorePixels(number, READING_SIDE)
    return Result(
        id=number,
        kind=answer.kind,
        text=answer.text,
        mean_logprob=round(answer.mean_logprob, 4),
        tokens=answer.tokens,
        model=answer.model,
        revision=answer.revision,
        language=LANGUAGE,
        source=source,
        confidence=round(answer.confidence, 4),
        level=answer.level,
        calibrated=answer.calibrated,
        read=answer.read,
        read_confidence=round(answer.read_confidence, 4),
        barcode=answer.barcode,
    )
