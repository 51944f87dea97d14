"""What a host refuses at its start, and what it writes down, as a process."""

import shutil
from pathlib import Path

import pytest
from support.host_process import HELLO, HostProcess

from altlens_host.models import catalogue

ALTLENS = "altlens@altlens"
SECRET = "a-name-that-nobody-may-read"


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    """A native manifest as the installer leaves it."""
    path = tmp_path / "hosts" / "altlens.json"
    path.parent.mkdir(mode=0o755)
    path.write_text("{}")
    path.chmod(0o644)
    return path


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("XDG_DATA_HOME", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)
    path = tmp_path / "home"
    path.mkdir()
    return path


def log(home: Path) -> list[str]:
    """Return the log's lines without their times."""
    path = home / ".local/state/altlens/log/host.log"
    return [line.split(maxsplit=2)[2] for line in path.read_text().splitlines()]


def refused(host: HostProcess) -> int:
    """Greet, and ask for more; return the code that both are answered with."""
    host.ask(**HELLO)
    hello = host.wait(1)
    host.ask(type="status", id=2)
    status = host.wait(2)
    assert hello["type"] == status["type"] == "error"
    assert hello["hint"]
    assert hello["code"] == status["code"]
    return int(hello["code"])


def test_our_extension_is_served(manifest: Path, home: Path) -> None:
    """With a manifest that only its owner can change."""
    with HostProcess(str(manifest), ALTLENS, home=home) as host:
        assert host.greet()["type"] == "welcome"


def test_another_extension_is_not(manifest: Path, home: Path) -> None:
    """It hears why, the log has a line, and no worker is started."""
    with HostProcess(str(manifest), "other@example.org", home=home) as host:
        assert refused(host) == 711
        assert host.workers() == []
    assert log(home) == ["711 extension_not_allowed"]


def test_a_manifest_that_everybody_may_change_is_refused(manifest: Path, home: Path) -> None:
    """Any user of the machine could have named another program."""
    manifest.chmod(0o646)

    with HostProcess(str(manifest), ALTLENS, home=home) as host:
        assert refused(host) == 712


def test_a_model_that_everybody_may_change_is_refused(
    manifest: Path, home: Path, tmp_path: Path
) -> None:
    """Also when a person starts the host."""
    model = tmp_path / "model"
    shutil.copytree(catalogue.find("lite").path, model)
    (model / "tokenizer.json").chmod(0o666)

    with HostProcess("--model", str(model), home=home) as host:
        assert refused(host) == 713
    (model / "tokenizer.json").chmod(0o644)
    with HostProcess("--model", str(model), home=home) as host:
        assert host.greet()["type"] == "welcome"


def test_what_the_host_writes_is_for_its_owner_alone(home: Path) -> None:
    """Folders and files, whatever the umask of the session is."""
    with HostProcess("--model", SECRET, home=home) as host:
        host.ask(**HELLO)
        assert host.wait(1)["code"] == 404

    written = list((home / ".local/state/altlens").rglob("*"))
    assert written
    assert all(path.stat().st_mode & 0o077 == 0 for path in written)


def test_the_log_has_kinds_of_trouble_and_nothing_else(home: Path) -> None:
    """No model's folder, no caption, no address, though the errors speak of them."""
    with HostProcess("--model", SECRET, home=home) as host:
        host.ask(**HELLO)
        assert SECRET in host.wait(1)["message"]
        host.send(b"https://example.org/" + SECRET.encode())
        assert host.wait(None)["code"] == 103

    assert log(home) == ["404 model_missing"]
    assert SECRET not in (home / ".local/state/altlens/log/host.log").read_text()
