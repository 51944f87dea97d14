"""The worker's life under a real host: idle, hung, stopped, and what it never gets to see."""

import base64
import hashlib
import io
import json
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest
from PIL import Image, ImageDraw
from support.host_process import HELLO, PATIENCE, HostProcess

KEY = hashlib.sha256(b"the key of a profile").digest()


def picture(number: int) -> bytes:
    """Return a picture that no other number has, and that is no flat one."""
    image = Image.new("RGB", (220, 160), "white")
    ImageDraw.Draw(image).ellipse((20, 20, 60 + number, 140), fill="teal")
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def host_with(home: Path, **settings: object) -> HostProcess:
    """Start a host whose user has chosen settings."""
    folder = home / ".config" / "altlens"
    folder.mkdir(parents=True)
    (folder / "settings.json").write_text(json.dumps(settings))
    return HostProcess(home=home)


def status(host: HostProcess, number: int) -> dict[str, Any]:
    host.ask(type="status", id=number)
    return host.wait(number)


def wait_until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.fixture(autouse=True)
def _no_other_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)


def test_an_idle_worker_gives_its_memory_back(tmp_path: Path) -> None:
    """No process is left of it; the next picture is captioned by another."""
    with host_with(tmp_path, idle_seconds=1) as host:
        host.greet()
        host.caption(2, picture(2))
        host.wait(2)
        (worker,) = host.workers()

        wait_until(lambda: not psutil.pid_exists(worker.pid))
        state = status(host, 3)
        host.caption(4, picture(4))

        assert state["workers"][0]["state"] == "absent"
        assert state["settings"]["idle_seconds"] == 1
        assert host.wait(4)["type"] == "result"


def test_a_warm_host_has_its_model_loaded_before_the_first_picture(tmp_path: Path) -> None:
    """Only the worker of normal windows."""
    with host_with(tmp_path, warm=True) as host:
        host.greet()

        wait_until(lambda: status(host, 2)["workers"][0]["state"] == "ready")

        assert status(host, 3)["workers"][1]["state"] == "absent"
        assert len(host.workers()) == 1


def test_a_worker_that_hangs_costs_one_picture(tmp_path: Path) -> None:
    """It is replaced; that picture is answered with an error, those behind it with words."""
    with host_with(tmp_path, deadline_seconds=40) as host:
        host.greet()
        host.caption(2, picture(2))
        host.wait(2)
        (worker,) = host.workers()
        worker.send_signal(signal.SIGSTOP)

        for number in (3, 4, 5):
            host.caption(number, picture(number))
        answers = [host.wait(number) for number in (3, 4, 5)]
        state = status(host, 6)["workers"][0]

        assert sorted(one.get("code", 0) for one in answers) == [0, 0, 403], answers
        assert "worker_timeout" in state["last_end"]
        assert not psutil.pid_exists(worker.pid)


def test_a_cancelled_picture_is_stopped_in_the_real_worker(tmp_path: Path) -> None:
    """The same worker goes on with the next one, and no answer was made for nobody."""
    with host_with(tmp_path) as host:
        host.greet()
        host.caption(2, picture(2))
        host.wait(2)
        (worker,) = host.workers()
        worker.send_signal(signal.SIGSTOP)
        host.caption(3, picture(3), page=30)

        host.ask(type="cancel", id=4, page=30)
        cancelled = [host.wait(3), host.wait(4)]
        status(host, 5)
        worker.send_signal(signal.SIGCONT)
        host.caption(6, picture(6))
        after = host.wait(6)
        host.caption(7, picture(3))

        assert (cancelled[0]["code"], cancelled[1]["cancelled"]) == (501, True)
        assert after["type"] == "result"
        assert host.wait(7)["source"] == "model"
        assert host.workers() == [worker]


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the worker must run to notice")
def test_a_worker_that_cannot_run_ends_with_its_host_all_the_same(tmp_path: Path) -> None:
    """Stopped by a signal it reads no end of a pipe; the host is killed; no orphan is left."""
    with host_with(tmp_path) as host:
        host.greet()
        for private in (False, True):
            host.caption(2, picture(2), private=private)
            host.wait(2)
        workers = host.workers()
        for worker in workers:
            worker.send_signal(signal.SIGSTOP)

        host.process.kill()

        assert len(workers) == 2
        assert psutil.wait_procs(workers, PATIENCE)[1] == []


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_the_worker_never_sees_the_profiles_key(tmp_path: Path) -> None:
    """Not in its arguments, its environment or its memory; the host itself has it there."""
    with host_with(tmp_path) as host:
        host.ask(**HELLO, profile_key=base64.b64encode(KEY).decode())
        host.wait(1)
        host.caption(2, picture(2))
        host.wait(2)
        (worker,) = host.workers()

        for secret in (KEY, base64.b64encode(KEY)):
            assert secret not in Path(f"/proc/{worker.pid}/environ").read_bytes()
            assert secret not in Path(f"/proc/{worker.pid}/cmdline").read_bytes()
            assert not in_memory(worker.pid, secret)
        assert in_memory(host.process.pid, KEY)


def in_memory(pid: int, secret: bytes) -> bool:
    """Say whether the writable memory of a process holds some bytes."""
    maps = Path(f"/proc/{pid}/maps").read_text().splitlines()
    areas = [line.split()[:2] for line in maps]
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        for area, rights in areas:
            if not rights.startswith("rw"):
                continue
            start, end = (int(one, 16) for one in area.split("-"))
            try:
                memory.seek(start)
                held = memory.read(end - start)
            except OSError:  # the kernel's own
                continue
            if held and secret in held:
                return True
    return False
