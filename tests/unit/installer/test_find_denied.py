"""Finding as a user to whom parts of the disk are closed. Root may see all, so it steps down."""

import os
import pwd
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support import machines
from support.machines import browser, machine

from altlens_installer.errors import NotWritableError
from altlens_installer.finding.found import look
from altlens_installer.finding.machine import Machine


@pytest.fixture
def here() -> Iterator[Machine]:
    """A machine with a Firefox and two profiles, where a user without privileges can reach it."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    made = machine(folder, "linux")
    browser(made.at("/usr/lib/firefox"))
    machines.profiles(made.home / ".mozilla/firefox", "a.one", "b.two")
    yield made
    for path in folder.rglob("*"):
        if path.is_dir():
            path.chmod(0o700)
    shutil.rmtree(folder)


def as_user(act: Callable[[], str]) -> str:
    """Return what a function says in a process that has no privileges."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            if os.geteuid() == 0:
                nobody = pwd.getpwnam("nobody")
                os.setgroups([])
                os.setresgid(nobody.pw_gid, nobody.pw_gid, nobody.pw_gid)
                os.setresuid(nobody.pw_uid, nobody.pw_uid, nobody.pw_uid)
            said = act()
        except BaseException as error:
            said = f"{type(error).__name__}: {error}"
        os.write(writing, said.encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        said = pipe.read().decode()
    os.waitpid(child, 0)
    return said


def closed(path: Path) -> None:
    """Close a folder or a file to everybody but root, and see that it is."""
    path.chmod(0)
    told = as_user(lambda: str(list(path.iterdir()) if path.is_dir() else path.read_bytes()))
    assert told.startswith("PermissionError"), told


@pytest.mark.parametrize(
    "place", ["/opt", "/snap", "/var/lib/flatpak", "/etc", "/home/Jörg B/.local"]
)
def test_a_closed_folder_hides_only_what_is_in_it(here: Machine, place: str) -> None:
    """The browser in another one is found."""
    (here.at(place) / "firefox").mkdir(parents=True)
    closed(here.at(place))

    assert as_user(lambda: " ".join(one.key for one in look(here).browsers)) == "firefox"


def test_a_closed_browser_is_not_there(here: Machine) -> None:
    """Who may not look into it may not start it."""
    closed(here.at("/usr/lib/firefox"))

    assert as_user(lambda: f"{look(here).browsers}") == "()"


def test_a_closed_list_is_told(here: Machine) -> None:
    """With its name and the reason."""
    closed(here.home / ".mozilla/firefox/profiles.ini")

    told = as_user(lambda: f"{look(here).profiles} {look(here).faults[0].detail}")

    assert told.startswith("() ")
    assert told.endswith("Permission denied.")
    assert "profiles.ini" in told


def test_a_closed_profile_is_told_and_the_other_is_found(here: Machine) -> None:
    """It is the system that refuses, not the name that is wrong."""
    closed(here.home / ".mozilla/firefox/a.one")

    assert as_user(lambda: look(here).profile("two").path.name) == "b.two"
    told = as_user(lambda: str(look(here).profile("one")))
    assert told.startswith(NotWritableError.__name__)
    assert "Permission denied" in told
