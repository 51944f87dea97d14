"""Puts pictures together that arrive in parts, within limits.

Thread-safe: one thread adds parts, and whoever ends a request before its time drops its picture.
"""

from __future__ import annotations

import threading

from altlens_host.errors import BadPartError, BusyError
from altlens_host.messages import CaptionRequest, Part


class _Partial:
    def __init__(self, request: CaptionRequest) -> None:
        self.request = request
        self.parts = 0
        self.data = bytearray()


class Assembly:
    """The pictures of which parts are still to come."""

    def __init__(self, most_bytes: int) -> None:
        """Start with none.

        Args:
            most_bytes: The most bytes that all of them may announce together.
        """
        self._most_bytes = most_bytes
        self._partial: dict[int, _Partial] = {}
        self._lock = threading.Lock()

    def __contains__(self, request_id: object) -> bool:
        """Say whether parts of a request's picture are still to come."""
        return request_id in self._partial

    def begin(self, request: CaptionRequest) -> None:
        """Expect the parts of a picture.

        Raises:
            BusyError: Too many bytes are announced already.
        """
        with self._lock:
            announced = sum(one.request.size for one in self._partial.values())
            if announced + request.size > self._most_bytes:
                raise BusyError(f"{announced} bytes of pictures are on their way.")
            self._partial[request.id] = _Partial(request)

    def add(self, part: Part) -> tuple[CaptionRequest, bytes] | None:
        """Take a part; return the request and its picture when it is the last one.

        Raises:
            BadPartError: It belongs to no picture, is out of order, or does not fit the size.
        """
        with self._lock:
            return self._add(part)

    def drop(self, request_id: int) -> None:
        """Forget a picture, if it is expected."""
        with self._lock:
            self._partial.pop(request_id, None)

    def _add(self, part: Part) -> tuple[CaptionRequest, bytes] | None:
        partial = self._partial.get(part.id)
        if partial is None:
            raise BadPartError("It belongs to no picture that is on its way.")
        request = partial.request
        if part.index != partial.parts:
            raise BadPartError(f"Part {partial.parts} was expected, not {part.index}.")
        if len(partial.data) + len(part.data) > request.size:
            raise BadPartError(f"The parts hold more than the {request.size} bytes announced.")
        partial.data += part.data
        partial.parts += 1
        if partial.parts < request.parts:
            return None
        del self._partial[part.id]
        if len(partial.data) != request.size:
            raise BadPartError(
                f"The parts hold {len(partial.data)} of the {request.size} bytes announced."
            )
        return request, bytes(partial.data)
