"""The extension's own pages in a real Firefox: opened, driven and examined."""

from __future__ import annotations

import contextlib
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from e2e.browser import EXTENSION, Browser, until
from marionette_driver.errors import NoSuchWindowException
from marionette_driver.keys import Keys

PAGES = {
    "popup": "popup/popup.html",
    "options": "options/options.html",
    "consent": "consent/consent.html",
    "help": "help/help.html",
}

_FORCED = {
    "browser.display.document_color_use": 2,
    "browser.display.foreground_color": "#ffff00",
    "browser.display.background_color": "#000000",
}

_RUN_AXE = """
const done = arguments[arguments.length - 1];
axe.run(document, {resultTypes: ['violations', 'incomplete']}).then(
  ({violations}) => done(JSON.stringify(violations.map(
    ({id, nodes}) => [id, nodes.map(({html, failureSummary}) => [html, failureSummary])]))),
  (error) => done(JSON.stringify([['axe failed', String(error)]])));
"""


def address(firefox: Browser, page: str) -> str:
    """Return the address of a page of the extension."""
    found = firefox.chrome(
        "return WebExtensionPolicy.getByID(arguments[0])?.getURL(arguments[1])", EXTENSION, page
    )
    assert found, "The extension is not there."
    return str(found)


def open_page(firefox: Browser, page: str) -> None:
    """Open a page of the extension, and wait until it has its words and its controls."""
    firefox.open(address(firefox, page))
    until(
        lambda: firefox.script(
            "const heading = document.querySelector('h1');"
            "return heading && heading.textContent !== '' && document.readyState === 'complete';"
        ),
        f"words in {page}",
    )


def with_browser(firefox: Browser, source: str, *arguments: object) -> Any:
    """Run the body of an asynchronous function with the shown extension page's `browser`.

    It is run by the page itself: what it returns comes back as JSON.
    """
    said = firefox.marionette.execute_async_script(
        "const done = arguments[arguments.length - 1];"
        "const page = window.wrappedJSObject;"
        "const given = page.JSON.parse(arguments[0]);"
        f"const work = async (browser, given) => {{ {source} }};"
        "work(page.browser, given).then("
        "(found) => done(JSON.stringify(found ?? null)), (error) => done(`!${error}`));",
        script_args=[json.dumps(arguments)],
    )
    assert not said.startswith("!"), said
    return json.loads(said)


def stored(firefox: Browser) -> dict[str, Any]:
    """Return the settings in storage.local, as the shown page of the extension finds them."""
    found: dict[str, Any] = with_browser(
        firefox, "return (await browser.storage.local.get('settings')).settings ?? {};"
    )
    return found


def store(firefox: Browser, **settings: object) -> None:
    """Put settings into storage.local, from a page of the extension."""
    with_browser(
        firefox,
        "await browser.storage.local.set(page.JSON.parse(JSON.stringify({settings: given[0]})));",
        {"version": 1, **settings},
    )


def press(firefox: Browser, key: str) -> None:
    """Press a key and let it go; the window may be closed by it."""
    with contextlib.suppress(NoSuchWindowException):
        firefox.marionette.actions.sequence("key", "keyboard").key_down(key).key_up(key).perform()


def findings(firefox: Browser, repository: Path) -> list[Any]:
    """Return what axe-core finds wrong with the page that is shown."""
    axe = (repository / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")
    said = firefox.marionette.execute_async_script(axe + ";" + _RUN_AXE)
    found: list[Any] = json.loads(said)
    return found


def widths(firefox: Browser) -> tuple[int, int]:
    """Show the page anew in a width of 320 pixels; return what it needs and what it has."""
    firefox.script(
        "const frame = document.createElement('iframe');"
        "frame.id = 'narrow'; frame.src = location.href;"
        "frame.style = 'inline-size: 320px; block-size: 640px; border: 0';"
        "document.body.replaceChildren(frame);"
    )

    def measured() -> list[int] | None:
        found: list[int] | None = firefox.script(
            "const inner = $('narrow').contentDocument;"
            "const heading = inner?.querySelector('h1');"
            "const root = inner?.documentElement;"
            "return heading?.textContent ? [root.scrollWidth, root.clientWidth] : null;"
        )
        return found

    needed, available = until(measured, "the narrow page")
    return needed, available


def translated(extension: Path, folder: Path, language: str) -> Path:
    """Make a copy of the extension that speaks another language, and return it.

    Firefox here speaks English only: what the copy has for English is the other language.
    """
    copy = folder / "extension"
    shutil.copytree(extension, copy)
    shutil.copy(extension / f"_locales/{language}/messages.json", copy / "_locales/en")
    return copy


@contextlib.contextmanager
def from_right_to_left(firefox: Browser) -> Iterator[None]:
    """Have Firefox mirrored, as it is for Arabic."""
    firefox.set_preference("intl.l10n.pseudo", "bidi")
    try:
        yield
    finally:
        firefox.set_preference("intl.l10n.pseudo", None)


def gap_at_the_start(firefox: Browser) -> float:
    """Return how far the heading stands from the right edge of its page, in pixels."""
    heading, main = firefox.script(
        "const box = (one) => document.querySelector(one).getBoundingClientRect().right;"
        "return [box('h1'), box('main')];"
    )
    return float(main - heading)


@contextlib.contextmanager
def forced_colours(firefox: Browser) -> Iterator[None]:
    """Have Firefox show every page in its user's colours: yellow on black."""
    for name, value in _FORCED.items():
        firefox.set_preference(name, value)
    try:
        yield
    finally:
        for name in _FORCED:
            firefox.set_preference(name, None)


def assert_seen_in_forced_colours(firefox: Browser, texts: str) -> None:
    """Look at the shown page in forced colours: its focus, its words, and its buttons' edges.

    Args:
        firefox: With forced colours.
        texts: A selector of what has words.
    """
    until(
        lambda: firefox.script("return matchMedia('(forced-colors: active)').matches"),
        "forced colours",
    )
    press(firefox, Keys.TAB)
    outline, words, buttons = firefox.script(
        "const style = (one) => getComputedStyle(one);"
        "const seen = (names) => [...document.querySelectorAll(names)]"
        "  .filter((one) => one.checkVisibility()).map(style);"
        "return [style(document.activeElement).outlineColor,"
        "  seen(arguments[0]).map((one) => one.color),"
        "  seen('button').map((one) => [one.color, one.borderTopColor]"
        "    .map((colour) => colour !== one.backgroundColor))];",
        texts,
    )
    assert outline not in {"rgb(0, 0, 0)", "rgba(0, 0, 0, 0)"}
    assert set(words) == {"rgb(255, 255, 0)"}
    assert all(letters and edge for letters, edge in buttons)
