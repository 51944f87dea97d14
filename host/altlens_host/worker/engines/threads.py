"""How many threads a model is run with."""

from __future__ import annotations

import os
from pathlib import Path

MOST_THREADS = 4
"""More would take the machine away from the browser that the captions are for."""

_CPUS = Path("/sys/devices/system/cpu")


def thread_count(asked: int) -> int:
    """Return how many threads to use.

    Args:
        asked: How many were asked for; 0 means as many as help: one for each physical core that
            this process may run on, up to MOST_THREADS. A second thread on one core waits for
            the same arithmetic units (docs/decisions/0033-threads.md).
    """
    return asked if asked > 0 else min(MOST_THREADS, _physical_cores())


def _physical_cores() -> int:
    allowed = getattr(os, "sched_getaffinity", None)
    cpus = allowed(0) if allowed else range(os.cpu_count() or 1)
    return len({_siblings(cpu) for cpu in cpus})


def _siblings(cpu: int) -> str:
    """Name the core that a logical processor is on, by the processors that share it.

    Only Linux says so; elsewhere each logical processor counts as a core.
    """
    try:
        return (_CPUS / f"cpu{cpu}/topology/thread_siblings_list").read_text(encoding="ascii")
    except OSError:
        return str(cpu)
