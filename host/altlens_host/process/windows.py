"""Windows: process handles and a job object."""

from __future__ import annotations

import contextlib
import ctypes
from typing import Any

_PROCESS_TERMINATE = 0x0001
_PROCESS_VM_READ = 0x0010
_PROCESS_SET_QUOTA = 0x0100
_PROCESS_QUERY_LIMITED_INFORMATION = 0x1000
_EXTENDED_LIMIT_INFORMATION = 9
_KILL_ON_JOB_CLOSE = 0x2000

_jobs: list[int] = []
"""Handles that are held until the system closes them with this process: that ends the children."""


class _MemoryCounters(ctypes.Structure):
    """PROCESS_MEMORY_COUNTERS (psapi.h)."""

    _fields_ = (
        ("cb", ctypes.c_uint32),
        ("page_fault_count", ctypes.c_uint32),
        ("peak_working_set_size", ctypes.c_size_t),
        ("working_set_size", ctypes.c_size_t),
        ("others", ctypes.c_size_t * 6),
    )


class _ExtendedLimits(ctypes.Structure):
    """JOBOBJECT_EXTENDED_LIMIT_INFORMATION (winnt.h)."""

    _fields_ = (
        ("per_process_user_time_limit", ctypes.c_int64),
        ("per_job_user_time_limit", ctypes.c_int64),
        ("limit_flags", ctypes.c_uint32),
        ("minimum_working_set_size", ctypes.c_size_t),
        ("maximum_working_set_size", ctypes.c_size_t),
        ("active_process_limit", ctypes.c_uint32),
        ("affinity", ctypes.c_size_t),
        ("priority_class", ctypes.c_uint32),
        ("scheduling_class", ctypes.c_uint32),
        ("io_counters", ctypes.c_uint64 * 6),
        ("process_memory_limit", ctypes.c_size_t),
        ("job_memory_limit", ctypes.c_size_t),
        ("peak_process_memory_used", ctypes.c_size_t),
        ("peak_job_memory_used", ctypes.c_size_t),
    )


def resident_bytes(pid: int, library: Any = None) -> int | None:
    """Return the working set (GetProcessMemoryInfo).

    Args:
        pid: The process.
        library: The functions of kernel32, for tests.
    """
    kernel = library or _kernel()
    handle = kernel.OpenProcess(_PROCESS_QUERY_LIMITED_INFORMATION | _PROCESS_VM_READ, False, pid)
    if not handle:
        return None
    try:
        counters = _MemoryCounters()
        counters.cb = ctypes.sizeof(counters)
        if not kernel.K32GetProcessMemoryInfo(handle, ctypes.byref(counters), counters.cb):
            return None
        return int(counters.working_set_size)
    finally:
        kernel.CloseHandle(handle)


def adopt(pid: int, library: Any = None) -> None:
    """Put a child into a job that ends with its last handle, which is ours.

    Args:
        pid: The child.
        library: The functions of kernel32, for tests.
    """
    kernel = library or _kernel()
    if not _jobs:
        job = kernel.CreateJobObjectW(None, None)
        limits = _ExtendedLimits()
        limits.limit_flags = _KILL_ON_JOB_CLOSE
        kernel.SetInformationJobObject(
            job, _EXTENDED_LIMIT_INFORMATION, ctypes.byref(limits), ctypes.sizeof(limits)
        )
        _jobs.append(job)
    handle = kernel.OpenProcess(_PROCESS_SET_QUOTA | _PROCESS_TERMINATE, False, pid)
    if handle:
        kernel.AssignProcessToJobObject(_jobs[0], handle)
        kernel.CloseHandle(handle)


def end_with_parent() -> None:
    """Do nothing: the parent's job does it."""


def _kernel() -> Any:
    with contextlib.suppress(AttributeError):  # so that type checkers on other systems pass
        kernel = ctypes.WinDLL("kernel32")  # type: ignore[attr-defined,unused-ignore]
        for name in ("OpenProcess", "CreateJobObjectW"):
            getattr(kernel, name).restype = ctypes.c_void_p
        return kernel
    raise OSError("This is not Windows.")
