"""The panel behind the toolbar button."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from e2e import pages
from e2e.browser import EXTENSION, Browser, until
from e2e.cases import Script
from e2e.recorder import Recording
from e2e.test_remembered import RELOAD
from e2e.website import Website
from marionette_driver.keys import Keys

_PANEL = """
const done = arguments[arguments.length - 1];
const item = document.querySelector('[data-extensionid="altlens@altlens"]');
(item.querySelector('.unified-extensions-item-action-button') ?? item).click();
const service = Cc["@mozilla.org/accessibilityService;1"].getService(Ci.nsIAccessibilityService);
const names = (one, found) => {
  found.push([service.getStringRole(one.role), one.name]);
  for (let child = one.firstChild; child; child = child.nextSibling) {
    names(child, found);
  }
  return found;
};
const look = (left) => {
  const view = document.querySelector('browser.webextension-popup-browser');
  const outer = view && service.getAccessibleFor(view);
  const found = outer ? names(outer, []) : [];
  if (left > 0 && !found.some(([, name]) => name?.startsWith('Describe'))) {
    setTimeout(look, 50, left - 1);
  } else {
    view?.closest('panel')?.hidePopup();
    done(found);
  }
};
look(200);
"""


def tab_of(firefox: Browser, site: str) -> int:
    """Return the number of the tab that shows a site; a page of the extension is in front."""
    found: int = until(
        lambda: pages.with_browser(
            firefox,
            "return (await browser.tabs.query({})).find(({url}) => url?.startsWith(given[0]))?.id;",
            site,
        ),
        f"a tab with {site}",
    )
    return found


def beside(firefox: Browser, address: str) -> None:
    """Open a page in a tab of its own, and go on in this one."""
    here = firefox.marionette.current_window_handle
    opened = firefox.marionette.open(type="tab", focus=False)
    firefox.marionette.switch_to_window(opened["handle"])
    firefox.open(address)
    firefox.marionette.switch_to_window(here, focus=True)


def open_popup(firefox: Browser, address: str) -> None:
    """Show the panel for a tab that shows an address."""
    pages.open_page(firefox, pages.PAGES["help"])
    tab = tab_of(firefox, address)
    pages.open_page(firefox, f"{pages.PAGES['popup']}?tab={tab}")


def text(firefox: Browser, name: str) -> str:
    """Return the words of an element."""
    return str(firefox.script("return $(arguments[0])?.textContent ?? ''", name))


def choose(firefox: Browser, name: str) -> None:
    """Put the focus on a control and press the space bar."""
    firefox.script("$(arguments[0]).focus()", name)
    pages.press(firefox, Keys.SPACE)


def test_the_button_in_the_toolbar_opens_the_panel(decided: Browser) -> None:
    """The real one, as a screen reader finds it: a heading, the host's state, buttons, choices."""
    found: list[list[Any]] = decided.chrome_later(_PANEL)

    assert ["heading", "altlens"] in found
    assert ["pushbutton", "Describe the image that has the focus"] in found
    assert ["checkbutton", "Pause everywhere"] in found


def test_the_panel_says_that_the_host_works_and_with_which_model(decided: Browser) -> None:
    """One sentence, said politely when it comes."""
    pages.open_page(decided, pages.PAGES["popup"])

    sentence = until(
        lambda: text(decided, "host") if "Asking" not in text(decided, "host") else None,
        "the host's state",
    )

    assert sentence == "altlens is working. Model: lite."
    assert decided.element("host").computed_role == "status"
    assert decided.script("return $('repair').hidden")


def test_a_choice_for_a_site_is_kept_and_can_be_taken_back(decided: Browser, site: Website) -> None:
    """By the keyboard alone."""
    beside(decided, site.page('<img id="a" src="/cat.jpg" alt="A cat">'))
    open_popup(decided, site.here)

    names = {}
    for choice in ("off", "asked", "default"):
        choose(decided, f"site-{choice}")
        until(
            lambda wanted=choice: decided.script(
                "return $(arguments[0]).checked", f"site-{wanted}"
            ),
            choice,
        )
        names[choice] = until(
            lambda wanted=choice: (
                (
                    found := pages.stored(decided).get("sites", {}),
                    list(found.values()) == ([] if wanted == "default" else [wanted]),
                )[1]
                and [found]
            ),
            f"{choice} is stored",
        )

    host = "127.0.0.1"
    assert names == {"off": [{host: "off"}], "asked": [{host: "asked"}], "default": [{}]}
    assert text(decided, "siteName") == f"On {host}"


