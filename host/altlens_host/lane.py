"""What one kind of window has to itself: normal and private windows share nothing.

A lane looks a picture up where answers are kept, queues it where there is none, and lets its
captioner look at one picture after the other.
"""

from __future__ import annotations

from altlens_host.errors import AltlensError, BusyError, InternalError
from altlens_host.interfaces import Cache, Captioner, Memory
from altlens_host.ledger import Ledger
from altlens_host.messages import (
    NO_WISH,
    Answer,
    CaptionRequest,
    ErrorReply,
    MorePixels,
    Result,
    Source,
    Stage,
    Wish,
    error_reply,
)
from altlens_host.scheduler import Job, Scheduler
from altlens_host.settings import LANGUAGE, READING_SIDE


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

    def fingerprint(self) -> str:
        """Return what stands for the options: as long as it is the same, so are the answers."""
        import hashlib  # as in Service: hello needs none of it

        return hashlib.sha256("\0".join(self.options).encode()).hexdigest()[:16]

    def find(self, key: bytes, wish: Wish) -> tuple[Answer, Source] | None:
        """Look for an answer that is kept."""
        answer = self.memory.get(key)
        if answer and wish.takes(answer):
            return answer, "memory"
        answer = self.cache.get(key, self.options) if self.cache else None
        if not answer or not wish.takes(answer):
            return None
        self.memory.put(key, answer)
        return answer, "cache"

    def add(self, request: CaptionRequest, key: bytes, image: bytes, ledger: Ledger) -> None:
        """Queue a picture, and answer those that it displaces.

        Raises:
            BusyError: There is no room.
        """
        for number in self.queue.add(request.id, key, image, request.priority, request.wish):
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
        # By a job for the same picture that wished for less, or was given up too late to stop.
        if kept and job.wish.takes(kept):
            return kept, "memory"
        stage: Stage = "captioning" if self.captioner.loaded() else "loading"
        for number in list(job.waiting):
            ledger.progress(number, stage)
        answer = self.captioner.caption(job.key, job.image, job.wanted, job.wish)
        if answer.kind == "more_pixels" and self.find(job.key, NO_WISH):
            return answer, "model"  # what was read of the same bytes before tells more
        self.memory.put(job.key, answer)
        if self.cache:
            self.cache.put(job.key, self.options, answer)
        return answer, "model"


def known(error: Exception) -> AltlensError:
    """Return an error of the tree as it is, and any other by its type alone: no contents."""
    return error if isinstance(error, AltlensError) else InternalError(type(error).__name__)


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
