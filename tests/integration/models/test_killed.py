"""An installation that is killed at any of its steps: what was there is used, and it goes on."""

import io
import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from integration.models.conftest import FIRST, REPO, SECOND, User
from support.hub import FakeHub
from support.killed import killed_at

from altlens_host.models import catalogue, store
from altlens_installer.models import command, installing, lock, preparing
from altlens_installer.models.collecting import Wish
from altlens_installer.models.hub import Hub
from altlens_installer.models.preparing import Outcome
from altlens_installer.models.progress import Progress

NAME = "distilvit"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A killed process loses nothing that it has written; and what is prepared is not the matter.

    The process that prepares has tests of its own, and so has killing it with the rest, below.
    """
    monkeypatch.setattr(os, "fsync", lambda _descriptor: None)
    monkeypatch.setattr(preparing, "prepare", lambda *_: Outcome("refused", "not here"))


def install(hub: FakeHub, root: Path, revision: str = FIRST) -> None:
    """Install one commit."""
    source = Hub(hub.address, waits=()).snapshot(REPO, revision)
    wish = Wish(NAME, source, "q8", root)
    installing.install(wish, Progress(io.StringIO()), lambda _folder: None)


def found(root: Path) -> catalogue.Model | None:
    """Return the model that a host would use, after seeing that it is whole."""
    path = catalogue.installed(NAME, [root])
    if path is None:
        return None
    model = catalogue.find(NAME, [root])
    assert lock.faults(path) == []
    assert model.files
    return model


def left(root: Path) -> list[str]:
    """Return what is there of the model."""
    return sorted(one.name for one in (root / NAME).iterdir() if not one.name.startswith("."))


def steps(start: Path, hub: FakeHub, revision: str, beside: Path, least: int) -> Iterator[Path]:
    """Yield a copy of a folder of models for each step at which an installation was killed."""
    for step in range(1000):
        root = beside / str(step)
        shutil.copytree(start, root)
        if not killed_at(step, lambda root=root: install(hub, root, revision)):  # type: ignore[misc]
            assert step >= least
            return
        yield root
        shutil.rmtree(root)
    pytest.fail("it never came to its end")


def test_a_first_installation(hub: FakeHub, tmp_path: Path) -> None:
    """Either there is none, or there is a whole one; and the next attempt makes it."""
    start = tmp_path / "start"
    start.mkdir()
    Hub(hub.address).snapshot(REPO, FIRST)  # the library is loaded before anything is killed

    for root in steps(start, hub, FIRST, tmp_path, 25):
        found(root)
        install(hub, root)
        after = found(root)
        assert after
        assert after.revision == FIRST
        assert left(root) == [FIRST, store.CURRENT]


def test_a_newer_revision(hub: FakeHub, republished: Path, tmp_path: Path) -> None:
    """The old one is used until the new one is whole; never none, nor one that was not in use."""
    hub.add(REPO, republished, SECOND)
    start = tmp_path / "start"
    install(hub, start)
    aside = start / NAME / "aside"
    shutil.copytree(start / NAME / FIRST, aside)
    (aside / "config.json").touch()
    seen = set()

    for root in steps(start, hub, SECOND, tmp_path, 25):
        model = found(root)
        assert model
        assert model.path.name == model.revision
        seen.add(model.revision)
        install(hub, root, SECOND)
        after = found(root)
        assert after
        assert after.revision == SECOND

    assert FIRST in seen


def test_the_repair_of_a_damaged_model(hub: FakeHub, tmp_path: Path) -> None:
    """There is one of that revision at each moment, whole or damaged, and at last a whole one."""
    start = tmp_path / "start"
    install(hub, start)
    (start / NAME / FIRST / "tokenizer.json").write_bytes(b"{}")

    for root in steps(start, hub, FIRST, tmp_path, 25):
        assert catalogue.installed(NAME, [root])
        install(hub, root)
        assert found(root)
        assert left(root) == [FIRST, store.CURRENT]


def test_a_removal(hub: FakeHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A whole one or none; run again, it goes on."""
    start = tmp_path / "start"
    install(hub, start / "data/altlens/models")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))

    for step in range(1000):
        home = tmp_path / str(step)
        shutil.copytree(start, home)
        monkeypatch.setenv("XDG_DATA_HOME", str(home / "data"))
        root = home / "data/altlens/models"
        if not killed_at(step, lambda: command.remove(NAME, False, io.StringIO())):
            assert step >= 8
            assert not (root / NAME).exists()
            return
        if found(root) or (root / NAME).exists():
            command.remove(NAME, False, io.StringIO())
        assert not (root / NAME).exists()


def written(user: User) -> int:
    """Return how much of the largest file is on the disk, whole or not."""
    with suppress(FileNotFoundError):  # it becomes whole at this moment
        return max((one.stat().st_size for one in user.models.rglob("*.onnx*")), default=0)
    return 0


@pytest.mark.parametrize("sent", [1, 12_000, 24_000, 36_000, 44_000])
def test_the_command_killed_while_it_downloads(user: User, sent: int) -> None:
    """With all that it started; the next one goes on and does not begin again."""
    user.hub.pause = 0.02
    kept = 16_384 if sent > 2 * 16_384 else 0
    running = user.begin("install", "distilvit")
    # What was sent is not yet written, where the machine has other work.
    while (user.hub.sent < sent or written(user) < kept) and running.poll() is None:
        pass
    os.killpg(running.pid, signal.SIGKILL)
    running.communicate()
    user.hub.pause = 0
    assert user.used()["id"] == "lite"
    before = user.hub.sent

    ran = user.model("install", "distilvit")

    assert ran.returncode == 0, ran.stderr
    assert user.used()["id"] == "distilvit"
    whole = max(one.stat().st_size for one in user.distilvit.rglob("*.onnx"))
    assert user.hub.sent - before <= whole - kept


def test_the_command_killed_while_it_tries_the_model(user: User) -> None:
    """When all is downloaded, and the host and worker of the trial run; they do not stay."""
    running = user.begin("install", "distilvit")
    children: list[psutil.Process] = []
    while not children:
        assert running.poll() is None
        with suppress(psutil.Error):
            below = psutil.Process(running.pid).children(recursive=True)
            if any({"altlens_host.worker", "--model"} <= {*one.cmdline()} for one in below):
                children = below
    running.kill()
    running.communicate()
    gone, alive = psutil.wait_procs(children, 20)
    assert user.used()["id"] == "lite"
    before = user.hub.sent

    ran = user.model("install", "distilvit")

    assert alive == []
    assert gone
    assert ran.returncode == 0, ran.stderr
    assert user.used()["id"] == "distilvit"
    assert user.hub.sent == before