def test_a_page_alone_can_be_switched_off_until_it_is_loaded_anew(
    scripted: Browser, site: Website
) -> None:
    """By the keyboard: what was written is taken back, and comes again when switched on."""
    picture, other = site.picture(), site.picture()
    bare = {"id": "a", "src": picture.path}
    scripted.open(site.page(f'<img id="a" src="{other.path}">', origin="http://news.example"))
    address = site.page(f'<img id="a" src="{picture.path}">', origin="http://news.example")
    with scripted.tab():
        scripted.open(address)
        shown = scripted.marionette.current_window_handle
        scripted.described("a")
        with scripted.tab():
            open_popup(scripted, address)
            panel = scripted.marionette.current_window_handle
            label = scripted.element("page-off").computed_label
            heard = []
            for off in (True, False, True):
                choose(scripted, "page-off")
                scripted.marionette.switch_to_window(shown, focus=True)
                until(
                    lambda off=off: (scripted.attributes("a") == bare) == off,
                    f"the page switched {'off' if off else 'on'}",
                )
                heard.append(scripted.label("a").name if off else scripted.described("a").name)
                scripted.marionette.switch_to_window(panel, focus=True)
            scripted.marionette.refresh()
            kept = until(lambda: scripted.script("return $('page-off').checked"), "the switch")
        scripted.marionette.switch_to_window(shown, focus=True)
        still = scripted.attributes("a")
        scripted.marionette.refresh()
        again = scripted.described("a").name
    elsewhere = scripted.described("a").name

    assert label == "Off on this page"
    assert kept
    assert heard == ["", picture.caption, ""]
    assert still == bare
    assert (again, elsewhere) == (picture.caption, other.caption)


def title(firefox: Browser) -> str:
    """Return the name of the button in the toolbar."""
    return str(pages.with_browser(firefox, "return browser.action.getTitle({});"))


def test_the_pause_is_kept_and_said(decided: Browser) -> None:
    """Everywhere, until it is switched off again."""
    pages.open_page(decided, pages.PAGES["popup"])

    choose(decided, "paused")
    until(lambda: pages.stored(decided).get("paused") is True, "the pause")
    paused = until(lambda: text(decided, "status"), "what is said"), title(decided)
    choose(decided, "paused")
    until(lambda: pages.stored(decided).get("paused") is False, "its end")
    until(lambda: "again" in text(decided, "status"), "what is said")

    assert paused[0].startswith("Paused: nothing is described by itself")
    assert paused[1] == "altlens: paused"
    until(lambda: title(decided) == "altlens", "the button's name")


def test_before_consent_the_panel_only_leads_to_the_first_page(decided: Browser) -> None:
    """There is nothing to switch yet."""
    pages.open_page(decided, pages.PAGES["popup"])
    pages.store(decided, consent=False)

    until(lambda: decided.element("undecided").is_displayed(), "the way to the first page")

    assert not decided.element("decided").is_displayed()
    assert decided.element("consent").computed_label == "Read what happens and decide"


def state(firefox: Browser) -> str:
    """Open the panel; return what it says about the host."""
    pages.open_page(firefox, pages.PAGES["popup"])
    return until(
        lambda: text(firefox, "host") if "Asking" not in text(firefox, "host") else None,
        "the host's state",
    )


def restart(firefox: Browser) -> None:
    """Start the extension anew; its own pages would be closed, and Firefox with the last one."""
    firefox.open("about:blank")
    firefox.chrome_later(RELOAD, EXTENSION)


def test_without_a_host_the_panel_says_which_command_to_run(
    binary: Path, extension: Path, tmp_path: Path
) -> None:
    """And copies it."""
    firefox = Browser(binary, tmp_path)
    try:
        firefox.install(extension)
        firefox.close_other_tabs()
        said = state(firefox)
        command = text(firefox, "command")
        choose(firefox, "copy")
        copied = until(lambda: text(firefox, "status"), "that it was copied")
    finally:
        firefox.close()

    assert said.startswith("The altlens program is not installed on this computer")
    assert command == "altlens install"
    assert copied == "Copied."


