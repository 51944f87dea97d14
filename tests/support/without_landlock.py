"""Runs a command in a container whose filter hides Landlock: `python without_landlock.py COMMAND`.

As the filters of container engines did that came before Landlock: the call does not exist.
"""

import ctypes
import errno
import os
import sys

from altlens_host.worker.sandbox.filter import ALLOW, ERRNO, Instruction, pack
from altlens_host.worker.sandbox.system import no_new_privileges

_CREATE_RULESET = 444
"""landlock_create_ruleset, on every architecture."""

_LOAD, _RETURN, _EQUAL = 0x20, 0x06, 0x15
_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER = 22, 2

FILTER = (
    Instruction(_LOAD, 0, 0, 0),
    Instruction(_EQUAL, 0, 1, _CREATE_RULESET),
    Instruction(_RETURN, 0, 0, ERRNO + errno.ENOSYS),
    Instruction(_RETURN, 0, 0, ALLOW),
)


class Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


if __name__ == "__main__":
    assert no_new_privileges()
    program = Program(len(FILTER), pack(FILTER))
    libc = ctypes.CDLL(None, use_errno=True)
    assert libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(program)) == 0
    os.execv(sys.argv[1], sys.argv[1:])
