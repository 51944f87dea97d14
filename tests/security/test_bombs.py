"""Pictures made to cost time or memory: the worker itself refuses or answers each.

One worker gets all of them, with the limits that it always has, and lives on.
"""

from __future__ import annotations

import struct
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import psutil
import pytest
from security.bombs import ANSWERED, BOMBS, gradient, png
from support.encoding import encoded

from altlens_host.errors import AltlensError
from altlens_host.fields import decode_object
from altlens_host.settings import Settings
from altlens_host.worker_messages import Task, read_worker, write_task

SECONDS = Settings().answer_seconds
"""Of processor time: how long a caption may take on a machine that does nothing else."""


class Worker:
    """The worker as the host starts it, and what it has used so far."""

    def __init__(self, memory_megabytes: int = Settings().memory_megabytes) -> None:
        command = [sys.executable, "-E", "-P", "-m", "altlens_host.worker", "--model", "lite"]
        memory = ["--memory", str(memory_megabytes)]
        self.process = subprocess.Popen(
            [*command, *memory, "--threads", "1"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self.hear()

    def ask(self, data: bytes, *, any_format: bool) -> tuple[int, float]:
        """Return 0 or the error's code, and the seconds of processor time that it took."""
        assert self.process.stdin
        before = self.seconds()
        for body in (write_task(Task(1, len(data), any_format)), data):
            self.process.stdin.write(struct.pack("=I", len(body)) + body)
        self.process.stdin.flush()
        said = self.hear()
        return said.code if isinstance(said, AltlensError) else ANSWERED, self.seconds() - before

    def hear(self) -> Any:
        assert self.process.stdout
        (length,) = struct.unpack("=I", self.process.stdout.read(4))
        return read_worker(decode_object(self.process.stdout.read(length)))[1]

    def seconds(self) -> float:
        times = psutil.Process(self.process.pid).cpu_times()
        return float(times.user + times.system)


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    """One worker for all bombs; it has to outlive each of them."""
    started = Worker()
    with started.process as process:
        yield started
        process.kill()


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_or_answered_in_time(worker: Worker, name: str) -> None:
    """And the next picture is described as if nothing had been."""
    make, expected = BOMBS[name]

    said, seconds = worker.ask(make(), any_format=True)
    after, _ = worker.ask(encoded(gradient(), "JPEG"), any_format=False)

    assert said in expected
    assert seconds < SECONDS
    assert after == ANSWERED


@pytest.mark.parametrize("kind", ["WEBP", "GIF", "BMP", "AVIF"])
def test_a_page_cannot_reach_the_other_decoders(worker: Worker, kind: str) -> None:
    """The command line can."""
    data = encoded(gradient(), kind)

    assert worker.ask(data, any_format=False)[0] == 301
    assert worker.ask(data, any_format=True)[0] == ANSWERED


def test_a_picture_that_needs_more_memory_than_there_is_costs_only_itself() -> None:
    """The user may set a low limit; the worker says what was wrong, and lives on."""
    worker = Worker(memory_megabytes=400)
    with worker.process as process:
        said, _ = worker.ask(png(8000, 8000, alpha=True), any_format=False)
        after, _ = worker.ask(encoded(gradient(), "JPEG"), any_format=False)
        process.kill()

    assert (said, after) == (306, ANSWERED)
