"""A real Firefox without a window, driven from outside, and read as a screen reader reads it."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from marionette_driver.addons import Addons
from marionette_driver.by import By
from marionette_driver.marionette import Marionette, WebElement

PATIENCE = 30.0
PREFERENCES = {
    # No host name is ever looked up outside this machine.
    "network.dns.disabled": True,
    "network.proxy.type": 0,
    # As with a screen reader, which runs all the time: the tree is kept, and changed by events.
    "accessibility.force_disabled": -1,
}


def behind_proxy(port: int) -> dict[str, Any]:
    """Return preferences that send every request to a server here, also one to this machine."""
    return {
        "network.proxy.type": 1,
        "network.proxy.http": "127.0.0.1",
        "network.proxy.http_port": port,
        "network.proxy.allow_hijacking_localhost": True,
        # A plain page is no reason to try a safe one first.
        "dom.security.https_first": False,
        "dom.security.https_first_schemeless": False,
        # Asking before a public page reaches this machine is Firefox's matter; here it may.
        "network.lna.enabled": False,
        "network.lna.blocking": False,
    }


# The tree that Firefox hands to the platform's screen readers, in the parent process.
_TREE = """
const done = arguments[arguments.length - 1];
const service = (window.keptService ??=
  Cc["@mozilla.org/accessibilityService;1"].getService(Ci.nsIAccessibilityService));
const browser = gBrowser.selectedBrowser;
const outer = service.getAccessibleFor(browser);
const found = [];
const walk = (one) => {
  const role = service.getStringRole(one.role);
  if (role === "graphic") {
    found.push(one.name ?? "");
  }
  for (let child = one.firstChild; child; child = child.nextSibling) {
    walk(child);
  }
};
const page = outer?.firstChild;
if (page && page.QueryInterface(Ci.nsIAccessibleDocument).URL === browser.currentURI.spec) {
  walk(page);
}
done(found);
"""

# The service is kept: when the last one who asked for it goes, the tree goes too.
# The same tree, whole: of each node its element's id, its role and its name.
_NODES = """
const done = arguments[arguments.length - 1];
const service = (window.keptService ??=
  Cc["@mozilla.org/accessibilityService;1"].getService(Ci.nsIAccessibilityService));
const browser = gBrowser.selectedBrowser;
const found = [];
const walk = (one) => {
  found.push([one.id ?? "", service.getStringRole(one.role), one.name ?? ""]);
  for (let child = one.firstChild; child; child = child.nextSibling) {
    walk(child);
  }
};
const page = service.getAccessibleFor(browser)?.firstChild;
if (page && page.QueryInterface(Ci.nsIAccessibleDocument).URL === browser.currentURI.spec) {
  walk(page);
}
done(found);
"""

EXTENSION = "altlens@altlens"

# What switches of the add-ons manager do: "Run in Private Windows", say.
_ALLOW = """
const [id, permission, done] = arguments;
const { ExtensionPermissions } =
  ChromeUtils.importESModule("resource://gre/modules/ExtensionPermissions.sys.mjs");
const { AddonManager } = ChromeUtils.importESModule("resource://gre/modules/AddonManager.sys.mjs");
ExtensionPermissions.add(id, { permissions: [permission], origins: [] })
  .then(() => AddonManager.getAddonByID(id))
  .then((addon) => addon.reload())
  .then(done);
"""

Found = TypeVar("Found")


class Node(NamedTuple):
    """One node of the tree that screen readers read."""

    id: str
    role: str
    name: str


class Label(NamedTuple):
    """What an element is called, and what made it so."""

    name: str
    mark: str | None


def executable() -> Path | None:
    """Return Firefox's binary: Marionette reads the files beside it, so no link to it."""
    found = shutil.which("firefox-esr") or shutil.which("firefox")
    return Path(found).resolve() if found else None


def until(condition: Callable[[], Found | None], what: str, patience: float = PATIENCE) -> Found:
    """Wait until something holds; return it."""
    deadline = time.monotonic() + patience
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {patience:.0f} s: {what}")
        time.sleep(0.02)


@contextlib.contextmanager
def _environment(home: Path, more: dict[str, str]) -> Iterator[None]:
    # Marionette hands this process's environment on, and takes no other.
    before = dict(os.environ)
    for name in before:
        if name.startswith("XDG_"):
            del os.environ[name]
    os.environ.update(more, HOME=str(home))
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


