"""Being told to end by a signal."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable


def when_told_to_end(end: Callable[[], None]) -> None:
    """Call a function once this process is told to end; called by the main thread.

    The main thread runs a handler only between two steps of its own, and is nearly always in a read
    of the browser's pipe. A signal that comes just before that read, or that the system gives to
    another thread, would wait there for the browser's next message. So another thread waits for
    the byte that the interpreter writes for each signal (Python, `signal.set_wakeup_fd`), and the
    handler does nothing; but on Windows, where the byte can go to a socket only, it ends all.

    Args:
        end: Ends the process. May be called while the main thread is in it, too.
    """
    numbers = [
        getattr(signal, name) for name in ("SIGTERM", "SIGINT", "SIGHUP") if hasattr(signal, name)
    ]
    if sys.platform == "win32":
        _handle(numbers, end)
        return
    told, tell = os.pipe()
    os.set_blocking(tell, False)
    signal.set_wakeup_fd(tell)
    _handle(numbers, lambda: None)
    threading.Thread(target=_end_after, args=(told, numbers, end), daemon=True).start()


def _handle(numbers: list[int], handler: Callable[[], None]) -> None:
    for number in numbers:
        signal.signal(number, lambda _signal, _frame: handler())


def _end_after(told: int, numbers: list[int], end: Callable[[], None]) -> None:
    while os.read(told, 1)[0] not in numbers:
        continue
    end()
