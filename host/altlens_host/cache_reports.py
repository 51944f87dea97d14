"""Answers the requests about what is remembered on the disk."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any

from altlens_host.errors import BusyError, CacheOffError
from altlens_host.interfaces import Cache
from altlens_host.lane import Lane, known
from altlens_host.messages import (
    CacheClear,
    CacheForget,
    CacheReport,
    CacheRequest,
    CacheRotate,
    CacheStats,
    CacheVerify,
    Reply,
    error_reply,
)


class CacheReports:
    """One report at a time, each by a thread of its own: to look at the cache may take seconds."""

    def __init__(self, lanes: Mapping[bool, Lane], send: Callable[[Reply], None]) -> None:
        """Have nothing to do yet.

        Args:
            lanes: The lane of normal windows under False, that of private ones under True.
            send: Takes each reply.
        """
        self._lanes = lanes
        self._send = send
        self._busy = threading.Lock()

    def begin(self, request: CacheRequest) -> None:
        """Begin with a report, and return; what is forgotten is out of memory by then.

        Raises:
            CacheOffError: Nothing is kept on the disk.
            BusyError: Another report is being made.
        """
        if isinstance(request, CacheForget):
            for lane in self._lanes.values():
                lane.memory.forget(request.picture)
        cache = self._lanes[False].cache
        if cache is None:
            raise CacheOffError("This host keeps nothing on the disk.")
        if not self._busy.acquire(blocking=False):
            raise BusyError("Another request is at work on the cache.")
        threading.Thread(target=self._make, args=(request, cache), daemon=True).start()

    def _make(self, request: CacheRequest, cache: Cache) -> None:
        reply: Reply
        try:
            reply = CacheReport(request.id, self._report(request, cache))
        except Exception as error:  # not even a fault of ours may leave it unanswered
            reply = error_reply(request.id, known(error))
        finally:
            self._busy.release()
        self._send(reply)

    def _report(self, request: CacheRequest, cache: Cache) -> dict[str, Any]:
        match request:
            case CacheStats():
                return cache.stats()
            case CacheClear():
                report = cache.clear()
                self._lanes[False].memory.clear()
                return report
            case CacheVerify():
                return cache.verify()
            case CacheForget():
                return cache.forget(request.picture, self._lanes[False].options)
            case CacheRotate():
                return cache.rotate(request.profile_key)