class Browser:
    """One running Firefox with a fresh profile."""

    def __init__(
        self,
        binary: Path,
        home: Path,
        preferences: dict[str, Any] | None = None,
        display: dict[str, str] | None = None,
        arguments: tuple[str, ...] = (),
    ) -> None:
        """Start it with a HOME, from which it finds its native manifests.

        Args:
            binary: Firefox's.
            home: The HOME.
            preferences: What differs from the usual ones.
            display: The environment of a display, on which its window is shown; None for none.
            arguments: More of its command line.
        """
        with _environment(home, display or {}):
            self.marionette = Marionette(
                bin=str(binary),
                headless=display is None,
                port=0,
                prefs=PREFERENCES | (preferences or {}),
                gecko_log=str(home / "firefox.log"),
                app_args=list(arguments),
            )
            self.marionette.start_session()
        self.marionette.timeout.script = PATIENCE

    def close(self) -> None:
        """End it."""
        try:
            self.marionette.quit()
        finally:
            self.marionette.cleanup()

    def install(self, extension: Path) -> None:
        """Install an extension until Firefox ends, and allow it in private windows."""
        name = Addons(self.marionette).install(str(extension), temp=True)
        self.chrome_later(_ALLOW, name, "internal:privateBrowsingAllowed")

    def allow_files(self) -> None:
        """Let the extension read pages in files, as the user may in the add-ons manager."""
        self.chrome_later(_ALLOW, EXTENSION, "internal:fileSchemeAllowed")

    def as_extension(self, source: str, *arguments: object) -> Any:
        """Run an asynchronous function's body as a page of the extension does, in a tab of its own.

        `browser` is the WebExtensions API, `given` the arguments; what it returns must be JSON.
        """
        address = self.chrome(
            "return WebExtensionPolicy.getByID(arguments[0])?.getURL('icons/altlens.svg')",
            EXTENSION,
        )
        body = (
            "const done = arguments[arguments.length - 1];"
            "const given = JSON.parse(arguments[0]);"
            "const page = window.wrappedJSObject; const {browser} = page;"
            f"(async () => {{ {source} }})()"
            ".then((found) => done(JSON.stringify(found ?? null)), (error) => done(`!${error}`));"
        )
        with self.tab():
            self.marionette.navigate(address)
            said = self.marionette.execute_async_script(body, script_args=[json.dumps(arguments)])
        assert not said.startswith("!"), said
        return json.loads(said)

    def about_tab(self, address: str, **message: Any) -> Any:
        """Say something to the background about the tab that shows an address, as the panel does.

        Returns:
            What the background answers.
        """
        return self.as_extension(
            "const tabs = await browser.tabs.query({});"
            "const {id: tab} = tabs.find(({url}) => url?.startsWith(given[0]));"
            "const message = page.JSON.parse(JSON.stringify({tab, ...given[1]}));"
            "return browser.runtime.sendMessage(message);",
            address,
            message,
        )

    def choose(self, **settings: Any) -> dict[str, Any]:
        """Choose settings, as the options page does; return those that were stored before."""
        before: dict[str, Any] = self.as_extension(
            "const {settings} = await browser.storage.local.get('settings');"
            "const before = JSON.parse(JSON.stringify(settings ?? {}));"
            "const now = {version: 1, ...before, ...given[0]};"
            "await browser.storage.local.set(page.JSON.parse(JSON.stringify({settings: now})));"
            "await browser.runtime.sendMessage('count remembered');"
            "return before;",
            settings,
        )
        return before

    @contextlib.contextmanager
    def chosen(self, **settings: Any) -> Iterator[None]:
        """Do something with other settings."""
        before = self.choose(**settings)
        try:
            yield
        finally:
            self.as_extension(
                "await browser.storage.local.set("
                "page.JSON.parse(JSON.stringify({settings: given[0]})));"
                "await browser.runtime.sendMessage('count remembered');",
                before,
            )

    def agree(self) -> None:
        """Give the consent that the first page asks for; close that page, if it came already."""
        self.choose(consent=True)
        self.close_other_tabs()

    def close_other_tabs(self) -> None:
        """Leave one tab."""
        here = self.marionette.current_window_handle
        for handle in self.marionette.window_handles:
            if handle != here:
                self.marionette.switch_to_window(handle)
                self.marionette.close()
        self.marionette.switch_to_window(here)

    def open(self, address: str) -> None:
        """Open a page where it is seen, and wait for its load event."""
        # The extension's first page may have come in front.
        self.marionette.switch_to_window(self.marionette.current_window_handle, focus=True)
        self.marionette.navigate(address)

    @contextlib.contextmanager
    def private_window(self) -> Iterator[None]:
        """Do something in a private window."""
        before = self.marionette.current_window_handle
        opened = self.marionette.open(type="window", focus=True, private=True)
        self.marionette.switch_to_window(opened["handle"])
        try:
            yield
        finally:
            self.marionette.close()
            self.marionette.switch_to_window(before)

    @contextlib.contextmanager
    def tab(self) -> Iterator[None]:
        """Do something in a tab that is closed afterwards."""
        before = self.marionette.current_window_handle
        opened = self.marionette.open(type="tab", focus=True)
        self.marionette.switch_to_window(opened["handle"])
        try:
            yield
        finally:
            self.marionette.close()
            self.marionette.switch_to_window(before)

    def new_tab(self) -> None:
        """Go on in another tab: what a tab has asked for counts against what it may ask for."""
        opened = self.marionette.open(type="tab", focus=True)
        self.marionette.close()
        self.marionette.switch_to_window(opened["handle"])

    def mark_as_left(self) -> None:
        """Mark the page, which is left next, so that `is_as_it_was_left` knows it."""
        self.script("window.wrappedJSObject.kept = true")

    def is_as_it_was_left(self, name: str) -> bool:
        """Go back to a page that has an element of that id, and say whether Firefox kept it.

        It is free to load a page anew instead, and on a busy machine sometimes does.
        """
        self.script("history.back()")
        until(lambda: self.script("return $(arguments[0]) !== null", name), "the page again")
        return bool(self.script("return window.wrappedJSObject.kept"))

    def script(self, source: str, *arguments: object) -> Any:
        """Run a script in the page; `$(id)` finds an element."""
        source = "const $ = (id) => document.getElementById(id);" + source
        return self.marionette.execute_script(source, script_args=list(arguments))

    def chrome(self, source: str, *arguments: object) -> Any:
        """Run a script in Firefox's own context."""
        with self.marionette.using_context("chrome"):
            return self.marionette.execute_script(source, script_args=list(arguments))

    def chrome_later(self, source: str, *arguments: object) -> Any:
        """Run a script in Firefox's own context that calls its last argument when it is done."""
        with self.marionette.using_context("chrome"):
            return self.marionette.execute_async_script(source, script_args=list(arguments))

    def element(self, name: str) -> WebElement:
        """Find an element by its id."""
        return self.marionette.find_element(By.ID, name)

    def label(self, name: str) -> Label:
        """Say what the element with an id is called."""
        element = self.element(name)
        return Label(element.computed_label, element.get_attribute("data-altlens"))

    def described(self, name: str) -> Label:
        """Wait until the element with an id has a name; return it."""

        def named() -> Label | None:
            label = self.label(name)
            return label if label.name else None

        return until(named, f"a name of #{name}")

    def attributes(self, name: str) -> dict[str, str]:
        """Return all attributes of the element with an id."""
        return dict(
            self.script(
                "return [...$(arguments[0]).attributes].map(({name, value}) => [name, value])",
                name,
            )
        )

    def graphics(self) -> list[str]:
        """Return the name of each image in the tree that screen readers read, in page order."""
        found: list[str] = self.chrome_later(_TREE)
        return found

    def nodes(self) -> list[Node]:
        """Return the tree that screen readers read, in page order."""
        return [Node(*one) for one in self.chrome_later(_NODES)]

    def set_preference(self, name: str, value: bool | int | str | None) -> None:
        """Set a preference; None takes it back."""
        self.chrome(
            "const [name, value] = arguments;"
            "const set = {boolean: 'setBoolPref', number: 'setIntPref', string: 'setStringPref'};"
            "value === null ? Services.prefs.clearUserPref(name)"
            " : Services.prefs[set[typeof value]](name, value);",
            name,
            value,
        )


@contextlib.contextmanager
def with_extension(
    binary: Path,
    home: Path,
    extension: Path,
    preferences: dict[str, Any] | None = None,
    display: dict[str, str] | None = None,
    arguments: tuple[str, ...] = (),
) -> Iterator[Browser]:
    """Run a Firefox with the extension, whose user has agreed to it.

    Args:
        binary: As for Browser, as are the others.
        home: The HOME.
        extension: The extension's folder.
        preferences: What differs from the usual ones.
        display: The environment of a display; None for none.
        arguments: More of them for Firefox.
    """
    running = Browser(binary, home, preferences, display, arguments)
    try:
        running.install(extension)
        running.agree()
        yield running
    finally:
        running.close()
