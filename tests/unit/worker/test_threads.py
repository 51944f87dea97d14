"""How many threads a model gets."""

import os
from pathlib import Path

import pytest

from altlens_host.worker.engines.threads import MOST_THREADS, thread_count


def processors() -> list[int]:
    allowed = getattr(os, "sched_getaffinity", None)
    return list(allowed(0) if allowed else range(os.cpu_count() or 1))


def test_what_was_asked_for_is_used() -> None:
    """A user who says 7 gets 7."""
    assert thread_count(7) == 7


def test_left_alone_it_takes_no_more_than_the_machine_has() -> None:
    """More threads than cores only wait for each other, and the browser needs some too."""
    assert 1 <= thread_count(0) <= min(MOST_THREADS, os.cpu_count() or 1)


def test_where_the_system_does_not_say_each_processor_counts(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Windows and macOS have no such folder."""
    monkeypatch.setattr("altlens_host.worker.engines.threads._CPUS", tmp_path)

    assert thread_count(0) == min(MOST_THREADS, len(processors()))


def test_two_processors_of_one_core_count_once(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Hyper-threads share the units that the model needs."""
    for cpu in processors():
        topology = tmp_path / f"cpu{cpu}" / "topology"
        topology.mkdir(parents=True)
        (topology / "thread_siblings_list").write_text("0-1\n")
    monkeypatch.setattr("altlens_host.worker.engines.threads._CPUS", tmp_path)

    assert thread_count(0) == 1
