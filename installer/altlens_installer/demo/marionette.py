"""Drives a Firefox without a window, and listens as a screen reader would.

What is heard is read from Firefox's accessibility tree in the parent process, which is what a
screen reader gets through the system's interface; the page's own DOM is not asked.
"""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from altlens_installer.demo import firefox
from altlens_installer.demo.judge import Heard
from altlens_installer.errors import FirefoxError
from altlens_installer.manifest import EXTENSION_ID

_START_SECONDS = 90.0
_EXTENSION_SECONDS = 30.0

_CONSENT = "/consent/consent.html"

_TREE = """
const [address, done] = arguments;
const service = Cc["@mozilla.org/accessibilityService;1"].getService(Ci.nsIAccessibilityService);
const found = [];
const walk = (node) => {
  if (node.role === Ci.nsIAccessibleRole.ROLE_GRAPHIC) {
    found.push([node.id, node.name]);
  }
  for (let child = node.firstChild; child; child = child.nextSibling) {
    walk(child);
  }
};
try {
  // Right after a change of page, the tree may still be that of the page before.
  const page = service.getAccessibleFor(gBrowser.selectedBrowser).firstChild;
  if (page.QueryInterface(Ci.nsIAccessibleDocument).URL === address) {
    walk(page);
  }
} catch (error) {
  // There is no tree yet, or it changed while it was walked; the caller asks again.
}
done(found);
"""


_EXTENSION = """
const [id, done] = arguments;
const { AddonManager } = ChromeUtils.importESModule("resource://gre/modules/AddonManager.sys.mjs");
AddonManager.getAddonByID(id).then((addon) => {
  done([addon?.isActive ?? false, Services.appinfo.version]);
});
"""


@contextmanager
def driven(program: str, at: firefox.Home) -> Iterator[Any]:
    """Run Firefox without a window, and drive it.

    Yields:
        A Marionette session in content.

    Raises:
        FirefoxError: It does not start.
        ModuleNotFoundError: marionette_driver is not installed.
    """
    from marionette_driver.marionette import Marionette

    remote = ("-headless", "-marionette", "-remote-allow-system-access")
    with firefox.started(program, at, *remote) as process:
        session = Marionette(host="127.0.0.1", port=_port(process, at.profile))
        session.start_session()
        session.timeout.script = 30
        try:
            yield session
        finally:
            _quit(session)


def listen(session: Any, address: str, ids: Sequence[str], seconds: float) -> Heard:
    """Open a page and wait until a screen reader hears something for each picture.

    Args:
        session: The Marionette session.
        address: The page.
        ids: The elements that are to be heard.
        seconds: How long to wait.

    Returns:
        What is heard for each element; those that stay silent are not in it.
    """
    session.navigate(address)
    deadline = time.monotonic() + seconds
    while True:
        with session.using_context("chrome"):
            tree = session.execute_async_script(_TREE, script_args=[address])
        heard = {id: name for id, name in tree if id in ids and name}
        if len(heard) == len(ids) or time.monotonic() > deadline:
            return heard
        time.sleep(0.1)


def require_extension(session: Any) -> None:
    """Wait until the extension runs; a Firefox that is too old leaves it out without a word.

    Raises:
        FirefoxError: It does not run.
    """
    deadline = time.monotonic() + _EXTENSION_SECONDS
    while True:
        with session.using_context("chrome"):
            active, version = session.execute_async_script(_EXTENSION, script_args=[EXTENSION_ID])
        if active:
            return
        if time.monotonic() > deadline:
            raise FirefoxError(f"Firefox {version} did not start the extension; is it too old?")
        time.sleep(0.1)


def agree(session: Any) -> None:
    """Press the button on the page that opens after an installation, and go on in its tab.

    Raises:
        FirefoxError: It does not open, or does not take the answer.
    """
    _until(lambda: _go_to(session, _CONSENT), "did not ask for consent")
    button = "document.querySelector('[type=submit]')"
    # What is said after a press shows that the button was ready for it.
    pressed = f"{button}.click(); return document.getElementById('done').textContent !== '';"
    _until(lambda: session.execute_script(pressed), "did not take the consent")


def _go_to(session: Any, end: str) -> bool:
    for handle in session.window_handles:
        session.switch_to_window(handle)
        if session.get_url().endswith(end):
            return True
    return False


def _until(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + _EXTENSION_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise FirefoxError(f"The extension {what}.")
        time.sleep(0.1)


def _port(process: subprocess.Popen[bytes], profile: Path) -> int:
    file = profile / "MarionetteActivePort"
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise FirefoxError(f"Firefox ended at once, with exit status {process.returncode}.")
        with suppress(OSError, ValueError):
            return int(file.read_text(encoding="ascii"))
        time.sleep(0.05)
    raise FirefoxError(f"Firefox was not ready after {_START_SECONDS:g} s.")


def _quit(session: Any) -> None:
    # Firefox goes while it answers; what is said about that does not matter any more.
    with suppress(Exception), session.using_context("chrome"):
        session.execute_script("Services.startup.quit(Ci.nsIAppStartup.eForceQuit)")
    with suppress(Exception):
        session.cleanup()
