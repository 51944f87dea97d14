"""The keyboard commands' own keys are nobody else's."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from e2e import pages
from e2e.browser import Browser, until
from e2e.test_dialog import by_key

_KEYS = """
return [...document.querySelectorAll("key")]
  .filter((one) => !one.closest("keyset").id.startsWith("ext-keyset"))
  .map((one) => [one.getAttribute("modifiers") ?? "",
    one.getAttribute("key") || one.getAttribute("keycode") || ""]);
"""
_PANEL = """
return document.querySelector("browser.webextension-popup-browser")?.currentURI.spec ?? "";
"""
ACCEL = {"accel": "Ctrl", "control": "Ctrl", "shift": "Shift", "alt": "Alt"}


def firefoxs_own(firefox: Browser) -> set[frozenset[str]]:
    """Return the keys that Firefox itself listens to, as sets of their names."""
    found = firefox.chrome(_KEYS)
    return {
        frozenset([*(ACCEL[one.strip()] for one in modifiers.split(",") if one), key.upper()])
        for modifiers, key in found
    }


def suggested(extension: Path) -> list[frozenset[str]]:
    """Return the keys that the manifest suggests for Linux and Windows."""
    commands = json.loads((extension / "manifest.json").read_text(encoding="utf-8"))["commands"]
    keys = [one["suggested_key"]["default"] for one in commands.values() if "suggested_key" in one]
    return [frozenset(key.split("+")) for key in keys]


@pytest.mark.usefixtures("recording")
def test_no_suggested_key_is_one_of_firefoxs_own(firefox: Browser, extension: Path) -> None:
    """Nor one that opens its developer tools; its access keys are Alt and Shift with a letter."""
    own = firefoxs_own(firefox)
    ours = suggested(extension)

    assert {"Ctrl", "Shift", "P"} in own
    assert {"Ctrl", "F"} in own
    assert ours
    assert not own & set(ours)
    assert not [keys for keys in ours if "Alt" in keys]


def test_the_user_may_give_pausing_a_key_and_hears_of_it_in_the_panel(decided: Browser) -> None:
    """Nothing shows it otherwise; the same key takes it back."""
    pages.open_page(decided, pages.PAGES["help"])
    pages.with_browser(
        decided,
        "await browser.commands.update("
        'page.JSON.parse(\'{"name": "pause", "shortcut": "Ctrl+Shift+L"}\'));',
    )
    try:
        by_key(decided, "l")
        until(lambda: pages.stored(decided).get("paused") is True, "the pause")
        until(lambda: decided.chrome(_PANEL).endswith("/popup/popup.html"), "the panel")
        decided.chrome("document.querySelector('#customizationui-widget-panel')?.hidePopup()")
        by_key(decided, "l")
        until(lambda: pages.stored(decided).get("paused") is False, "its end")
    finally:
        pages.with_browser(decided, "await browser.commands.reset('pause');")
