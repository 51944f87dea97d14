"""The worker's ends of the pipes: tasks come in, messages go out.

When the pipe from the host ends, the host has ended, however it did, and so does the worker, at
once and in the middle of whatever it does: nobody is left to hear the answer.
"""

from __future__ import annotations

import contextlib
import os
import queue
import threading
from dataclasses import dataclass

from altlens_host.errors import AltlensError, BadFieldError, ImageTooManyBytesError
from altlens_host.fields import decode_object
from altlens_host.framing import Frame, FrameDecoder, Oversized, encode
from altlens_host.settings import MAX_FRAME_BYTES, MAX_IMAGE_BYTES
from altlens_host.worker_messages import Task, read_task

_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Picture:
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
                self._task = read_task(decode_object(event.body))
        return whole


def _picture(task: Task, event: Frame | Oversized) -> bytes | AltlensError:
    if isinstance(event, Oversized):
        return ImageTooManyBytesError(f"The limit is {MAX_IMAGE_BYTES} bytes.")
    if len(event.body) != task.size:
        return BadFieldError(f"size: {task.size}, but {len(event.body)} bytes followed.")
    return event.body


class Pipes:
    """Reads from the host in a thread of its own, and writes to it."""

    def __init__(self, incoming: int, outgoing: int) -> None:
        """Start to read.

        Args:
            incoming: The descriptor to read from.
            outgoing: The descriptor to write to.
        """
        self._incoming = incoming
        self._outgoing = outgoing
        self._pictures: queue.SimpleQueue[Picture | AltlensError] = queue.SimpleQueue()
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

    def _read(self) -> None:
        desk = Desk()
        # A reader that cannot read on must not leave a worker behind that nobody can end.
        with contextlib.suppress(OSError, MemoryError):
            while data := os.read(self._incoming, _CHUNK):
                try:
                    for picture in desk.feed(data):
                        self._pictures.put(picture)
                except AltlensError as error:
                    self._pictures.put(error)
                    return
        os._exit(0)


def claim() -> tuple[int, int]:
    """Take the pipes to the host away from everything else in this process.

    Afterwards whatever a library prints goes to stderr, and whatever it reads is empty.

    Returns:
        The descriptors to read from and to write to, which no child process inherits.
    """
    incoming, outgoing = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return incoming, outgoing
