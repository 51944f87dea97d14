"""Workers die, hang, starve and crawl; each request is answered once, rightly or with an error."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest
from PIL import Image, ImageDraw
from support.encoding import encoded
from support.host_process import PATIENCE, HostProcess

from campaign.faults import Tormentor

AT_ONCE = 12
PATIENT = {"deadline_seconds": 600}
IMPATIENT = {"deadline_seconds": 16, "resting_seconds": 1}
"""A worker that hangs is given up after half of the time for an answer."""

HONEST = range(400, 600)
"""The errors of the worker and of the host; none of them blames the picture."""


def home(folder: Path, settings: dict[str, object]) -> Path:
    """Let a user choose settings."""
    chosen = folder / ".config" / "altlens" / "settings.json"
    chosen.parent.mkdir(parents=True, exist_ok=True)
    chosen.write_text(json.dumps(settings))
    return folder


@pytest.mark.parametrize(
    "requests",
    [
        pytest.param(60, marks=pytest.mark.timeout(600)),
        pytest.param(1000, marks=[pytest.mark.campaign, pytest.mark.timeout(3600)]),
    ],
)
def test_each_request_is_answered_once_whatever_happens_to_the_workers(
    tmp_path: Path, requests: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """Normal and private windows alike; the host lives, and is well when it is over."""
    with HostProcess(home=home(tmp_path, PATIENT)) as calm:
        calm.greet()
        expected = {frame["id"]: frame["text"] for frame in _all(calm, requests)}
    with HostProcess(home=home(tmp_path, IMPATIENT)) as host:
        host.greet()
        tormentor = Tormentor(host.workers, seed=requests)
        tormentor.start()
        frames = []
        for frame in _all(host, requests):
            frames.append(frame)
            if frame["type"] == "result":
                tormentor.answered()
        tormentor.stop()
        host.ask(type="status", id=1)
        state = host.wait(1)

        number = requests + 9
        host.caption(number, _picture(number))
        afterwards = host.wait(number)
        zombies = [p for p in host.workers() if p.status() == psutil.STATUS_ZOMBIE]

    answered = Counter(frame["id"] for frame in frames)
    assert answered == Counter(list(expected)), "exactly once"
    right = [f for f in frames if f["type"] == "result"]
    assert all(frame["text"] == expected[frame["id"]] for frame in right)
    errors = Counter(
        f"{frame['name']}: {frame['message']}" for frame in frames if frame["type"] == "error"
    )
    assert all(frame["code"] in HONEST for frame in frames if frame["type"] == "error")
    assert len(right) >= requests // 2, f"the faults won: {errors}"
    assert state["waiting"] == 0
    assert afterwards["type"] in ("result", "error")
    assert not zombies
    assert sum(tormentor.done.values()) >= requests // 30
    with capsys.disabled():
        print(f"\n{requests} requests, faults {dict(tormentor.done)}: {len(right)} right,")
        print(f"errors {dict(errors)}")


@pytest.mark.parametrize("fault", ["none", "hang"])
def test_no_worker_outlives_a_host_that_is_killed(tmp_path: Path, fault: str) -> None:
    """Not even one that cannot notice by itself, because it hangs."""
    with HostProcess(home=home(tmp_path, PATIENT)) as host:
        host.greet()
        host.caption(10, _picture(10))
        host.caption(11, _picture(11), private=True)
        assert {host.wait(10)["type"], host.wait(11)["type"]} == {"result"}
        workers = host.workers()
        assert len(workers) == 2
        if fault == "hang":
            for worker in workers:
                worker.suspend()

        host.process.kill()
        host.process.wait()
        _, alive = psutil.wait_procs(workers, timeout=PATIENCE)

    assert not alive


@pytest.mark.campaign
@pytest.mark.timeout(3600)
def test_the_host_does_not_grow(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Its memory after 10,000 captions is within 10% of that after the first 3,000.

    Until then it grows, as it should: it remembers 2,000 answers of each kind of window.
    """
    with HostProcess(home=home(tmp_path, PATIENT)) as host:
        host.greet()
        sizes = []
        for count, _ in enumerate(_all(host, 10_000), start=1):
            if count % 1000 == 0:
                sizes.append(psutil.Process(host.process.pid).memory_info().rss)

    with capsys.disabled():
        print(f"\nhost's MB after each 1,000 captions: {[size // 2**20 for size in sizes]}")
    assert sizes[-1] <= 1.1 * sizes[2]


def _all(host: HostProcess, requests: int) -> Iterator[dict[str, Any]]:
    """Ask for many pictures, some at a time, each fourth from a private window."""
    numbers = iter(range(10, 10 + requests))
    open_ = 0
    for _ in range(requests):
        while open_ < AT_ONCE and (number := next(numbers, None)) is not None:
            host.caption(number, _picture(number), private=number % 4 == 0)
            open_ += 1
        answer = host.next_answer()
        yield answer
        open_ -= 1
        if answer.get("name") == "worker_resting":
            _wait_until_none_rests(host)


def _wait_until_none_rests(host: HostProcess) -> None:
    """Do as the extension does: ask on when there is somebody to answer."""
    state: dict[str, Any] = {"workers": [{"state": "resting"}]}
    while any(worker["state"] == "resting" for worker in state["workers"]):
        time.sleep(0.05)
        host.ask(type="status", id=1)
        state = host.wait(1)


def _picture(number: int) -> bytes:
    """Return a picture that is like no other: shapes on noise."""
    chance = np.random.default_rng(number)
    image = Image.fromarray(chance.integers(0, 256, (64, 64, 3)).astype(np.uint8))
    draw = ImageDraw.Draw(image)
    for _ in range(6):
        left, top, width, height = (int(v) for v in chance.integers(0, 40, 4))
        colour = tuple(int(v) for v in chance.integers(0, 256, 3))
        draw.ellipse((left, top, left + width, top + height), fill=colour)
    return encoded(image, "JPEG", quality=90)
