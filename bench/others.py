"""How much of the machine other programs took while something was measured."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Container, Iterable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import psutil

MOST = 0.10
"""A measurement during which others took a larger share of these processors is marked."""

_STAT = Path("/proc/stat")
_IDLE, _IOWAIT, _STEAL = 3, 4, 7


class Ticks(NamedTuple):
    """What the system has counted since it started, in ticks of all processors that may be used.

    Attributes:
        busy: In which a processor worked, or was taken away by another guest of its machine.
        total: All.
    """

    busy: float
    total: float


def read_stat(text: str, cpus: Container[int]) -> Ticks:
    """Read /proc/stat (proc(5)).

    Args:
        text: The whole file.
        cpus: The numbers of the processors that count.
    """
    busy = total = 0.0
    for line in text.splitlines():
        name, *fields = line.split()
        number = name.removeprefix("cpu")
        if number != name and number.isdecimal() and int(number) in cpus:
            # The guests' share, after steal, is contained in user and nice already.
            counted = [float(one) for one in fields[: _STEAL + 1]]
            busy += sum(counted) - counted[_IDLE] - counted[_IOWAIT]
            total += sum(counted)
    return Ticks(busy, total)


class Watch:
    """Measures the share of others between its start and `share`."""

    def __init__(self, processes: Callable[[], Iterable[psutil.Process]]) -> None:
        """Start.

        Args:
            processes: Whose work is not that of others, beside this process's own; asked for at
                the start and at the end.
        """
        self._processes = processes
        self._own = self._seconds()
        self._before = _now()

    def share(self) -> float:
        """Return the share of all processors, 0 to 1, that others took; 0 where none tells."""
        after, own = _now(), self._seconds() - self._own
        if after is None or self._before is None:
            return 0.0
        ticks = os.sysconf("SC_CLK_TCK") * own
        return share(self._before, after, ticks)

    def _seconds(self) -> float:
        mine = os.times()
        total = mine.user + mine.system
        for process in self._processes():
            with suppress(psutil.Error):
                total += sum(process.cpu_times()[:4])  # its own, and those of ended children
        return total


def share(before: Ticks, after: Ticks, own: float) -> float:
    """Return which share of the machine others took.

    Args:
        before: At the start.
        after: At the end.
        own: Ticks that are not others'.
    """
    total = after.total - before.total
    return max(0.0, after.busy - before.busy - own) / total if total > 0 else 0.0


def _now() -> Ticks | None:
    if sys.platform != "linux":
        return None
    return read_stat(_STAT.read_text(encoding="ascii"), os.sched_getaffinity(0))
