"""Speaks to a host process of its own, over the protocol, as the extension does.

What the command line shows is therefore what Firefox gets. Two threads move the bytes, so that
neither side's full pipe can hold up the other; the caller waits with a deadline on one queue.
"""

from __future__ import annotations

import base64
import json
import os
import queue
import subprocess
import threading
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from altlens_host import __version__, framing
from altlens_host.errors import AltlensError, ImageTooManyBytesError
from altlens_host.fields import decode_object
from altlens_host.framing import Frame
from altlens_host.messages import (
    VERSIONS,
    ErrorReply,
    Priority,
    Result,
    State,
    Welcome,
    error_reply,
)
from altlens_host.settings import MAX_FRAME_BYTES
from altlens_installer import launcher
from altlens_installer.errors import HostLostError, HostNotStartedError, HostRefusedError
from altlens_installer.models import choice

Reply = Result | ErrorReply

_PATIENCE = 120.0
"""Longer than the host gives its worker to load a model and to caption, together."""

_AT_ONCE = 4
"""Pictures that are asked about at one time: enough that the worker never waits, and few enough
that the last of them is answered within the time that a request has."""

_WHOLE = 700_000
"""The most bytes of a picture that go into one frame: base64 makes them a third larger."""

_READ = 65_536


def command(
    model: str | None = None, device: str | None = None, *, read_text: bool = True
) -> list[str]:
    """Return how a host is started, under the interpreter that runs this.

    Args:
        model: The model's name or folder; None for the usual one.
        device: Where the model shall run; None for what the user's settings say.
        read_text: False: text in pictures is not read, whatever is installed.

    Raises:
        HostNotStartedError: The interpreter does not know its own path.
    """
    chosen = [] if model is None else ["--model", choice.named(model)]
    chosen += [] if device is None else ["--device", device]
    chosen += [] if read_text else ["--no-read-text"]
    return [launcher.python(), *launcher.ARGUMENTS, *chosen]


