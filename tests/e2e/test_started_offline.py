"""Firefox is started without a network: what is on this machine is described as ever."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from e2e.browser import Browser, behind_proxy, until, with_extension
from e2e.cases import Script
from e2e.pictures import encoded
from e2e.recorder import Recording
from e2e.test_dialog import by_key, dialog
from e2e.test_popup import beside, open_popup, text
from e2e.website import Numbered, Website


@pytest.fixture(scope="module")
def offline(
    binary: Path,
    home: Path,
    recording: Recording,
    extension: Path,
    site: Website,
    script: Script,
) -> Iterator[Browser]:
    """Firefox, started to work offline, in front of the scripted host."""
    with recording.another_host(script.command):
        preferences = behind_proxy(site.port)
        with with_extension(
            binary, home, extension, preferences, arguments=("-offline",)
        ) as running:
            yield running


def test_it_is_offline(offline: Browser) -> None:
    """As the tests below believe."""
    assert offline.chrome("return Services.io.offline")


def test_a_page_of_this_machine_is_described(offline: Browser, site: Website) -> None:
    """Served by a program on it."""
    picture = site.picture()

    offline.open(site.page(f'<img id="a" src="{picture.path}">'))

    assert offline.described("a").name == picture.caption


@pytest.fixture
def file(site: Website, tmp_path: Path) -> tuple[Numbered, str]:
    """A picture, and the address of a page in a file that shows it from another file."""
    picture = site.picture()
    (tmp_path / "picture.png").write_bytes(encoded(picture.number))
    page = tmp_path / "page.html"
    page.write_text(
        '<!doctype html><html lang="en"><a href="#b"><img id="a" src="picture.png"></a>'
    )
    return picture, page.as_uri()


def test_a_page_in_a_file_is_described_when_the_user_has_allowed_it(
    offline: Browser, file: tuple[Numbered, str]
) -> None:
    """Until then Firefox keeps extensions out; who asks hears how to allow it."""
    picture, address = file
    offline.open(address)
    offline.script("document.querySelector('a').focus()")
    with dialog(offline, lambda: by_key(offline)):
        heard = until(lambda: text(offline, "text"), "an answer")
    beside(offline, address)
    open_popup(offline, "file:")
    told = until(lambda: offline.element("files").is_displayed(), "what is to be allowed")
    offline.close_other_tabs()
    offline.open("about:blank")  # pages of the extension are closed when it is started anew

    offline.allow_files()
    offline.open(address)
    described = offline.described("a").name
    beside(offline, address)
    open_popup(offline, "file:")
    until(lambda: text(offline, "count").startswith("1 "), "the count")
    still_told = offline.element("files").is_displayed()
    offline.close_other_tabs()

    assert heard.startswith("Firefox keeps extensions away from files on this computer")
    assert told
    assert described == picture.caption
    assert not still_told
