"""Linux: /proc and prctl(2)."""

from __future__ import annotations

import os
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_SIGKILL = 9


def resident_bytes(pid: int) -> int | None:
    """Return the second field of statm, in bytes (proc_pid_statm(5))."""
    try:
        fields = Path(f"/proc/{pid}/statm").read_bytes().split()
        return int(fields[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError, ValueError):  # it has ended
        return None


def adopt(pid: int) -> None:
    """Do nothing: the child asks for it."""


def end_with_parent() -> None:
    """Ask for SIGKILL when the thread that started this process ends (PR_SET_PDEATHSIG(2const)).

    The end of the pipe says the same, but only to a process that still runs Python. A parent
    that ended before this call is found by that end of the pipe.
    """
    import ctypes

    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, _SIGKILL, 0, 0, 0)
