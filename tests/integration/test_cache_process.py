"""What hosts remember from one start to the next, spoken to over their pipes."""

import base64
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from support.encoding import encoded
from support.host_process import HELLO, PATIENCE, HostProcess

from altlens_host.models import catalogue

KEY = base64.b64encode(bytes(range(32))).decode()
OTHER_KEY = base64.b64encode(bytes(32)).decode()


def picture(seed: int) -> bytes:
    """Return a picture of one colour: it is answered at once, and its bytes are its own."""
    return encoded(Image.new("RGB", (90 + seed, 60), (20, seed % 256, 200)))


class Home:
    """A user's home with hosts in it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.hosts: list[HostProcess] = []

    @property
    def cache(self) -> Path:
        return self.path / ".local/share/altlens/cache"

    def host(self, key: str | None = KEY, arguments: tuple[str, ...] = ()) -> HostProcess:
        host = HostProcess(*arguments, home=self.path)
        self.hosts.append(host)
        host.ask(**HELLO, **({} if key is None else {"profile_key": key}))
        assert host.wait(1)["type"] == "welcome"
        return host

    def files(self) -> list[str]:
        return [str(path.relative_to(self.path)) for path in self.path.rglob("*")]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    made = Home(tmp_path)
    yield made
    for host in made.hosts:
        host.__exit__()


def caption(host: HostProcess, number: int, seed: int, **more: object) -> dict[str, Any]:
    host.caption(number, picture(seed), **more)
    return host.wait(number)


def cache_state(host: HostProcess, number: int = 900) -> dict[str, Any]:
    host.ask(type="status", id=number)
    state: dict[str, Any] = host.wait(number)["cache"]
    return state


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_what_one_host_answered_the_next_one_knows(home: Home, how: signal.Signals) -> None:
    """The same words, without a worker, though the first host was killed at once."""
    first = home.host()
    answer = caption(first, 2, seed=1)
    first.process.send_signal(how)
    first.process.wait(PATIENCE)

    second = home.host()
    again = caption(second, 2, seed=1)

    assert answer["source"] == "model"
    assert again["source"] == "cache"
    assert again | {"source": "model"} == answer
    assert second.workers() == []


def test_without_the_profiles_key_nothing_is_remembered(home: Home) -> None:
    """A client that gives none leaves no trace in the home."""
    host = home.host(key=None)

    assert caption(host, 2, seed=1)["type"] == "result"
    assert cache_state(host) == {"state": "off", "error": None}
    assert home.files() == []


def test_what_is_remembered_is_for_its_owner_alone(home: Home) -> None:
    """Every folder and file of it, whatever the umask of the session is."""
    before = os.umask(0)
    try:
        caption(home.host(), 2, seed=1)
    finally:
        os.umask(before)

    written = [home.cache, *home.cache.iterdir()]
    assert len(written) >= 2
    assert [path for path in written if path.stat().st_mode & 0o077] == []


def test_another_profile_finds_nothing(home: Home) -> None:
    """Each has its own file."""
    caption(home.host(KEY), 2, seed=1)

    assert caption(home.host(OTHER_KEY), 2, seed=1)["source"] == "model"
    assert len(list(home.cache.glob("*.sqlite3"))) == 2


def test_private_windows_leave_nothing_and_find_nothing(home: Home) -> None:
    """Neither is what they show written, nor is what normal windows showed read."""
    host = home.host()
    caption(host, 2, seed=1)
    host.ask(type="cache_stats", id=3)
    before = host.wait(3)["report"]

    known_outside = caption(host, 4, seed=1, private=True)
    only_private = caption(host, 5, seed=2, private=True)
    host.ask(type="cache_stats", id=6)
    after = host.wait(6)["report"]
    outside = caption(home.host(), 2, seed=2)

    assert known_outside["source"] == only_private["source"] == "model"
    assert before["entries"] == after["entries"] == 1
    assert before == after
    assert outside["source"] == "model"


def test_a_session_of_private_windows_alone_changes_no_file(home: Home) -> None:
    """Not one byte, whatever is shown."""
    first = home.host()
    caption(first, 2, seed=1)
    first.process.kill()
    first.process.wait(PATIENCE)
    host = home.host()
    host.ask(type="cache_stats", id=2)
    host.wait(2)
    before = {path: path.read_bytes() for path in home.cache.glob("*.sqlite3*")}

    for number in range(3, 13):
        assert caption(host, number, seed=number, private=True)["type"] == "result"

    assert {path: path.read_bytes() for path in home.cache.glob("*.sqlite3*")} == before


def test_errors_are_not_remembered(home: Home) -> None:
    """What failed today may work tomorrow."""
    host = home.host()
    host.caption(2, b"no picture")
    assert host.wait(2)["type"] == "error"

    host.ask(type="cache_stats", id=3)

    assert host.wait(3)["report"]["entries"] == 0


def test_the_client_counts_verifies_and_clears(home: Home) -> None:
    """Clearing empties the host's memory too."""
    host = home.host()
    for number in (2, 3, 4):
        caption(host, number, seed=number)

    host.ask(type="cache_verify", id=10)
    verified = host.wait(10)
    host.ask(type="cache_clear", id=11)
    cleared = host.wait(11)
    again = caption(host, 12, seed=2)

    assert (verified["type"], verified["report"]) == ("cache_report", {"entries": 3, "broken": 0})
    assert cleared["report"] == {"removed": 3}
    assert again["source"] == "model"


