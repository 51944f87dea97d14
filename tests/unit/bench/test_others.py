"""Whether other programs disturbed a measurement."""

from __future__ import annotations

import subprocess
import sys
import time

import psutil
import pytest
from bench.others import MOST, Ticks, Watch, read_stat, share
from bench.rows import Timing

STAT = """cpu  300 60 90 1500 120 15 18 21 150 27
cpu0 100 20 30 500 40 5 6 7 50 9
cpu1 50 10 15 250 20 2 3 3 25 4
cpu10 150 30 45 750 60 8 9 11 75 14
intr 1 2 3
"""


def test_stat_is_read_as_proc_5_says() -> None:
    """Idle and waiting for the disk are no work; a guest's share is not counted twice."""
    ticks = read_stat(STAT, {0})

    assert ticks == Ticks(busy=100 + 20 + 30 + 5 + 6 + 7, total=708)


def test_only_processors_that_may_be_used_count() -> None:
    """What others do elsewhere disturbs nobody here."""
    both, all_three = read_stat(STAT, {0, 1}), read_stat(STAT, range(11))

    assert both == Ticks(busy=168 + 83, total=708 + 353)
    assert all_three.total == 708 + 353 + 1063


def test_ones_own_work_is_not_that_of_others() -> None:
    """Half of both processors busy, of which four fifths were for the measurement."""
    before, after = Ticks(1000, 5000), Ticks(1100, 5200)

    assert share(before, after, own=80) == pytest.approx(0.1)
    assert share(before, after, own=120) == 0  # clocks that tick apart
    assert share(before, before, own=0) == 0


@pytest.mark.parametrize(("others", "marked"), [(0.0, False), (MOST, False), (0.11, True)])
def test_a_tenth_is_the_most(others: float, marked: bool) -> None:
    """More than 10% marks a measurement."""
    assert Timing(1.0, others).marked is marked


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells the shares")
def test_a_stranger_counts_and_the_measured_process_does_not() -> None:
    """The same busy process, once as somebody else's and once as the one that is measured."""
    busy = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    try:
        process = psutil.Process(busy.pid)
        time_of = process.cpu_times
        start = time_of().user
        as_other, as_own = Watch(list), Watch(lambda: [process])

        while time_of().user < start + 0.5:
            time.sleep(0.05)
        stranger, own = as_other.share(), as_own.share()
    finally:
        busy.kill()
        busy.wait()

    assert stranger > own
    assert stranger > 0.5 * 0.5 / (psutil.cpu_count() or 1) / 60  # it was seen at all
