"""A real Firefox with the extension, the real host behind it, and pages to show it."""

from __future__ import annotations

import io
import json
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from e2e import browser, pages, recorder
from e2e.browser import Browser, behind_proxy, with_extension
from e2e.cases import Script
from e2e.recorder import Recording
from e2e.website import Website
from PIL import Image

from altlens_installer.manifest import render

SETTINGS = Path(".config/altlens/settings.json")
"""The host's, within HOME."""


@pytest.fixture(scope="session")
def binary() -> Path:
    """Firefox's binary."""
    found = browser.executable()
    if found is None:
        pytest.fail("Firefox is not there. Install it: apt-get install firefox-esr", pytrace=False)
    return found


@pytest.fixture(scope="session")
def extension(repository: Path) -> Path:
    """The folder of the extension."""
    return repository / "extension"


@pytest.fixture(scope="session")
def photographs(repository: Path) -> Path:
    """The folder of the demonstration's photographs."""
    return repository / "installer/altlens_installer/demo/pictures"


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A HOME in which only this run's host is installed, and text in pictures is not read.

    Most pictures here are drawn; those that looked like text would be asked about twice.
    """
    made = tmp_path_factory.mktemp("home")
    settings = made / SETTINGS
    settings.parent.mkdir(parents=True)
    settings.write_text(json.dumps({"read_text": False}))
    return made


@pytest.fixture(scope="module")
def usual_settings(home: Path, recording: Recording) -> Iterator[None]:
    """A host with the settings that everybody has at first, for the tests of one file."""
    settings = home / SETTINGS
    before = settings.read_text()
    settings.unlink()
    recording.end_host()
    yield
    settings.write_text(before)
    recording.end_host()


@pytest.fixture(scope="session")
def recording(home: Path, repository: Path) -> Recording:
    """Install the host behind a recorder; what goes by."""
    folder = home / "recording"
    folder.mkdir()
    launcher = home / "launcher"
    command = [sys.executable, "-E", "-P", recorder.__file__, str(folder)]
    launcher.write_text(f'#!/bin/sh\nexec {shlex.join(command)} "$@"\n')
    launcher.chmod(0o755)
    manifest = home / ".mozilla/native-messaging-hosts/altlens.json"
    manifest.parent.mkdir(parents=True)
    manifest.write_bytes(render(repository / "manifests", launcher))
    return Recording(folder)


@pytest.fixture(scope="session")
def firefox(
    binary: Path, home: Path, recording: Recording, extension: Path, site: Website
) -> Iterator[Browser]:
    """Firefox with the extension, for all tests that leave its settings as they found them."""
    with with_extension(binary, home, extension, behind_proxy(site.port)) as running:
        yield running


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory) -> Script:
    """A script that gives each numbered picture its caption."""
    made = Script(tmp_path_factory.mktemp("script") / "script.json")
    made.say()
    return made


@pytest.fixture(scope="module")
def scripted(firefox: Browser, recording: Recording, script: Script) -> Iterator[Browser]:
    """Firefox in front of the scripted host."""
    with recording.another_host(script.command):
        yield firefox


@pytest.fixture(autouse=True)
def _fresh_record(recording: Recording) -> None:
    recording.forget()


@pytest.fixture(scope="session")
def site(photographs: Path) -> Iterator[Website]:
    """A website with the photographs, one of them also as WebP."""
    website = Website()
    for picture in photographs.glob("*.jpg"):
        website.put(f"/{picture.name}", picture.read_bytes(), "image/jpeg")
    with Image.open(photographs / "coffee.jpg") as picture:
        file = io.BytesIO()
        picture.save(file, "WEBP", lossless=True)
        website.put("/coffee.webp", file.getvalue(), "image/webp")
    yield website
    website.close()


@pytest.fixture
def decided(firefox: Browser, recording: Recording) -> Iterator[Browser]:
    """A user who has agreed and chosen nothing else; afterwards all is as it was."""
    pages.open_page(firefox, pages.PAGES["help"])
    before = pages.stored(firefox)
    pages.store(firefox, consent=True)
    firefox.close_other_tabs()
    yield firefox
    pages.open_page(firefox, pages.PAGES["help"])
    pages.store(firefox, **before)
