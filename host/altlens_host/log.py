"""The host's log: which kind of trouble there was, and when.

A line is a time, an error's code and its name. What happened in particular is not written: an
error's detail may hold a folder's name, or words that a worker chose that a picture has taken over.
So no caption, no picture and no page's address can get into the file, whatever goes wrong.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from altlens_host.errors import AltlensError
from altlens_host.messages import ErrorReply

MAX_BYTES = 100_000
OLDER = 1
"""How many full files are kept besides the one that is written."""


class Log:
    """A log file that is made when there is something to say. Safe for several threads."""

    def __init__(self, path: Callable[[], Path]) -> None:
        """Write nothing yet.

        Args:
            path: Returns where the file is.
        """
        self._path = path
        self._lock = threading.Lock()

    def warn(self, error: AltlensError | ErrorReply) -> None:
        """Write down a kind of trouble; what cannot be written is lost."""
        # A tenth of the host's start and 2 MB, for a day on which nothing may go wrong.
        import logging.handlers

        with self._lock, suppress(OSError):
            path = self._path()
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            # Opened for each line: two hosts may write, and the other one may have rotated it.
            handler = logging.handlers.RotatingFileHandler(
                path, maxBytes=MAX_BYTES, backupCount=OLDER, encoding="utf-8"
            )
            try:
                handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
                said = logging.LogRecord(
                    "altlens", logging.WARNING, "", 0, f"{error.code} {error.name}", None, None
                )
                handler.emit(said)
            finally:
                handler.close()
