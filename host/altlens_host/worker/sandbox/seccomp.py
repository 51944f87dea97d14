"""Takes the kernel away, but for the system calls that decoding and running a model need.

An allow-list. A call that is not on it does not exist (ENOSYS), which is what libraries have a
second way for; one that is, with arguments that it is not allowed for, is not permitted (EPERM);
one that no library of ours has a use for ends the process
(docs/decisions/0060-sandbox.md).
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import sys
import termios
from collections.abc import Sequence

from altlens_host.errors import NotIsolatedError
from altlens_host.worker.sandbox import filter as bpf
from altlens_host.worker.sandbox.filter import Check
from altlens_host.worker.sandbox.syscalls import ARCHITECTURES, NONE, NUMBERS, Architecture
from altlens_host.worker.sandbox.system import call

_FREE = """
    access arch_prctl brk clock_getres clock_gettime clock_nanosleep close exit exit_group
    faccessat faccessat2 fadvise64 fstat futex get_mempolicy getcpu getcwd getdents64 getegid
    geteuid getgid getpid getppid getrandom getrlimit getrusage gettid gettimeofday getuid lseek
    lstat madvise membarrier mmap mprotect mremap munmap nanosleep newfstatat pread64 read
    readlink readlinkat readv restart_syscall rseq rt_sigaction rt_sigprocmask rt_sigreturn
    sched_get_priority_max sched_get_priority_min sched_getaffinity sched_getparam
    sched_getscheduler sched_yield set_robust_list set_tid_address sigaltstack stat statx sysinfo
    time uname write writev
""".split()
"""Allowed with any arguments."""

_FREE_WITH_DEVICES = "eventfd2 pipe2 poll ppoll".split()
"""CUDA's own thread waits for its card with these."""

_KILLED = """
    add_key bpf chroot delete_module finit_module init_module io_uring_enter io_uring_register
    io_uring_setup kcmp kexec_load keyctl mount open_by_handle_at perf_event_open pidfd_getfd
    pivot_root process_vm_readv process_vm_writev ptrace setns umount2 unshare userfaultfd
""".split()
"""Asked for by none but an attacker."""

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_CLONE_THREAD = 0x00010000
_CLONE_NEW = 0x7E020080
"""Every flag that makes a namespace (clone(2))."""
_PR_SET_NAME, _PR_GET_NAME, _PR_SET_VMA = 15, 16, 0x53564D41
_FIOCLEX, _FIONCLEX = 0x5451, 0x5450
_IOCTL_KIND = 0xFF00
"""The bits of an ioctl that say whose it is (ioctl(2), Documentation/userspace-api/ioctl)."""
_NVIDIA, _NVIDIA_MEMORY, _TERMINAL = 0x4600, 0x0000, 0x5400
"""The driver's, its memory manager's, which has bare numbers, and those allowed to all of us.

From the headers of NVIDIA's open kernel modules: nv-ioctl-numbers.h and uvm_ioctl.h.
"""

_SET_FILTER, _TSYNC = 1, 1
_ABSENT = frozenset({errno.ENOSYS, errno.EINVAL, errno.EPERM})
"""No such call, built without filters, or hidden by a container's own filter."""


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def restrict(*, devices: bool = False) -> bool:
    """Forbid this process, and every thread it has or starts, all other system calls.

    Args:
        devices: Allow what a graphics card's driver is spoken to with. Which files are devices,
            Landlock must say.

    Returns:
        Whether the kernel filters calls and this machine's calls are known here.

    Raises:
        NotIsolatedError: They are, but the kernel refused the filter.
    """
    architecture = ARCHITECTURES.get(os.uname().machine)
    # A 32-bit Python on a 64-bit kernel makes calls of another architecture.
    if architecture is None or sys.maxsize < 2**32:
        return False
    packed = bpf.pack(policy(architecture, os.getpid(), devices=devices))
    program = _Program(len(packed) // 8, packed)
    try:
        unsynchronised = call(architecture.seccomp, _SET_FILTER, _TSYNC, ctypes.byref(program))
    except OSError as error:
        if error.errno in _ABSENT:
            return False
        raise NotIsolatedError(f"seccomp: {error.strerror}.") from None
    if unsynchronised:
        raise NotIsolatedError("seccomp: a thread has a filter of its own.")
    return True


def policy(
    architecture: Architecture, process: int, *, devices: bool = False
) -> list[bpf.Instruction]:
    """Return the filter.

    Args:
        architecture: Whose calls it is for.
        process: The process that it is for; it may send signals to itself.
        devices: Whether it speaks to a graphics card's driver.
    """
    rules = {**dict.fromkeys(_FREE, ()), **_checks(process)}
    if devices:
        rules |= {**dict.fromkeys(_FREE_WITH_DEVICES, ()), **_checks_with_devices()}
    return bpf.build(
        architecture.audit,
        [(number, rules[name]) for name, number in _numbers(architecture, list(rules))],
        [number for _, number in _numbers(architecture, _KILLED)],
        refused=errno.EPERM,
        unknown=errno.ENOSYS,
    )


def _checks(process: int) -> dict[str, tuple[Check, ...]]:
    """Return the calls that are allowed with some arguments only."""
    return {
        # Where Landlock is missing, this alone still keeps every file from being written.
        "open": (Check(1, [0], _WRITING),),
        "openat": (Check(2, [0], _WRITING),),
        # Threads, but no process and no namespace. clone3 keeps its flags where a filter cannot
        # see them; libc does without it.
        "clone": (Check(0, [_CLONE_THREAD], _CLONE_THREAD | _CLONE_NEW),),
        # What abort() ends a process with; no signal to anybody else.
        "tgkill": (Check(0, [process]),),
        # A terminal on stderr can be asked whether it is one, not made to type.
        "ioctl": (Check(1, [termios.TCGETS, termios.FIONREAD, _FIOCLEX, _FIONCLEX]),),
        "fcntl": (Check(1, [fcntl.F_GETFD, fcntl.F_SETFD, fcntl.F_GETFL, fcntl.F_DUPFD_CLOEXEC]),),
        # Names of threads and of memory.
        "prctl": (Check(0, [_PR_SET_NAME, _PR_GET_NAME, _PR_SET_VMA]),),
        # Its own limits can be read; no pointer to new ones.
        "prlimit64": (Check(0, [0, process]), Check(2, [0]), Check(2, [0], upper=True)),
    }


def _checks_with_devices() -> dict[str, tuple[Check, ...]]:
    """Return what is allowed instead to a process that speaks to a graphics card's driver."""
    kinds = [_NVIDIA, _NVIDIA_MEMORY, _TERMINAL]
    return {
        "open": (Check(1, [0, os.O_RDWR], _WRITING),),
        "openat": (Check(2, [0, os.O_RDWR], _WRITING),),
        "ioctl": (Check(1, kinds, _IOCTL_KIND),),
    }


def _numbers(architecture: Architecture, names: Sequence[str]) -> list[tuple[str, int]]:
    numbered = ((name, NUMBERS[name][architecture.column]) for name in names)
    return [(name, number) for name, number in numbered if number != NONE]
