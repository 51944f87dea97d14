"""The worker's ends of the pipes: tasks come in, messages go out.

When the pipe from the host ends, the host has ended, however it did, and so does the worker, at
once and in the middle of whatever it does: nobody is left to hear the answer.
"""

from __future__ import annotations

import contextlib
import os
import queue
import threading
from typing import NamedTuple

from altlens_host.errors import (
    AltlensError,
    BadFieldError,
    CancelledError,
    ImageTooManyBytesError,
)
from altlens_host.fields import decode_object
from altlens_host.framing import Frame, FrameDecoder, Oversized, encode
from altlens_host.settings import MAX_FRAME_BYTES, MAX_IMAGE_BYTES
from altlens_host.worker_messages import Stop, Task, read_host

_CHUNK = 1 << 20


class Picture(NamedTuple):
    """A task and the bytes that belong to it, or why there are none.

    Attributes:
        task: What the host asked.
        data: The picture's bytes, or the error that the host gets for it.
    """

    task: Task
    data: bytes | AltlensError


class Desk:
    """Puts the frames from the host together to pictures, without any I/O."""

    def __init__(self) -> None:
        """Wait for the first task."""
        self._decoder = FrameDecoder(MAX_IMAGE_BYTES)
        self._task: Task | None = None
        self.stopped = -1
        """The highest number of a task that nobody waits for."""

    def feed(self, data: bytes) -> list[Picture]:
        """Take what was read and return the pictures that are whole with it.

        Raises:
            AltlensError: The host does not speak as agreed; nothing after this can be trusted.
        """
        whole: list[Picture] = []
        for event in self._decoder.feed(data):
            if self._task is not None:
                whole.append(Picture(self._task, _picture(self._task, event)))
                self._task = None
            elif isinstance(event, Oversized):
                raise event.error
            else:
                self._hear(read_host(decode_object(event.body)))
        return whole

    def _hear(self, said: Task | Stop) -> None:
        if isinstance(said, Stop):
            self.stopped = max(self.stopped, said.id)
        else:
            self._task = said


def _picture(task: Task, event: Frame | Oversized) -> bytes | AltlensError:
    if isinstance(event, Oversized):
        return ImageTooManyBytesError(f"The limit is {MAX_IMAGE_BYTES} bytes.")
    if len(event.body) != task.size:
        return BadFieldError(f"size: {task.size}, but {len(event.body)} bytes followed.")
    return event.body


class Pipes:
    """Reads from the host in a thread of its own, and writes to it."""

    def __init__(self, incoming: int, outgoing: int) -> None:
        """Keep the pipes; nothing is read before `listen`.

        Args:
            incoming: The descriptor to read from.
            outgoing: The descriptor to write to.
        """
        self._incoming = incoming
        self._outgoing = outgoing
        self._desk = Desk()
        self._pictures: queue.SimpleQueue[Picture | AltlensError] = queue.SimpleQueue()

    def listen(self) -> None:
        """Start to read, in a thread."""
        threading.Thread(target=self._read, name="reader", daemon=True).start()

    def next(self) -> Picture:
        """Wait for the next picture.

        Raises:
            AltlensError: The host does not speak as agreed.
        """
        picture = self._pictures.get()
        if isinstance(picture, AltlensError):
            raise picture
        return picture

    def send(self, body: bytes) -> None:
        """Send one message to the host; end the process if the host is gone."""
        left = memoryview(encode(body, MAX_FRAME_BYTES))
        try:
            while left:
                left = left[os.write(self._outgoing, left) :]
        except OSError:
            os._exit(0)

    def check(self, task: Task) -> None:
        """Find out whether a task still has to be done.

        Raises:
            CancelledError: Nobody waits for it any more.
        """
        if task.id <= self._desk.stopped:
            raise CancelledError("Nobody waits for it.")

    def _read(self) -> None:
        # A reader that cannot read on must not leave a worker behind that nobody can end.
        with contextlib.suppress(OSError, MemoryError):
            while data := os.read(self._incoming, _CHUNK):
                try:
                    for picture in self._desk.feed(data):
                        self._pictures.put(picture)
                except AltlensError as error:
                    self._pictures.put(error)
                    return
        os._exit(0)


def claim() -> tuple[int, int]:
    """Take the pipes to the host away from everything else in this process.

    Afterwards whatever a library prints goes nowhere, and whatever it reads is empty. That is so
    for stderr too: it may be the terminal that the browser was started from, and a hijacked
    worker could write to it what it likes.

    Returns:
        The descriptors to read from and to write to, which no child process inherits.
    """
    incoming, outgoing = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nothing, standard)
    if nothing > 2:
        os.close(nothing)
    return incoming, outgoing