class Host:
    """A host process, from hello to its end; a context manager that never leaves it behind."""

    welcome: Welcome

    def __init__(
        self,
        started_by: list[str] | None = None,
        environment: Mapping[str, str] | None = None,
        patience: float = _PATIENCE,
        profile_key: bytes | None = None,
    ) -> None:
        """Start a host and greet it.

        Args:
            started_by: The command; None for the usual host.
            environment: The whole environment of the process; None for the caller's.
            patience: Seconds to wait for the next message, at most.
            profile_key: The key of a Firefox profile, 32 bytes; None has nothing remembered.

        Raises:
            HostNotStartedError: The command cannot be run.
            HostLostError: It ended, fell silent or spoke nonsense.
            HostRefusedError: It answered hello with an error, for example for a missing model.
        """
        self._patience = patience
        self._inbox: queue.SimpleQueue[dict[str, Any] | AltlensError] = queue.SimpleQueue()
        self._outbox: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        try:
            self.process = subprocess.Popen(
                started_by or command(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=environment,
            )
        except OSError as error:
            raise HostNotStartedError(f"{error.filename}: {error.strerror}.") from None
        self._threads = [
            threading.Thread(target=one, daemon=True) for one in (self._read, self._write)
        ]
        for thread in self._threads:
            thread.start()
        try:
            self.welcome = self._greet(profile_key)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Host:
        """Use it."""
        return self

    def __exit__(self, *_: object) -> None:
        """End it."""
        self.close()

    def close(self) -> None:
        """Hang up as Firefox does, and kill the process if it does not end at once."""
        self._outbox.put(None)
        try:
            self.process.wait(2)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        for thread in self._threads:
            thread.join(1)

    def captions(
        self, pictures: Iterable[bytes | AltlensError], priority: Priority = "asked"
    ) -> Iterator[tuple[int, Reply]]:
        """Caption pictures, a few at once.

        Args:
            pictures: The bytes of each, taken as they are sent; an error in a picture's place
                is passed on as its answer.
            priority: How urgent they are; what is written is read to its end for who asks by hand.

        Yields:
            The index of a picture and its answer, in the order of the answers.

        Raises:
            HostLostError: The host ended, fell silent or spoke nonsense.
        """
        limits = self.welcome.limits
        waiting: dict[int, int] = {}
        for index, given in enumerate(pictures):
            picture = _within(given, limits["max_image_bytes"])
            if isinstance(picture, AltlensError):
                yield index, error_reply(index, picture)
                continue
            while waiting and (
                len(waiting) >= min(_AT_ONCE, limits["max_waiting"])
                or sum(waiting.values()) + len(picture) > limits["max_image_bytes"]
            ):
                yield self._answer(waiting)
            waiting[index] = len(picture)
            self._ask(index, picture, priority)
        while waiting:
            yield self._answer(waiting)

    def status(self) -> State:
        """Ask how the host is, while no picture waits for its answer.

        Raises:
            HostLostError: The host ended, fell silent or spoke nonsense.
        """
        self._send(type="status", id=0)
        while True:
            values = self._receive()
            if values.get("type") == "state":
                state: State = _made(State, values)
                return state
            if values.get("type") == "error":
                raise HostLostError(f"The host reports: {values.get('message')}")

    def _greet(self, profile_key: bytes | None) -> Welcome:
        said: dict[str, Any] = {"versions": list(VERSIONS), "client": "altlens"}
        if profile_key is not None:
            said["profile_key"] = base64.b64encode(profile_key).decode()
        self._send(type="hello", id=0, client_version=__version__, **said)
        values = self._receive()
        if values.get("type") == "error":
            refused = HostRefusedError(str(values.get("message")))
            refused.hint = str(values.get("hint"))  # type: ignore[misc]  # this one's, not all's
            raise refused
        welcome: Welcome = _made(Welcome, values)
        return welcome

    def _ask(self, number: int, picture: bytes, priority: Priority) -> None:
        # There is no other picture to send if the host asked for a sharper one.
        request = {"type": "caption", "id": number, "priority": priority, "sharp": True}
        if len(picture) <= _WHOLE:
            self._send(**request, image=base64.b64encode(picture).decode())
            return
        parts = [picture[start : start + _WHOLE] for start in range(0, len(picture), _WHOLE)]
        self._send(**request, parts=len(parts), size=len(picture))
        for index, part in enumerate(parts):
            data = base64.b64encode(part).decode()
            self._send(type="part", id=number, index=index, data=data)

    def _answer(self, waiting: dict[int, int]) -> tuple[int, Reply]:
        while True:
            values = self._receive()
            kind, number = values.get("type"), values.get("id")
            if kind in ("result", "error") and number in waiting:
                del waiting[number]
                return number, _made(Result if kind == "result" else ErrorReply, values)
            if kind == "error":
                raise HostLostError(f"The host reports: {values.get('message')}")

    def _send(self, **values: object) -> None:
        body = json.dumps(values, separators=(",", ":")).encode()
        self._outbox.put(framing.encode(body, MAX_FRAME_BYTES))

    def _receive(self) -> dict[str, Any]:
        try:
            received = self._inbox.get(timeout=self._patience)
        except queue.Empty:
            raise HostLostError(f"No word from the host for {self._patience:g} s.") from None
        if isinstance(received, AltlensError):
            raise received
        return received

    def _write(self) -> None:
        assert self.process.stdin
        try:
            with self.process.stdin as pipe:
                while frame := self._outbox.get():
                    pipe.write(frame)
                    pipe.flush()
        except OSError:
            return  # the host has ended; the reader says so

    def _read(self) -> None:
        assert self.process.stdout
        decoder = framing.FrameDecoder(MAX_FRAME_BYTES)
        try:
            with self.process.stdout as pipe:
                while data := os.read(pipe.fileno(), _READ):
                    for event in decoder.feed(data):
                        if not isinstance(event, Frame):
                            raise event.error
                        self._inbox.put(decode_object(event.body))
            decoder.end()
        except AltlensError as error:
            self._inbox.put(HostLostError(f"The host spoke nonsense: {error.detail}"))
            return
        self._inbox.put(HostLostError(f"The host ended, with exit status {self.process.wait()}."))


def _within(picture: bytes | AltlensError, most: int) -> bytes | AltlensError:
    if isinstance(picture, bytes) and len(picture) > most:
        return ImageTooManyBytesError(f"{len(picture)} bytes; {most} are taken.")
    return picture


def _made(kind: Any, values: dict[str, Any]) -> Any:
    """Read a reply; fields of a newer host are passed over, later ones may lack in an older."""
    told = {**kind._field_defaults, **values}
    try:
        return kind(**{name: told[name] for name in kind._fields})
    except KeyError as error:
        raise HostLostError(f"The host's answer lacks {error}.") from None
