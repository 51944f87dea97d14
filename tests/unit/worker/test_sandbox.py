"""The parts of the sandbox that can be looked at from outside of it."""

from __future__ import annotations

import ctypes
import ctypes.util
import errno
import os
import struct
import sys
from collections.abc import Sequence

import pytest

from altlens_host.worker import sandbox
from altlens_host.worker.sandbox import filter as bpf
from altlens_host.worker.sandbox.filter import Check, Instruction

if sys.platform != "linux":
    pytest.skip("Linux has the only sandbox", allow_module_level=True)

from altlens_host.worker.sandbox.seccomp import policy
from altlens_host.worker.sandbox.syscalls import ARCHITECTURES, NONE, NUMBERS

PROCESS = 4242
REFUSED, UNKNOWN = bpf.ERRNO + errno.EPERM, bpf.ERRNO + errno.ENOSYS
ANYTHING = (1 << 64) - 1

# (call, arguments, answer); the calls are the same everywhere unless an architecture lacks one.
VERDICTS = [
    ("read", (), bpf.ALLOW),
    ("futex", (ANYTHING,) * 6, bpf.ALLOW),
    ("mmap", (0, 4096, 7, 0x22, ANYTHING, 0), bpf.ALLOW),
    ("open", (1, os.O_RDONLY | os.O_CLOEXEC), bpf.ALLOW),
    ("open", (1, os.O_WRONLY), REFUSED),
    ("openat", (ANYTHING, 1, os.O_RDONLY | os.O_CLOEXEC | os.O_DIRECTORY), bpf.ALLOW),
    ("openat", (ANYTHING, 1, os.O_RDWR), REFUSED),
    ("openat", (ANYTHING, 1, os.O_RDONLY | os.O_CREAT), REFUSED),
    ("openat", (ANYTHING, 1, os.O_RDONLY | os.O_TRUNC), REFUSED),
    ("openat", (ANYTHING, 1, os.O_TMPFILE | os.O_RDWR), REFUSED),
    ("clone", (0x3D0F00,), bpf.ALLOW),  # pthread_create(3)
    ("clone", (0x01200011,), REFUSED),  # fork(3)
    ("clone", (0x4111,), REFUSED),  # vfork(3)
    ("clone", (0x3D0F00 | 0x10000000,), REFUSED),  # a thread in a user namespace
    ("tgkill", (PROCESS, 1, 6), bpf.ALLOW),
    ("tgkill", (PROCESS + 1, 1, 6), REFUSED),
    ("ioctl", (2, 0x5401), bpf.ALLOW),  # isatty(3)
    ("ioctl", (2, 0x5412), REFUSED),  # TIOCSTI
    ("fcntl", (3, 1030), bpf.ALLOW),
    ("fcntl", (3, 8), REFUSED),  # F_SETOWN
    ("prctl", (15, 1), bpf.ALLOW),
    ("prctl", (22, 2), REFUSED),  # PR_SET_SECCOMP
    ("prlimit64", (0, 7, 0, 1), bpf.ALLOW),
    ("prlimit64", (PROCESS, 7, 0, 1), bpf.ALLOW),
    ("prlimit64", (PROCESS + 1, 7, 0, 1), REFUSED),
    ("prlimit64", (0, 7, 1, 1), REFUSED),
    ("prlimit64", (0, 7, 1 << 32, 1), REFUSED),
    ("ptrace", (), bpf.KILL),
    ("io_uring_setup", (), bpf.KILL),
    ("process_vm_writev", (), bpf.KILL),
    ("unshare", (), bpf.KILL),
]
# What differs for a process that speaks to a graphics card's driver.
WITH_DEVICES = [
    ("openat", (ANYTHING, 1, os.O_RDWR | os.O_CLOEXEC), bpf.ALLOW),
    ("openat", (ANYTHING, 1, os.O_WRONLY), REFUSED),
    ("openat", (ANYTHING, 1, os.O_RDWR | os.O_CREAT), REFUSED),
    ("openat", (ANYTHING, 1, os.O_RDWR | os.O_TRUNC), REFUSED),
    ("open", (1, os.O_RDWR), bpf.ALLOW),
    ("open", (1, os.O_RDWR | os.O_APPEND), REFUSED),
    ("ioctl", (9, 0xC020462A), bpf.ALLOW),  # NV_ESC_RM_CONTROL
    ("ioctl", (9, 0x30000001), bpf.ALLOW),  # UVM_INITIALIZE
    ("ioctl", (9, 37), bpf.ALLOW),  # UVM_REGISTER_GPU
    ("ioctl", (9, 0x40086602), REFUSED),  # FS_IOC_SETFLAGS
    ("ioctl", (9, 0xC0106403), REFUSED),  # a card's other driver, DRM
    ("poll", (), bpf.ALLOW),
    ("eventfd2", (), bpf.ALLOW),
    ("clone", (0x01200011,), REFUSED),
    ("ptrace", (), bpf.KILL),
]
ABSENT = {
    "socket": (41, 198),
    "connect": (42, 203),
    "execve": (59, 221),
    "execveat": (322, 281),
    "clone3": (435, 435),
    "openat2": (437, 437),
    "kill": (62, 129),
    "memfd_create": (319, 279),
    "dup": (32, 23),
    "not yet invented": (9999, 9999),
}


