"""The sandbox on Linux: limits, no new privileges, Landlock, seccomp, in this order.

The system call filter comes last: it forbids the calls that the other steps are made of.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

from altlens_host.errors import NotIsolatedError
from altlens_host.worker.sandbox import Needs, landlock, limits, program, seccomp, system

_DRIVER = ("/proc/driver/nvidia", "/proc/devices", "/proc/self/maps")
"""What NVIDIA's libraries read to find their driver, and this process's stack."""


def enter(needs: Needs) -> frozenset[str]:
    """Shut this process in; see `sandbox.enter`."""
    # Landlock binds the thread that asks for it and those it starts, not the ones beside it.
    threads = len(list(Path("/proc/self/task").iterdir()))
    if threads != 1:
        raise NotIsolatedError(f"The worker has {threads} threads already.")
    _close_all_but({0, 1, 2, *needs.pipes})
    limits.apply(needs.memory, devices=bool(needs.devices))
    held = {"limits"}
    devices = False
    if system.no_new_privileges():
        held.add("no_new_privileges")
        driver = map(Path, _DRIVER if needs.devices else ())
        if landlock.restrict([*program.readable(), *needs.readable, *driver], needs.devices):
            held.add("file_access")
            # A filter of calls cannot see which file is opened; without Landlock none may be
            # opened for writing, so no device either.
            devices = bool(needs.devices)
        if seccomp.restrict(devices=devices):
            held.add("system_calls")
    if not devices and held & {"file_access", "system_calls"}:
        held.add("no_devices")
    return frozenset(held)


def _close_all_but(kept: Iterable[int]) -> None:
    """Close what the host, or whoever started it, left open by mistake."""
    ends = [*sorted(kept), os.sysconf("SC_OPEN_MAX")]
    for before, after in pairwise(ends):
        # An empty range would be taken for everything.
        if before + 1 < after:
            os.closerange(before + 1, after)
