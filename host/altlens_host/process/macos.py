"""macOS: libproc. It has no way to end a process with its parent but the end of their pipe."""

from __future__ import annotations

import struct
from typing import Any

_PROC_PIDTASKINFO = 4
_TASKINFO_BYTES = 96
"""sizeof(struct proc_taskinfo), <sys/proc_info.h>."""


def resident_bytes(pid: int, library: Any = None) -> int | None:
    """Return pti_resident_size of proc_pidinfo (<libproc.h>).

    Args:
        pid: The process.
        library: The functions of libproc, for tests.
    """
    import ctypes

    called = library or ctypes.CDLL("/usr/lib/libproc.dylib")
    buffer = ctypes.create_string_buffer(_TASKINFO_BYTES)
    read = called.proc_pidinfo(pid, _PROC_PIDTASKINFO, ctypes.c_uint64(0), buffer, _TASKINFO_BYTES)
    if read != _TASKINFO_BYTES:
        return None
    _virtual, resident = struct.unpack_from("=QQ", buffer.raw)
    return int(resident)


def adopt(pid: int) -> None:
    """Do nothing: there is no such thing."""


def end_with_parent() -> None:
    """Do nothing: the end of the pipe has to do."""
