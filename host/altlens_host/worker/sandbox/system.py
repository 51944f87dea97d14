"""System calls that Python has no function for, through libc's own `syscall` and `prctl`."""

from __future__ import annotations

import ctypes
import os
from typing import Any

_PR_SET_NO_NEW_PRIVS = 38
_PR_GET_NO_NEW_PRIVS = 39


def call(number: int, *arguments: Any) -> int:
    """Make a system call.

    Args:
        number: Its number on this machine's architecture.
        arguments: Integers, None for a null pointer, or ctypes' references.

    Raises:
        OSError: The kernel refused it.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    passed = [ctypes.c_long(one) if isinstance(one, int) else one for one in arguments]
    result: int = libc.syscall(ctypes.c_long(number), *passed)
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return result


def no_new_privileges() -> bool:
    """Give up gaining privileges by exec, for good (prctl(2), PR_SET_NO_NEW_PRIVS).

    Landlock and seccomp ask for it. Every kernel since 3.5 has it.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    zero, one = ctypes.c_ulong(0), ctypes.c_ulong(1)
    libc.prctl(_PR_SET_NO_NEW_PRIVS, one, zero, zero, zero)
    return bool(libc.prctl(_PR_GET_NO_NEW_PRIVS, zero, zero, zero, zero) == 1)
