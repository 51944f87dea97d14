"""The host's real stdin and stdout: claimed at start, so that nothing else can write a frame."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections.abc import Callable

from altlens_host.errors import FrameTooLargeError, InternalError
from altlens_host.framing import Frame, FrameDecoder, Oversized, encode
from altlens_host.messages import Reply, error_reply, serialise

_READ_BYTES = 262_144
_PIPE_BYTES = 1_048_576
"""A pipe of 64 KiB makes large messages slow; Linux gives up to 1 MiB without privileges."""


class Channel:
    """The pipe to the browser."""

    def __init__(self, limit: int) -> None:
        """Take over file descriptors 0 and 1.

        What a library prints then goes to stderr, and what it reads is empty.

        Args:
            limit: The most bytes of a frame, in both directions.
        """
        self._limit = limit
        self._lock = threading.Lock()
        self._input = os.dup(0)
        self._output = os.dup(1)
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.dup2(2, 1)
        os.close(nothing)
        self._prepare()

    def send(self, reply: Reply) -> None:
        """Write a reply as one frame. May be called from any thread.

        A browser that no longer reads is found by the reading loop, which sees the end of its
        input; what it would have been told is lost with it.
        """
        try:
            frame = encode(serialise(reply), self._limit)
        except FrameTooLargeError as error:
            instead = error_reply(reply.id, InternalError(error.detail))
            frame = encode(serialise(instead), self._limit)
        view = memoryview(frame)
        with self._lock, contextlib.suppress(OSError):
            while view:
                view = view[os.write(self._output, view) :]

    def read(self, receive: Callable[[Frame | Oversized], None]) -> None:
        """Hand over each frame until the input ends.

        Raises:
            FrameTruncatedError: It ended inside a frame.
        """
        decoder = FrameDecoder(self._limit)
        while data := os.read(self._input, _READ_BYTES):
            for event in decoder.feed(data):
                receive(event)
        decoder.end()

    def _prepare(self) -> None:
        if sys.platform == "win32":
            import msvcrt

            for descriptor in (self._input, self._output):
                msvcrt.setmode(descriptor, os.O_BINARY)
        elif sys.platform == "linux":
            import fcntl

            with contextlib.suppress(OSError):  # no pipe, or not allowed: slower, not wrong
                fcntl.fcntl(self._input, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
