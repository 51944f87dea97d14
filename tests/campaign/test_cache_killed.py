"""Hosts that are killed while they write: what was acknowledged is there, and all of it opens."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from altlens_host.cache.sealed_file import SealedFile
from campaign.cache_writer import KEY, LIMITS, OPTIONS, answer, picture

WRITER = (sys.executable, "-m", "campaign.cache_writer")
TESTS = Path(__file__).parent.parent
SLOWEST_KILL = 0.004
"""Seconds; a write takes less, so that kills fall before, into and behind it."""


@pytest.mark.parametrize(
    "writes",
    [60, pytest.param(1000, marks=[pytest.mark.campaign, pytest.mark.timeout(1200)])],
)
def test_killed_at_random_points(
    tmp_path: Path, writes: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing that was acknowledged is lost, and nothing half-written is found."""
    chance = random.Random(writes)
    kept: set[int] = set()
    begun = kills = 0
    while begun < writes:
        last = begun + chance.randint(1, 19)
        # It begins one write more than is waited for: into that one the kill falls.
        with _writer(tmp_path, begun, last + 1) as writer:
            said = _until(writer, last - 1)
            _wait(chance.uniform(0, SLOWEST_KILL))
            writer.kill()
            kept |= {*said, *_rest(writer)}
        begun, kills = last + 1, kills + 1

        unfinished = _check(tmp_path, kept, begun)

    with capsys.disabled():
        print(
            f"\n{kills} kills in {begun} writes, {len(kept)} acknowledged, {unfinished} more kept"
        )


def test_two_hosts_on_one_profile_while_one_is_killed(tmp_path: Path) -> None:
    """The other host waits its turn, loses nothing, and finds what the first has kept."""
    with _writer(tmp_path, 0, 1000) as killed, _writer(tmp_path, 1000, 1060) as other:
        said = _until(killed, 20)
        killed.kill()
        said += _rest(killed)
        finished = _until(other, 1059)

    _check(tmp_path, {*said, *finished}, 1060)


def _writer(folder: Path, first: int, last: int) -> subprocess.Popen[str]:
    command = [*WRITER, str(folder), str(first), str(last)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=TESTS)


def _until(writer: subprocess.Popen[str], number: int) -> list[int]:
    """Read what the writer acknowledges, up to a number."""
    assert writer.stdout
    said: list[int] = []
    for line in writer.stdout:
        said.append(int(line))
        if said[-1] >= number:
            return said
    raise AssertionError(f"the writer ended by itself: {writer.wait()}")


def _rest(writer: subprocess.Popen[str]) -> list[int]:
    assert writer.stdout
    lines = writer.stdout.read().splitlines(keepends=True)
    return [int(line) for line in lines if line.endswith("\n")]


def _wait(seconds: float) -> None:
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:  # the kill is to fall between two instructions, not ticks
        pass


def _check(folder: Path, kept: set[int], begun: int) -> int:
    """Assert that the file is whole; return how many writes are kept that nobody was told of."""
    file = SealedFile(folder, KEY, LIMITS)
    try:
        for number in kept:
            assert file.get(picture(number), OPTIONS) == answer(number)
        found, after = file.verify(b"")
        entries = found.entries
        while after is not None:
            assert found.broken == 0
            found, after = file.verify(after)
            entries += found.entries
        assert entries == file.stats()["entries"], "the file's own count is wrong"
        unacknowledged = sum(
            file.get(picture(number), OPTIONS) is not None
            for number in range(begun)
            if number not in kept
        )
        assert entries == len(kept) + unacknowledged
    finally:
        file.close()
    assert not list(folder.glob("*.corrupt*")), "a kill was taken for damage"
    return unacknowledged
