"""Hosts crash, are replaced, or are not there at all: pages and readers must not suffer."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from e2e.browser import Browser, until
from e2e.recorder import Recording
from e2e.website import Website


@pytest.fixture
def warm(firefox: Browser, site: Website, recording: Recording) -> Browser:
    """Firefox with a host that has answered, and has a worker: the drawing is a new one."""
    firefox.open(site.page(f'<img id="a" src="{site.drawing()}">'))
    firefox.described("a")
    recording.forget()
    return firefox


@pytest.fixture
def without_host(warm: Browser, home: Path, recording: Recording) -> Iterator[Browser]:
    """Firefox on a machine from which the host has just been removed."""
    manifest = home / ".mozilla/native-messaging-hosts/altlens.json"
    away = manifest.with_suffix(".away")
    manifest.rename(away)
    os.kill(recording.host(), signal.SIGKILL)
    yield warm
    if away.exists():
        away.rename(manifest)


def suspended_at_a_question(warm: Browser, site: Website, recording: Recording) -> psutil.Process:
    """Leave the question about image `a` open: return the worker, which does not answer it."""
    (worker,) = psutil.Process(recording.host()).children()
    worker.suspend()
    warm.open(site.page(f'<img id="a" src="{site.drawing()}">'))
    until(recording.asked, "the question at the host")
    return worker


def test_a_killed_host_loses_no_question(
    warm: Browser, site: Website, recording: Recording
) -> None:
    """The question that was open when the host died is asked again of the next one."""
    worker = suspended_at_a_question(warm, site, recording)

    os.kill(recording.host(), signal.SIGKILL)
    worker.kill()

    assert warm.described("a").mark == "described:lite"
    assert len(recording.asked()) == 2


def test_a_killed_host_is_started_again_for_the_next_image(
    warm: Browser, site: Website, recording: Recording
) -> None:
    """After a crash with nothing open, the page goes on as if nothing had happened."""
    before = recording.host()

    os.kill(before, signal.SIGKILL)
    warm.script("document.body.insertAdjacentHTML('beforeend', '<img id=b src=/cat.jpg>')")

    assert warm.described("b").mark == "described:lite"
    assert recording.host() != before


def test_a_killed_worker_loses_no_question(
    warm: Browser, site: Website, recording: Recording
) -> None:
    """The worker's death is the host's business: the image is described all the same."""
    worker = suspended_at_a_question(warm, site, recording)

    worker.kill()

    assert warm.described("a").mark == "described:lite"
    assert recording.asked("hello") == []


def test_without_a_host_pages_stay_as_they_are(without_host: Browser, site: Website) -> None:
    """No host: nothing is written, the page works, and the console is not filled."""
    without_host.chrome("Services.console.reset()")
    images = "".join(f'<img id="a{n}" src="/cat.jpg?{n}">' for n in range(12))
    without_host.open(site.page(images + "<button id=b onclick='title=1'>b</button>"))

    until(lambda: _about_host(_console(without_host)), "Firefox has looked for the host")
    without_host.element("b").click()

    assert [without_host.attributes(f"a{n}") for n in range(12)] == [
        {"id": f"a{n}", "src": f"/cat.jpg?{n}"} for n in range(12)
    ]
    assert without_host.element("b").get_attribute("title") == "1"
    assert len(_about_host(_console(without_host))) < 6


def test_a_host_that_is_installed_later_is_found(
    without_host: Browser, site: Website, home: Path
) -> None:
    """Nobody has to start Firefox again after installing altlens."""
    manifest = home / ".mozilla/native-messaging-hosts/altlens.json"
    without_host.chrome("Services.console.reset()")
    without_host.open(site.page('<img id="a" src="/cat.jpg">'))
    until(lambda: _about_host(_console(without_host)), "Firefox has looked for the host")

    manifest.with_suffix(".away").rename(manifest)
    without_host.open(site.page('<img id="a" src="/cat.jpg">'))

    assert without_host.described("a").mark == "described:lite"


def _about_host(messages: list[str]) -> list[str]:
    return [one for one in messages if "altlens" in one]


def _console(browser: Browser) -> list[str]:
    found: list[str] = browser.chrome("return Services.console.getMessageArray().map(String)")
    return found
