"""An installation or uninstallation that is killed at any step, and what comes after."""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from support.installer import Home, tree
from support.killed import killed_at

from altlens_installer.install import Sources

USER_JS = b'// mine\r\nuser_pref("a", "\xe9");'


def homes(
    start: Home, work: Callable[[Home], object], least: int, beside: Path
) -> Iterator[tuple[int, Home]]:
    """Yield a copy of a home for each step at which work on it can be killed."""
    for step in range(1000):
        home = Home(beside / str(step) / "home")
        shutil.copytree(start.path, home.path)
        if not killed_at(step, lambda home=home: work(home)):  # type: ignore[misc]
            assert step >= least
            return
        yield step, home
    pytest.fail("it never came to its end")


@pytest.fixture
def used(home: Home, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A home with a folder for programs' data and a profile with a user.js."""
    # A killed process loses nothing that it has written; only a machine does.
    monkeypatch.setattr(os, "fsync", lambda _descriptor: None)
    (home.path / ".local/share").mkdir(parents=True)
    home.profile(user_js=USER_JS)
    return home


def folder(home: Home) -> Path:
    """Return the profile of a home."""
    return home.path / ".mozilla/firefox/one.default"


@pytest.mark.parametrize("repeat", [False, True])
def test_a_first_installation(used: Home, parts: Sources, tmp_path: Path, repeat: bool) -> None:
    """It can be taken back, or repeated and then taken back."""
    start = tree(used.path)

    for step, home in homes(used, lambda home: home.put(folder(home), parts), 20, tmp_path):
        if repeat:
            home.put(folder(home), parts)
            assert not home.put(folder(home), parts).changes, step
        home.take()
        assert tree(home.path) == start, step


@pytest.mark.parametrize("repeat", [False, True])
def test_a_later_installation(used: Home, parts: Sources, tmp_path: Path, repeat: bool) -> None:
    """Half of the files are of the older altlens then; all of them are known as ours."""
    start = tree(used.path)

    def both(home: Home) -> None:
        home.put(folder(home), replace(parts, host=("/usr/bin/env", "older")))
        (folder(home) / "extensions/altlens@altlens.xpi").unlink()
        home.put(folder(home), replace(parts, signed=b"as if it were"))

    for step, home in homes(used, both, 40, tmp_path):
        if repeat:
            home.put(folder(home), parts)
        home.take()
        assert tree(home.path) == start, step


def test_an_uninstallation(used: Home, parts: Sources, tmp_path: Path) -> None:
    """Run again, it goes on where it stopped."""
    start = tree(used.path)

    def both(home: Home) -> None:
        home.put(folder(home), parts)
        home.take()

    for step, home in homes(used, both, 30, tmp_path):
        home.take()
        assert tree(home.path) == start, step
