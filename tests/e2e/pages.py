"""The extension's own pages in a real Firefox: opened, driven and examined."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

from e2e.browser import EXTENSION, Browser, until
from marionette_driver.errors import NoSuchWindowException

PAGES = {
    "popup": "popup/popup.html",
    "options": "options/options.html",
    "consent": "consent/consent.html",
    "help": "help/help.html",
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