def test_the_key_is_changed_in_place(home: Home) -> None:
    """The next host is given the new key, and knows everything; the old key knows nothing."""
    host = home.host(KEY)
    caption(host, 2, seed=1)

    host.ask(type="cache_rotate", id=3, profile_key=OTHER_KEY)

    assert host.wait(3)["report"] == {"entries": 1}
    caption(host, 4, seed=2)
    renewed = home.host(OTHER_KEY)
    assert [caption(renewed, n, seed=s)["source"] for n, s in ((2, 1), (3, 2))] == ["cache"] * 2
    assert caption(home.host(KEY), 2, seed=1)["source"] == "model"


def test_without_a_cache_questions_about_it_are_refused(home: Home) -> None:
    """Error 706, not a false calm."""
    host = home.host(key=None)

    for number, kind in enumerate(("cache_stats", "cache_clear", "cache_verify"), 2):
        host.ask(type=kind, id=number)
        assert host.wait(number)["code"] == 706


def test_two_hosts_on_one_profile_share_what_they_remember(home: Home) -> None:
    """Both write at the same time; each finds what the other wrote."""
    hosts = [home.host(), home.host()]

    def work(host: HostProcess, first: int) -> None:
        for seed in range(first, first + 20):
            assert caption(host, seed + 100, seed=seed)["type"] == "result"

    threads = [
        threading.Thread(target=work, args=(host, first))
        for host, first in zip(hosts, (0, 50), strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)

    assert caption(hosts[0], 1000, seed=55)["source"] == "cache"
    assert caption(hosts[1], 1000, seed=5)["source"] == "cache"
    hosts[0].ask(type="cache_verify", id=1001)
    assert hosts[0].wait(1001)["report"] == {"entries": 40, "broken": 0}


def _corrupt(home: Home, _path: Path) -> None:
    for path in home.cache.glob("*.sqlite3*"):
        path.write_bytes(b"no database" * 1000)


def _newer(home: Home, path: Path) -> None:
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version = 99")
    db.close()


def _locked(home: Home, path: Path) -> sqlite3.Connection:
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("PRAGMA locking_mode = EXCLUSIVE")
    holder.execute("BEGIN EXCLUSIVE")
    return holder


def _writable(home: Home, _path: Path) -> None:
    home.cache.chmod(0o777)


@pytest.mark.parametrize(
    ("harm", "code"), [(_corrupt, 704), (_newer, 705), (_locked, 701), (_writable, 714)]
)
def test_a_cache_that_cannot_be_used_costs_no_caption(home: Home, harm: Any, code: int) -> None:
    """One line in the log, the reason in `state`, and every picture is answered."""
    first = home.host()
    caption(first, 2, seed=1)
    first.process.kill()
    first.process.wait(PATIENCE)
    (path,) = home.cache.glob("*.sqlite3")
    kept_alive = harm(home, path)

    host = home.host()
    answers = [caption(host, number, seed=number) for number in range(2, 6)]

    assert {answer["type"] for answer in answers} == {"result"}
    assert cache_state(host) == {"state": "failed", "error": code}
    log = home.path / ".local/state/altlens/log/host.log"
    assert [line.split()[2] for line in log.read_text().splitlines()] == [str(code)]
    if kept_alive is not None:
        kept_alive.close()


UNPRIVILEGED = """
import os, sys, threading
from pathlib import Path
from altlens_host.cache import sealed_file
from altlens_host.cache.cache import SealedCache
from altlens_host.cache.places import prepare
from altlens_host.messages import Answer
folder, key, picture = Path(sys.argv[1]), bytes(32), bytes(32)
answer = Answer("described", "A cat", -0.25, 7, "lite", "1")
if sys.argv[2] == "read-only file":
    before = SealedCache(lambda: prepare(folder))
    before.unlock(key)
    before.put(picture, (), answer)
    before.clear()
    folder.chmod(0o555)
    for path in folder.iterdir():
        path.chmod(0o444)
if os.getuid() == 0:
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
try:
    (folder / "probe").write_bytes(b"")
except PermissionError:
    print("denied")
cache = SealedCache(lambda: folder if sys.argv[2] == "read-only file" else prepare(folder / "new"))
cache.unlock(key)
cache.put(picture, (), answer)
print(cache.get(picture, ()), cache.state())
"""
"""Imports what it needs, becomes nobody, sees that the folder is closed to nobody, and uses it."""


@pytest.mark.parametrize("what", ["read-only file", "closed folder"])
def test_what_may_not_be_written_to_costs_no_caption(what: str) -> None:
    """As an unprivileged user, for whom the denial is real."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        folder = Path(name, "cache")
        folder.mkdir(mode=0o555)
        ran = subprocess.run(
            [sys.executable, "-c", UNPRIVILEGED, str(folder), what], capture_output=True, text=True
        )
        folder.chmod(0o755)

    assert ran.stdout.splitlines() == ["denied", "None {'state': 'failed', 'error': 702}"], (
        ran.stderr
    )


def test_a_model_that_does_not_say_which_it_is_has_nothing_remembered(home: Home) -> None:
    """Its folder may hold another one tomorrow, and the words would be the old one's."""
    folder = home.path / "model"
    shutil.copytree(catalogue.find("lite").path, folder)
    (folder / catalogue.CARD).unlink()

    host = home.host(arguments=("--model", str(folder)))

    assert caption(host, 2, seed=1)["type"] == "result"
    assert cache_state(host)["state"] == "off"
    assert not home.cache.exists()
