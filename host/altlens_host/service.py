"""What the host does with each request. No I/O of its own: replies leave through `send`.

The rule that everything here keeps: each request is answered exactly once, and a fault concerns
one request only.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from altlens_host import __version__, settings
from altlens_host.assembly import Assembly
from altlens_host.cache_reports import CacheReports
from altlens_host.errors import (
    AltlensError,
    CancelledError,
    DeadlineError,
    HelloRequiredError,
    ImageEmptyError,
    ImageTooManyBytesError,
    VersionUnsupportedError,
)
from altlens_host.fields import decode_object
from altlens_host.framing import Frame, Oversized
from altlens_host.lane import Lane, known, result
from altlens_host.ledger import Ledger
from altlens_host.messages import (
    NAMES,
    VERSIONS,
    CacheClear,
    CacheForget,
    CacheRotate,
    CacheStats,
    CacheVerify,
    Cancel,
    CaptionRequest,
    Done,
    Hello,
    Part,
    Reply,
    Request,
    State,
    StatusRequest,
    Welcome,
    error_reply,
    parse,
    request_id,
)
from altlens_host.models import catalogue
from altlens_host.models.catalogue import CALIBRATION


class Service:
    """Takes frames, answers each request once."""

    def __init__(
        self,
        chosen: settings.Settings,
        lanes: Mapping[bool, Lane],
        send: Callable[[Reply], None],
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
        self._ledger = Ledger(send, chosen.deadline_seconds)
        self._reports = CacheReports(lanes, send)
        self._greeted = False
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
            self._refuse(values, known(error))

    def work(self, private: bool) -> None:
        """Wait for a job of one lane and answer it. Called from one thread for each lane."""
        self._lanes[private].work(self._ledger)

    def watch(self) -> None:
        """Wait for a request whose time is over and answer it. Called from one thread."""
        number = self._ledger.overdue()
        seconds = self._settings.deadline_seconds
        self._withdraw(number, DeadlineError(f"No answer in {seconds:g} seconds."))

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
            case CacheStats() | CacheClear() | CacheVerify() | CacheForget() | CacheRotate():
                self._reports.begin(request)

    def _hello(self, hello: Hello) -> None:
        common = [version for version in VERSIONS if version in hello.versions]
        if not common:
            raise VersionUnsupportedError(
                f"The client speaks {list(hello.versions)}, the host {list(VERSIONS)}."
            )
        model = catalogue.find(self._settings.model)
        for lane in self._lanes.values():
            lane.options = (
                model.id,
                model.revision,
                settings.LANGUAGE,
                self._settings.answer_version,
                # Which words are hedged depends on it, and it may be measured anew.
                model.files.get(CALIBRATION, ""),
            )
        self._greeted = True
        self._send(self._welcome(hello.id, common[0], model))
        cache = self._lanes[False].cache
        # Another model may come to lie in a folder that does not say which one it holds.
        if cache and hello.profile_key is not None and model.revision != "local":
            cache.unlock(hello.profile_key, hello.keep_days)
        if self._settings.warm or hello.warm:
            self._lanes[False].queue.wake()

    def _welcome(self, number: int, version: int, model: catalogue.Model) -> Welcome:
        models = {one.id: one for one in (*catalogue.available(), model)}
        return Welcome(
            id=number,
            version=version,
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

    def _caption(self, request: CaptionRequest) -> None:
        self._ledger.open(request)
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
            self._withdraw(request.id, known(error))

    def _part(self, part: Part) -> None:
        whole = self._assembly.add(part)
        if whole is not None:
            self._look_up(*whole)

    def _look_up(self, request: CaptionRequest, image: bytes) -> None:
        import hashlib  # OpenSSL takes milliseconds to load, and hello needs none of it

        lane = self._lanes[request.private]
        key = hashlib.sha256(image).digest()
        found = lane.find(key, request.wish)
        if found is not None:
            self._ledger.answer(request.id, result(request.id, *found))
            return
        self._ledger.progress(request.id, "queued")
        lane.add(request, key, image, self._ledger)

    def _cancel(self, request: Cancel) -> None:
        cancelled = False
        for number in self._ledger.meant(request):
            error = CancelledError(f"Request {request.id} cancelled it.")
            cancelled |= self._withdraw(number, error)
        self._send(Done(request.id, cancelled))

    def _state(self, number: int) -> State:
        lanes = self._lanes.items()
        waiting, answered = self._ledger.counts()
        cache = self._lanes[False].cache
        return State(
            id=number,
            uptime_seconds=round(time.monotonic() - self._started, 3),
            waiting=waiting,
            answered=answered,
            remembered=sum(len(lane.memory) for _, lane in lanes),
            workers=[{"private": private, **lane.captioner.state()} for private, lane in lanes],
            cache=cache.state() if cache else {"state": "off"},
            settings=self._settings.in_force(),
            problems=list(self._settings.problems),
            fingerprint=self._lanes[False].fingerprint(),
            text=self._settings.text,
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
        self._send(error_reply(None if number in self._ledger else number, error))

    def _withdraw(self, number: int, error: AltlensError) -> bool:
        """Answer an open request with an error and forget its picture; False if it is not open."""
        request = self._ledger.claim(number)
        if request is None:
            return False
        self._assembly.drop(number)
        self._lanes[request.private].cancel(number)
        self._ledger.settle(number, error_reply(number, error))
        return True