def test_with_a_host_of_another_version_the_panel_says_what_to_update(
    scripted: Browser, script: Script
) -> None:
    """As soon as the host was updated it works again."""
    script.say(hello="old")
    restart(scripted)
    said = state(scripted)
    command = text(scripted, "command")
    script.say()
    restart(scripted)

    assert "Update both" in said
    assert command == "altlens update"
    assert state(scripted) == "altlens is working. Model: scripted."


def test_the_open_panel_follows_the_host(
    scripted: Browser, recording: Recording, script: Script
) -> None:
    """As it loads its model, is killed, is not there, is too old, and comes back."""
    script.say()
    assert state(scripted) == "altlens is working. Model: scripted."
    scripted.marionette.execute_script(
        "window.said = []; const host = document.getElementById('host');"
        "new MutationObserver(() => window.said.push(host.textContent))"
        ".observe(host, {childList: true});",
        sandbox="said",
    )

    def follows(words: str) -> str:
        until(lambda: text(scripted, "host").startswith(words), words)
        return text(scripted, "command")

    script.say(workers=[{"state": "loading"}])
    follows("The model scripted is being loaded")
    script.say()
    follows("altlens is working")
    with recording.another_host(["/bin/false"]):
        missing = follows("The altlens program is not installed")
    again = follows("altlens is working")
    script.say(hello="old")
    recording.end_host()
    old = follows("This extension and the altlens program")
    script.say()
    follows("altlens is working")
    said = scripted.marionette.execute_script(
        "return window.said", sandbox="said", new_sandbox=False
    )

    assert (missing, again, old) == ("altlens install", "", "altlens update")
    assert len(said) >= 6
    assert all(one != other for one, other in pairwise(said)), "nothing is said twice in a row"


@dataclass(frozen=True)
class Panel:
    """A state in which the panel may be seen.

    Attributes:
        sentence: What it says of the host then.
        script: What the host says.
        settings: What the user has chosen.
        missing: Whether there is no host.
        off: Whether the page was switched off.
    """

    sentence: str
    script: dict[str, Any] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)
    missing: bool = False
    off: bool = False


WORKS = "altlens is working"
PANELS = {
    "not installed": Panel("The altlens program is not installed", missing=True),
    "loading": Panel("The model scripted is being loaded", {"workers": [{"state": "loading"}]}),
    "resting": Panel(
        "The model failed three times in a row an", {"workers": [{"state": "resting"}]}
    ),
    "needs update": Panel("The altlens program on this computer is too old", {"speaks": [0]}),
    "extension needs update": Panel("This extension is too old", {"speaks": [2]}),
    "paused": Panel(WORKS, settings={"paused": True}),
    "off on the site": Panel(WORKS, settings={"sites": {"news.example": "off"}}),
    "off on the page": Panel(WORKS, off=True),
    "no consent": Panel(WORKS, settings={"consent": False}),
}


@pytest.mark.parametrize("panel", PANELS.values(), ids=PANELS.keys())
def test_axe_finds_nothing_wrong_with_the_panel_in_any_state(
    scripted: Browser,
    site: Website,
    script: Script,
    recording: Recording,
    repository: Path,
    panel: Panel,
) -> None:
    """With a command to copy, with switches that are on, and with the way to the first page."""
    news = "http://news.example"
    script.say(**panel.script)
    missing = recording.another_host(["/bin/false"] if panel.missing else script.command)
    with missing, scripted.chosen(**panel.settings), scripted.tab():
        scripted.open(site.page("<p>News", origin=news))
        if panel.off:
            scripted.about_tab(news, type="switch-page", off=True)
        with scripted.tab():
            open_popup(scripted, news)
            until(lambda: text(scripted, "host").startswith(panel.sentence), panel.sentence)
            if panel.off:
                until(lambda: scripted.script("return $('page-off').checked"), "the switch")
            found = pages.findings(scripted, repository)
    script.say()

    assert found == []
