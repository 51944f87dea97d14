"""What each system does with processes: Linux for real, the others against their documentation."""

import ctypes
import os
import struct
import subprocess
import sys
from typing import Any

import psutil
import pytest

from altlens_host import process
from altlens_host.process import linux, macos, windows


def test_the_memory_of_a_process_is_known() -> None:
    """As much as psutil sees, within what a running interpreter changes meanwhile."""
    found = process.resident_bytes(os.getpid())

    seen = psutil.Process().memory_info().rss
    assert found is not None
    assert abs(found - seen) < seen / 4


def test_a_process_that_is_gone_has_no_memory() -> None:
    """None, not an exception: it may end at any time."""
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()

    assert process.resident_bytes(child.pid) is None


ORPHAN = """
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", '''
from altlens_host import process
process.end_with_parent()
print("ready", flush=True)
while True: pass
'''], stdout=subprocess.PIPE)
child.stdout.readline()
print(child.pid, flush=True)
sys.stdin.read()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="prctl(2) is Linux's")
def test_a_child_that_never_reads_its_pipe_ends_with_its_parent() -> None:
    """The parent gets SIGKILL, the child is in an endless loop: it ends nevertheless."""
    parent = subprocess.Popen(
        [sys.executable, "-c", ORPHAN], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert parent.stdout
    child = psutil.Process(int(parent.stdout.readline()))

    parent.kill()
    parent.communicate()

    assert psutil.wait_procs([child], 20)[1] == []


class Libproc:
    """proc_pidinfo of macOS, with one process."""

    def proc_pidinfo(self, pid: int, flavor: int, _arg: Any, buffer: Any, size: int) -> int:
        if (pid, flavor, size) != (7, 4, 96):
            return 0
        struct.pack_into("=QQ", buffer, 0, 1 << 40, 123_456_789)
        return size


def test_macos_reads_the_resident_size() -> None:
    """The second of the sizes in proc_taskinfo; 0 bytes written means that it is gone."""
    assert macos.resident_bytes(7, Libproc()) == 123_456_789
    assert macos.resident_bytes(8, Libproc()) is None


class Kernel32:
    """The calls of Windows that are used, with one process."""

    def __init__(self) -> None:
        self.open: set[int] = set()
        self.jobs: dict[int, int] = {}
        self.members: list[tuple[int, int]] = []

    def OpenProcess(self, _access: int, _inherit: bool, pid: int) -> int:
        if pid != 7:
            return 0
        self.open.add(70)
        return 70

    def CloseHandle(self, handle: int) -> None:
        self.open.remove(handle)

    def K32GetProcessMemoryInfo(self, handle: int, counters: Any, size: int) -> int:
        found = counters._obj
        assert handle in self.open
        assert size == found.cb == ctypes.sizeof(found)
        found.peak_working_set_size, found.working_set_size = 1 << 40, 123_456_789
        return 1

    def CreateJobObjectW(self, _attributes: None, _name: None) -> int:
        self.jobs[5] = 0
        return 5

    def SetInformationJobObject(self, job: int, kind: int, limits: Any, size: int) -> int:
        assert (kind, size) == (9, ctypes.sizeof(limits._obj))
        self.jobs[job] = limits._obj.limit_flags
        return 1

    def AssignProcessToJobObject(self, job: int, handle: int) -> int:
        assert handle in self.open
        self.members.append((job, handle))
        return 1


def test_windows_reads_the_working_set_and_closes_its_handle() -> None:
    """One that is gone cannot be opened."""
    kernel = Kernel32()

    assert windows.resident_bytes(7, kernel) == 123_456_789
    assert windows.resident_bytes(8, kernel) is None
    assert kernel.open == set()


def test_windows_puts_all_children_into_one_job_that_ends_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE, and the job's handle stays open in the host."""
    monkeypatch.setattr(windows, "_jobs", [])
    kernel = Kernel32()

    for pid in (7, 7, 8):
        windows.adopt(pid, kernel)

    assert kernel.jobs == {5: 0x2000}
    assert kernel.members == [(5, 70), (5, 70)]
    assert kernel.open == set()
    assert windows._jobs == [5]


def test_the_structures_of_windows_have_their_documented_sizes() -> None:
    """On 64-bit Windows: 72 and 144 bytes (psapi.h, winnt.h)."""
    assert ctypes.sizeof(windows._MemoryCounters) == 72
    assert ctypes.sizeof(windows._ExtendedLimits) == 144


def test_what_a_system_lacks_does_nothing() -> None:
    """The three systems have the same functions."""
    for system in (linux, macos, windows):
        assert {"adopt", "end_with_parent", "resident_bytes"} <= vars(system).keys()
    linux.adopt(7)
    macos.adopt(7)
    macos.end_with_parent()
    windows.end_with_parent()
