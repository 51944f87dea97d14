"""Takes the file system away, but for reading what is named (landlock(7)).

Numbers and structures: include/uapi/linux/landlock.h of Linux 6.15, and the table of ABI
versions in its userspace-api/landlock documentation.
"""

from __future__ import annotations

import ctypes
import errno
import os
import stat
from collections.abc import Iterable
from pathlib import Path

from altlens_host.errors import NotIsolatedError
from altlens_host.worker.sandbox.system import call

# The same on every architecture.
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446

_VERSION = 1 << 0  # flag: tell the ABI's version
_PATH_BENEATH = 1  # kind of rule

_WRITE_FILE, _READ_FILE, _READ_DIR, _IOCTL_DEVICE = 1 << 1, 1 << 2, 1 << 3, 1 << 15
_FILE_RIGHTS_BY_ABI = {1: 13, 2: 14, 3: 15, 5: 16}
"""How many rights to files there are, from which version on: execute, write, read, … ioctl."""

_NET_BY_ABI = {4: 0b11}
"""To bind and to connect TCP."""

_SCOPES_BY_ABI = {6: 0b11}
"""To connect to abstract Unix sockets of others, and to send them signals."""

_ABSENT = frozenset({errno.ENOSYS, errno.EOPNOTSUPP, errno.EPERM})
"""No such call, built in but not started, or hidden by a container's own filter."""


class _Ruleset(ctypes.Structure):
    _fields_ = (
        ("handled_access_fs", ctypes.c_uint64),
        ("handled_access_net", ctypes.c_uint64),
        ("scoped", ctypes.c_uint64),
    )


class _PathBeneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed_access", ctypes.c_uint64), ("parent_fd", ctypes.c_int32))


def version() -> int:
    """Return the ABI version of the kernel's Landlock; 0 where there is none."""
    try:
        return call(_CREATE_RULESET, None, 0, _VERSION)
    except OSError as error:
        if error.errno in _ABSENT:
            return 0
        raise


def restrict(readable: Iterable[Path], devices: Iterable[Path] = ()) -> bool:
    """Let this thread, and those it starts, read these files and folders and nothing else.

    Nothing can be written but to the devices, and nothing made, removed or executed; on newer
    kernels no TCP port can be reached either, no other device's driver, and no signal or
    abstract Unix socket of another program.

    Args:
        readable: Files, and folders with all that is in them. What does not exist is left out.
        devices: Device files that are written to and whose driver is spoken to.

    Returns:
        Whether the kernel has Landlock.

    Raises:
        NotIsolatedError: It has, but refused a step.
    """
    abi = version()
    if abi == 0:
        return False
    rights = _since(_FILE_RIGHTS_BY_ABI, abi)
    wanted = _Ruleset((1 << rights) - 1, _since(_NET_BY_ABI, abi), _since(_SCOPES_BY_ABI, abi))
    # A kernel takes a longer structure than it knows, as long as what it does not know is zero.
    try:
        rules = call(_CREATE_RULESET, ctypes.byref(wanted), ctypes.sizeof(wanted), 0)
        try:
            for path in readable:
                _allow(rules, path)
            for path in devices:
                _allow(rules, path, (_WRITE_FILE | _IOCTL_DEVICE) & wanted.handled_access_fs)
            call(_RESTRICT_SELF, rules, 0)
        finally:
            os.close(rules)
    except OSError as error:
        raise NotIsolatedError(f"Landlock: {error.strerror}.") from None
    return True


def _allow(rules: int, path: Path, more: int = 0) -> None:
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        folder = stat.S_ISDIR(os.fstat(descriptor).st_mode)
        rights = _READ_FILE | more | (_READ_DIR if folder else 0)
        rule = _PathBeneath(rights, descriptor)
        call(_ADD_RULE, rules, _PATH_BENEATH, ctypes.byref(rule), 0)
    finally:
        os.close(descriptor)


def _since(table: dict[int, int], abi: int) -> int:
    return max((value for first, value in table.items() if first <= abi), default=0)
