"""What the host does with each request. No I/O of its own: replies leave through `send`.

The rule that everything here keeps: each request is answered exactly once. A request is open
from the moment it is accepted until its answer is handed to `send`; whoever takes its id out of
the set of open ones, under the lock, is the one who answers.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any, NamedTuple, Protocol

from altlens_host import __version__, settings
from altlens_host.assembly import Assembly
from altlens_host.errors import (
    AltlensError,
    CancelledError,
    DuplicateIdError,
    HelloRequiredError,
    ImageEmptyError,
    ImageTooManyBytesError,
    InternalError,
    VersionUnsupportedError,
)
from altlens_host.fields import decode_object
from altlens_host.framing import Frame, Oversized
from altlens_host.messages import (
    NAMES,
    VERSIONS,
    Answer,
    Cancel,
    CaptionRequest,
    Done,
    ErrorReply,
    Hello,
    Part,
    Progress,
    Reply,
    Request,
    Result,
    Source,
    Stage,
    State,
    StatusRequest,
    Welcome,
    error_reply,
    parse,
    request_id,
)
from altlens_host.models import catalogue
from altlens_host.scheduler import Scheduler


class Cache(Protocol):
    """Keeps answers by the digest of the picture."""

    def __len__(self) -> int:
        """Return how many answers are kept."""
        ...

    def get(self, key: bytes) -> Answer | None:
        """Return the answer for a picture, if it is kept."""
        ...

    def put(self, key: bytes, answer: Answer) -> None:
        """Keep an answer."""
        ...


class Captioner(Protocol):
    """Says what a picture shows."""

    def loaded(self) -> bool:
        """Say whether a model is in memory."""
        ...

    def state(self) -> dict[str, Any]:
        """Describe the worker for `state` in the protocol."""
        ...

    def caption(self, image: bytes) -> Answer:
        """Look at a picture; any AltlensError is the answer of those who asked."""
        ...


class Lane(NamedTuple):
    """All that one kind of window has to itself: normal and private windows share nothing."""

    queue: Scheduler
    memory: Cache
    captioner: Captioner


class Service:
    """Takes frames, answers each request once."""

    def __init__(
        self, chosen: settings.Settings, lanes: dict[bool, Lane], send: Callable[[Reply], None]
    ) -> None:
        """Wait for hello.

        Args:
            chosen: How this host was started.
            lanes: The lane of normal windows under False, that of private ones under True.
            send: Takes each reply; called from several threads.
        """
        self._settings = chosen
        self._lanes = lanes
        self._send = send
        self._assembly = Assembly(settings.MAX_ASSEMBLING_BYTES)
        self._lock = threading.Lock()
        self._open: dict[int, CaptionRequest] = {}
        self._greeted = False
        self._answered = 0
        self._started = time.monotonic()

    def receive(self, event: Frame | Oversized) -> None:
        """Handle what the client sent. Called from one thread."""
        values: dict[str, Any] = {}
        try:
            if isinstance(event, Oversized):
                raise event.error
            values = decode_object(event.body)
            self._handle(parse(values))
        except Exception as error:  # not even a fault of ours may end the other requests
            self._refuse(values, _known(error))

    def work(self, private: bool) -> None:
        """Wait for a job of one lane and answer it. Called from one thread for each lane."""
        lane = self._lanes[private]
        job = lane.queue.take()
        stage: Stage = "captioning" if lane.captioner.loaded() else "loading"
        for number in list(job.ids):
            self._progress(number, stage)
        found = _attempt(lane.captioner, job.image)
        if isinstance(found, Answer):
            lane.memory.put(job.key, found)
        for number in lane.queue.finish(job):
            if isinstance(found, Answer):
                self._answer(number, _result(number, found, "model"))
            else:
                self._answer(number, error_reply(number, found))

    def _handle(self, request: Request) -> None:
        if isinstance(request, Hello):
            self._hello(request)
            return
        if not self._greeted:
            raise HelloRequiredError(f"{NAMES[type(request)]} came before hello.")
        match request:
            case CaptionRequest():
                self._caption(request)
            case Part():
                self._part(request)
            case Cancel():
                self._cancel(request)
            case StatusRequest():
                self._send(self._state(request.id))

    def _hello(self, hello: Hello) -> None:
        common = [version for version in VERSIONS if version in hello.versions]
        if not common:
            raise VersionUnsupportedError(
                f"The client speaks {list(hello.versions)}, the host {list(VERSIONS)}."
            )
        model = catalogue.find(self._settings.model)
        models = {one.id: one for one in (*catalogue.available(), model)}
        self._greeted = True
        self._send(
            Welcome(
                id=hello.id,
                version=common[0],
                host_version=__version__,
                limits={
                    "max_frame_bytes": settings.MAX_FRAME_BYTES,
                    "max_image_bytes": settings.MAX_IMAGE_BYTES,
                    "max_image_pixels": settings.MAX_IMAGE_PIXELS,
                    "max_waiting": settings.MAX_WAITING,
                },
                models=[
                    {"id": one.id, "revision": one.revision, "licence": one.licence}
                    for one in models.values()
                ],
                model=model.id,
                loaded=self._lanes[False].captioner.loaded(),
                language=settings.LANGUAGE,
            )
        )

    def _caption(self, request: CaptionRequest) -> None:
        with self._lock:
            if request.id in self._open:
                raise DuplicateIdError(f"Request {request.id} is still open.")
            self._open[request.id] = request
        try:
            if request.size == 0:
                raise ImageEmptyError("The picture has no bytes.")
            if request.size > settings.MAX_IMAGE_BYTES:
                raise ImageTooManyBytesError(f"The picture has {request.size} bytes.")
            if request.image is None:
                self._assembly.begin(request)
            else:
                self._look_up(request, request.image)
        except Exception as error:
            self._withdraw(request.id, _known(error))

    def _part(self, part: Part) -> None:
        whole = self._assembly.add(part)
        if whole is not None:
            self._look_up(*whole)

    def _look_up(self, request: CaptionRequest, image: bytes) -> None:
        import hashlib  # OpenSSL takes milliseconds to load, and hello needs none of it

        lane = self._lanes[request.private]
        key = hashlib.sha256(image).digest()
        answer = lane.memory.get(key)
        if answer is not None:
            self._answer(request.id, _result(request.id, answer, "memory"))
            return
        self._progress(request.id, "queued")
        lane.queue.add(request.id, key, image, request.priority)

    def _cancel(self, request: Cancel) -> None:
        error = CancelledError(f"Request {request.id} cancelled it.")
        cancelled = self._withdraw(request.target, error)
        self._send(Done(request.id, cancelled))

    def _state(self, number: int) -> State:
        lanes = self._lanes.items()
        with self._lock:
            waiting, answered = len(self._open), self._answered
        return State(
            id=number,
            uptime_seconds=round(time.monotonic() - self._started, 3),
            waiting=waiting,
            answered=answered,
            remembered=sum(len(lane.memory) for _, lane in lanes),
            workers=[{"private": private, **lane.captioner.state()} for private, lane in lanes],
        )

    def _refuse(self, values: dict[str, Any], error: AltlensError) -> None:
        """Answer a message that could not be handled.

        A bad part speaks for the request that it belongs to. An id that is in use is not
        answered for another message that repeats it: such an error carries no id.
        """
        number = request_id(values)
        if values.get("type") == NAMES[Part]:
            if number is None or not self._withdraw(number, error):
                self._send(error_reply(None, error))
            return
        with self._lock:
            in_use = number in self._open
        self._send(error_reply(None if in_use else number, error))

    def _withdraw(self, number: int, error: AltlensError) -> bool:
        """Answer an open request with an error and forget its picture; False if it is not open.

        Called from the reading thread only, as everything that touches pictures on their way.
        """
        with self._lock:
            request = self._open.get(number)
        if request is None:
            return False
        self._assembly.drop(number)
        self._lanes[request.private].queue.cancel(number)
        return self._answer(number, error_reply(number, error))

    def _progress(self, number: int, stage: Stage) -> None:
        with self._lock:  # held while sending: no progress may follow the answer
            if number in self._open:
                self._send(Progress(number, stage))

    def _answer(self, number: int, reply: Result | ErrorReply) -> bool:
        """Answer a request if it is open; return whether it was."""
        with self._lock:
            if self._open.pop(number, None) is None:
                return False
            self._answered += isinstance(reply, Result)
        self._send(reply)
        return True


def _attempt(captioner: Captioner, image: bytes) -> Answer | AltlensError:
    try:
        return captioner.caption(image)
    except Exception as error:  # not even a fault of ours may end the thread
        return _known(error)


def _known(error: Exception) -> AltlensError:
    """Return an error of the tree as it is, and any other by its type alone: no contents."""
    return error if isinstance(error, AltlensError) else InternalError(type(error).__name__)


def _result(number: int, answer: Answer, source: Source) -> Result:
    return Result(
        id=number,
        kind=answer.kind,
        text=answer.text,
        mean_logprob=round(answer.mean_logprob, 4),
        tokens=answer.tokens,
        model=answer.model,
        revision=answer.revision,
        language=settings.LANGUAGE,
        source=source,
    )
