"""Length-prefixed frames, without any I/O: bytes go in, events come out.

A frame is a 32-bit unsigned length in native byte order, then that many bytes. This is the
framing of native messaging (MDN, "Native messaging", section "App side"), and the pipe between
host and worker uses it too.

The decoder never holds more than one frame of at most `limit` bytes. A frame that declares more
is announced once and its body is thrown away as it arrives, so that the next frame is read in
its right place: the browser sends what it declared, and the stream stays usable. A sender that
lies about a length cannot be told from one whose bytes are still on the way; what comes next is
then taken as the rest of that frame, and is answered as the nonsense that it is.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import NamedTuple

from altlens_host.errors import FrameTooLargeError, FrameTruncatedError

HEADER = struct.Struct("=I")
"""The length in front of each frame."""


class Frame(NamedTuple):
    """One whole frame.

    Attributes:
        body: The bytes after the length.
    """

    body: bytes


class Oversized(NamedTuple):
    """A frame that is being skipped.

    Attributes:
        error: What to answer.
    """

    error: FrameTooLargeError


def encode(body: bytes, limit: int) -> bytes:
    """Put the length in front of a body.

    Args:
        body: The bytes to send.
        limit: The most bytes that the receiver takes as a body.

    Raises:
        FrameTooLargeError: The body is larger than the limit.
    """
    if len(body) > limit:
        raise FrameTooLargeError(f"A frame of {len(body)} bytes; the limit is {limit}.")
    return HEADER.pack(len(body)) + body


class FrameDecoder:
    """Turns a stream of bytes, cut anywhere, into frames."""

    def __init__(self, limit: int) -> None:
        """Start at the beginning of a stream.

        Args:
            limit: The most bytes of a frame's body that are kept.
        """
        self._limit = limit
        self._buffer = bytearray()
        self._skip = 0

    def feed(self, data: bytes) -> Iterator[Frame | Oversized]:
        """Take what was read and give what is complete with it, in order.

        Args:
            data: The next bytes of the stream, at least one.

        Yields:
            A Frame for each body that is whole, an Oversized for each that is refused.
        """
        self._buffer += data
        while True:
            if self._skip:
                dropped = min(self._skip, len(self._buffer))
                del self._buffer[:dropped]
                self._skip -= dropped
            if self._skip or len(self._buffer) < HEADER.size:
                return
            (length,) = HEADER.unpack_from(self._buffer)
            if length > self._limit:
                del self._buffer[: HEADER.size]
                self._skip = length
                yield Oversized(
                    FrameTooLargeError(f"A frame of {length} bytes; the limit is {self._limit}.")
                )
                continue
            end = HEADER.size + length
            if len(self._buffer) < end:
                return
            body = bytes(self._buffer[HEADER.size : end])
            del self._buffer[:end]
            yield Frame(body)

    def end(self) -> None:
        """Say that the stream has ended.

        Raises:
            FrameTruncatedError: It ended inside a frame.
        """
        if self._buffer or self._skip:
            raise FrameTruncatedError("The stream ended inside a frame.")
