"""Firefox is ended and started again, with altlens installed as it is for good."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from e2e.browser import Browser, behind_proxy, until
from e2e.recorder import Recording
from e2e.website import Website
from marionette_driver.addons import Addons

UNSIGNED = {"xpinstall.signatures.required": False, "extensions.autoDisableScopes": 0}


@pytest.fixture
def installed(
    binary: Path,
    home: Path,
    recording: Recording,
    repository: Path,
    site: Website,
    tmp_path: Path,
) -> Iterator[Browser]:
    """Firefox with the extension's file, which stays when Firefox ends."""
    subprocess.run([sys.executable, repository / ".ci/build-xpi", tmp_path], check=True)
    (file,) = tmp_path.glob("*.xpi")
    running = Browser(binary, home, behind_proxy(site.port) | UNSIGNED)
    try:
        Addons(running.marionette).install(str(file), temp=False)
        running.agree()
        yield running
    finally:
        running.close()
        recording.end_host()


def worker(recording: Recording) -> list[psutil.Process]:
    """Return the worker of the newest host, where it has one."""
    return psutil.Process(recording.host()).children()


def test_with_a_warm_start_the_model_is_loaded_with_firefox(
    installed: Browser, site: Website, recording: Recording
) -> None:
    """Before any page asks; without it not even the host is started."""
    recording.forget()
    installed.marionette.restart(in_app=True)
    installed.open(site.page("<p>Nothing to describe"))
    cold = recording.asked("hello")

    installed.choose(warmStart=True)
    recording.forget()
    installed.marionette.restart(in_app=True)
    hello = until(lambda: recording.asked("hello"), "the host is greeted")
    until(lambda: worker(recording), "the worker")
    asked = recording.asked()
    installed.open(site.page(f'<img id="a" src="{site.drawing()}">'))

    assert cold == []
    assert [one["warm"] for one in hello] == [True]
    assert asked == []
    assert installed.described("a").mark == "described:lite"
    assert len(recording.asked("hello")) == 1
