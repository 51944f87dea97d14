"""The first page: nothing is done before the user has read it and agreed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from e2e import pages
from e2e.browser import Browser, until
from e2e.recorder import Recording
from e2e.test_popup import choose, text
from marionette_driver.addons import Addons
from marionette_driver.keys import Keys


@pytest.fixture(scope="module")
def fresh(binary: Path, home: Path, recording: Recording, extension: Path) -> Iterator[Browser]:
    """A Firefox into which the extension has just been installed."""
    running = Browser(binary, home)
    try:
        # Allowing it in private windows, as the other tests do, would start it anew.
        Addons(running.marionette).install(str(extension), temp=True)
        yield running
    finally:
        running.close()


def first_page(firefox: Browser) -> str | None:
    """Go to the tab with the first page, when its controls are ready; return its handle."""
    for handle in firefox.marionette.window_handles:
        firefox.marionette.switch_to_window(handle)
        here = firefox.marionette.get_url().endswith(pages.PAGES["consent"])
        if here and firefox.script("return document.querySelector(':checked') !== null"):
            return str(handle)
    return None


def test_installing_opens_the_first_page_once(fresh: Browser) -> None:
    """In a tab in front, in the language of Firefox, saying that captions are in English."""
    until(lambda: first_page(fresh), "the first page")

    said = fresh.script("return document.querySelector('main').innerText")

    assert "Descriptions are in English for now" in said
    assert "Nothing is sent over the network" in said
    assert fresh.script("return document.documentElement.lang") == "en"
    assert fresh.script("return document.hasFocus()")
    assert fresh.script("return $('automatic').checked")
    assert pages.stored(fresh) == {}


def test_declining_leaves_everything_off_and_agreeing_switches_it_on(fresh: Browser) -> None:
    """With the mode that was chosen; each is said."""
    until(lambda: first_page(fresh), "the first page")

    choose(fresh, "decline")
    declined = until(lambda: text(fresh, "done"), "what is said")
    off = pages.stored(fresh)["consent"]
    choose(fresh, "asked")
    fresh.script("document.querySelector('[type=submit]').focus()")
    pages.press(fresh, Keys.ENTER)
    until(lambda: "is on" in text(fresh, "done"), "that it is on")

    assert "stays off" in declined
    assert off is False
    assert pages.stored(fresh) == {"version": 1, "consent": True, "mode": "asked"}