def run(program: Sequence[Instruction], number: int, audit: int, arguments: Sequence[int]) -> int:
    """Run a filter as the kernel does, on one call; an instruction that is unknown fails."""
    data = struct.pack("<iIQ6Q", number, audit, 0, *[*arguments, *[0] * 6][:6])
    at = accumulator = 0
    while True:
        code, yes, no, value = program[at]
        at += 1
        if code == 0x20:
            (accumulator,) = struct.unpack_from("<I", data, value)
        elif code == 0x54:
            accumulator &= value
        elif code == 0x06:
            return value
        else:
            holds = {0x15: accumulator == value, 0x35: accumulator >= value}[code]
            at += yes if holds else no


@pytest.fixture(params=ARCHITECTURES)
def machine(request: pytest.FixtureRequest) -> str:
    """The name of an architecture."""
    return str(request.param)


@pytest.mark.parametrize(
    ("machine", "name", "arguments", "verdict"),
    [
        (machine, *one)
        for machine, here in ARCHITECTURES.items()
        for one in VERDICTS
        if NUMBERS[one[0]][here.column] != NONE
    ],
)
def test_each_call_is_let_through_refused_or_deadly(
    machine: str, name: str, arguments: tuple[int, ...], verdict: int
) -> None:
    """On the architectures that no machine here has, too."""
    here = ARCHITECTURES[machine]
    number = NUMBERS[name][here.column]

    assert run(policy(here, PROCESS), number, here.audit, arguments) == verdict


@pytest.mark.parametrize(
    ("machine", "name", "arguments", "verdict"),
    [
        (machine, *one)
        for machine, here in ARCHITECTURES.items()
        for one in WITH_DEVICES
        if NUMBERS[one[0]][here.column] != NONE
    ],
)
def test_a_cards_driver_can_be_spoken_to_and_little_else(
    machine: str, name: str, arguments: tuple[int, ...], verdict: int
) -> None:
    """Only for a worker that may use one; NVIDIA's requests, and no other driver's."""
    here = ARCHITECTURES[machine]
    number = NUMBERS[name][here.column]

    assert run(policy(here, PROCESS, devices=True), number, here.audit, arguments) == verdict


@pytest.mark.parametrize("name", ABSENT)
def test_a_call_that_is_not_listed_does_not_exist(machine: str, name: str) -> None:
    """So that libraries take their second way, and calls of later kernels are not open."""
    here = ARCHITECTURES[machine]

    assert run(policy(here, PROCESS), ABSENT[name][here.column], here.audit, ()) == UNKNOWN


def test_calls_of_another_architecture_are_deadly(machine: str) -> None:
    """Their numbers mean other things."""
    here = ARCHITECTURES[machine]
    read = NUMBERS["read"][here.column]

    assert run(policy(here, PROCESS), read, 0x40000003, ()) == bpf.KILL  # i386
    assert run(policy(here, PROCESS), read | bpf.X32, here.audit, ()) == bpf.KILL


def test_every_check_of_a_call_must_hold() -> None:
    """Each of several values will do; each of several checks must."""
    checks = [Check(0, [1, 2, 3]), Check(1, [0x10], 0xF0), Check(2, [7], upper=True)]
    program = bpf.build(1, [(5, checks), (6, ())], [], refused=1, unknown=2)

    def answer(*arguments: int) -> int:
        return run(program, 5, 1, arguments)

    good = (2, 0x1F, 7 << 32)
    assert answer(*good) == bpf.ALLOW
    assert answer(1, *good[1:]) == answer(3, *good[1:]) == bpf.ALLOW
    assert answer(4, *good[1:]) == answer(good[0], 0x2F, good[2]) == bpf.ERRNO + 1
    assert answer(*good[:2], 7) == bpf.ERRNO + 1
    assert run(program, 6, 1, ()) == bpf.ALLOW
    assert run(program, 7, 1, ()) == bpf.ERRNO + 2


@pytest.mark.skipif(not ctypes.util.find_library("seccomp"), reason="there is no libseccomp")
def test_the_numbers_are_those_that_libseccomp_knows(machine: str) -> None:
    """A wrong number would open one call and break another."""
    here = ARCHITECTURES[machine]
    resolve = ctypes.CDLL("libseccomp.so.2").seccomp_syscall_resolve_name_arch
    resolve.argtypes = [ctypes.c_uint32, ctypes.c_char_p]

    known = {name: resolve(here.audit, name.encode()) for name in NUMBERS}

    # It gives calls that an architecture lacks negative numbers of its own.
    ours = {name: numbers[here.column] for name, numbers in NUMBERS.items()}
    assert ours == {name: max(number, NONE) for name, number in known.items()}
    assert resolve(here.audit, b"seccomp") == here.seccomp


@pytest.mark.parametrize("platform", ["darwin", "win32", "freebsd14"])
def test_other_systems_promise_nothing(monkeypatch: pytest.MonkeyPatch, platform: str) -> None:
    """The worker runs there too, and says that it is not shut in."""
    monkeypatch.setattr(sys, "platform", platform)

    assert sandbox.enter(sandbox.Needs([], [], 1)) == frozenset()
