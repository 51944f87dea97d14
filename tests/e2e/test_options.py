"""The options page."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from e2e import pages
from e2e.browser import Browser, until
from e2e.recorder import Recording
from e2e.test_popup import choose, text
from marionette_driver.keys import Keys

CHECKBOXES = [
    "paused",
    "hedge",
    "sayUnsure",
    "mark",
    "repairNames",
    "emptyAlts",
    "privateWindows",
    "warmStart",
]
CHOICES = [("mode", "asked"), ("verbosity", "short")]


@pytest.fixture
def options(decided: Browser) -> Browser:
    """The options page of a user who has agreed and chosen nothing else."""
    pages.open_page(decided, pages.PAGES["options"])
    until(
        lambda: decided.script("return document.querySelector('[name=mode]:checked') !== null"),
        "the page's controls",
    )
    return decided


def kept(firefox: Browser, name: str, value: object) -> None:
    """Wait until a setting is stored."""
    until(lambda: pages.stored(firefox).get(name) == value, f"{name} = {value}")


@pytest.mark.parametrize("name", CHECKBOXES)
def test_each_switch_is_kept_as_soon_as_it_changes(options: Browser, name: str) -> None:
    """By the space bar; that it was saved is said; the next look at the page shows it."""
    before = options.script("return $(arguments[0]).checked", name)

    choose(options, name)
    kept(options, name, not before)

    assert until(lambda: text(options, "saved"), "what is said") == "Saved."
    assert options.element("saved").computed_role == "status"
    pages.open_page(options, pages.PAGES["options"])
    until(lambda: options.script("return $(arguments[0]).checked", name) is not before, name)


@pytest.mark.parametrize(("name", "value"), CHOICES)
def test_each_choice_is_kept(options: Browser, name: str, value: str) -> None:
    """As soon as it is made."""
    choose(options, f"{name}-{value}")

    kept(options, name, value)


def test_words_and_numbers_are_kept_and_wrong_ones_are_not(options: Browser) -> None:
    """A wrong one is said, marked as wrong, and changes nothing."""
    options.element("prefix").send_keys("Image: ")
    pages.press(options, Keys.TAB)
    kept(options, "prefix", "Image: ")
    options.element("keepDays").clear()
    options.element("keepDays").send_keys("30" + Keys.TAB)
    kept(options, "keepDays", 30)

    options.element("keepDays").send_keys("5" * 6 + Keys.TAB)
    until(lambda: "Not saved" in text(options, "saved"), "that it is wrong")

    assert pages.stored(options)["keepDays"] == 30
    assert options.element("keepDays").get_attribute("aria-invalid") == "true"


def test_a_site_is_removed_from_the_list_and_the_focus_is_not_lost(options: Browser) -> None:
    """It goes to the next one."""
    pages.store(options, consent=True, sites={"a.example": "off", "b.example": "asked"})
    until(lambda: options.script("return $('sites').children.length === 2"), "two sites")
    rows = options.script("return [...$('sites').children].map((one) => one.textContent)")

    options.script("$('sites').querySelector('button').focus()")
    pages.press(options, Keys.ENTER)
    kept(options, "sites", {"b.example": "asked"})
    until(lambda: text(options, "saved") == "a.example removed.", "what is said")

    assert rows == ["a.example: OffRemove a.example", "b.example: On demandRemove b.example"]
    assert options.script("return document.activeElement.textContent") == "Remove b.example"


def test_the_keys_are_listed(options: Browser) -> None:
    """With the way to change them."""
    listed = until(lambda: text(options, "keys"), "the keys")

    assert "Describe the image that has the focus" in listed
    assert "Ctrl+Shift+F" in listed


def test_settings_go_into_a_file_and_come_from_one(options: Browser, tmp_path: Path) -> None:
    """A wrong file changes nothing and says what is wrong."""
    wrong, right = tmp_path / "wrong.json", tmp_path / "right.json"
    chosen: dict[str, Any] = {"mode": "asked", "prefix": "Bild: "}
    right.write_text(json.dumps({"kind": "altlens settings", "version": 1, "settings": chosen}))
    wrong.write_text(json.dumps({"kind": "altlens settings", "settings": {"mode": "loud"}}))

    options.element("import").send_keys(str(wrong))
    refused = until(lambda: text(options, "file-status"), "the refusal")
    before = pages.stored(options)
    options.element("import").send_keys(str(right))
    kept(options, "prefix", "Bild: ")

    assert "not valid: mode" in refused
    assert before.get("mode") is None
    assert pages.stored(options)["mode"] == "asked"
    assert pages.stored(options)["consent"] is True


def test_the_saved_file_is_one_that_can_be_taken_over(options: Browser, tmp_path: Path) -> None:
    """It holds the choices, the sites too, and not the consent."""
    downloads = {
        "browser.download.folderList": 2,
        "browser.download.dir": str(tmp_path),
        # Firefox's panel of downloads would open at some time and take the keys of later tests.
        "browser.download.alwaysOpenPanel": False,
        "browser.download.panel.shown": True,
    }
    for name, value in downloads.items():
        options.set_preference(name, value)
    pages.store(options, consent=True, prefix="Image: ", sites={"a.example": "off"})
    until(lambda: options.script("return $('prefix').value") == "Image: ", "the page shows it")

    try:
        choose(options, "export")
        saved = tmp_path / "altlens-settings.json"
        until(lambda: saved.exists() and saved.read_bytes().endswith(b"}\n"), "all of the file")
        file = json.loads(saved.read_text(encoding="utf-8"))
    finally:
        for name in downloads:
            options.set_preference(name, None)

    assert file["settings"]["prefix"] == "Image: "
    assert file["settings"]["sites"] == {"a.example": "off"}
    assert "consent" not in file["settings"]


def test_the_diagnostics_tell_nothing_that_was_seen_or_written(options: Browser) -> None:
    """No site, no address, no words of the user's; but versions, and how the host is."""
    pages.store(options, consent=True, prefix="secret", sites={"secret.example": "off"})
    pages.open_page(options, pages.PAGES["options"])

    said = until(lambda: options.script("return $('diagnostics').value"), "the diagnostics")

    found = json.loads(said)
    assert "secret" not in said
    assert found["host"]["word"] == "working"
    assert found["host"]["version"]
    assert found["settings"]["sites"] == 1
    assert found["settings"]["prefix"] == 6


def test_the_keys_are_changed_where_firefox_keeps_them(options: Browser) -> None:
    """The button leads to the place where each of our keys stands."""
    options.script("$('change-keys').focus()")
    pages.press(options, Keys.ENTER)

    shown = until(
        lambda: options.chrome(
            "const {contentDocument} = gBrowser.selectedBrowser;"
            "return gBrowser.currentURI.spec.startsWith('about:addons')"
            " && contentDocument?.querySelector('addon-shortcuts')?.textContent;"
        ),
        "the shortcuts",
    )

    assert "altlens" in shown
    options.close_other_tabs()


def test_the_question_before_clearing_is_for_everybody(options: Browser, repository: Path) -> None:
    """Axe looks at it while it is open: its words, its name and its buttons."""
    choose(options, "clear")
    until(lambda: options.script("return $('confirm').open"), "the question")

    found = pages.findings(options, repository)
    pages.press(options, Keys.ESCAPE)

    assert found == []


def test_the_memory_is_cleared_after_a_question(options: Browser) -> None:
    """Escape says no; Enter on the button says yes; what came of it is said."""
    until(lambda: "remembered on the disk" in text(options, "cache"), "how much is remembered")

    def ask() -> None:
        options.script("$('clear').focus()")
        pages.press(options, Keys.ENTER)
        until(lambda: options.script("return $('confirm').open"), "the question")

    ask()
    role = options.element("confirm").computed_role
    label = options.element("confirm").computed_label
    pages.press(options, Keys.ESCAPE)
    until(lambda: options.script("return document.activeElement.id === 'clear'"), "the focus")
    unchanged = text(options, "cache")
    ask()
    options.script("$('confirm').querySelector('[value=clear]').focus()")
    pages.press(options, Keys.ENTER)
    said = until(
        lambda: (now := text(options, "clear-status")) and "deleted" in now and now,
        "that it is done",
    )
    until(lambda: text(options, "cache").endswith(": 0."), "that nothing is left")

    assert (role, label) == ("alertdialog", "Clear the memory?")
    assert "remembered on the disk" in unchanged
    assert said.startswith("Descriptions deleted: ")


def test_escape_says_no_also_after_a_yes(options: Browser) -> None:
    """What was answered the last time is no answer to this question."""
    until(lambda: "remembered on the disk" in text(options, "cache"), "how much is remembered")
    for answer in ("clear", "cancel"):
        options.script("$('clear').focus()")
        pages.press(options, Keys.ENTER)
        until(lambda: options.script("return $('confirm').open"), "the question")
        if answer == "clear":
            options.script("$('confirm').querySelector('[value=clear]').focus()")
            pages.press(options, Keys.ENTER)
            until(lambda: "deleted" in text(options, "clear-status"), "that it is done")
            options.script("$('clear-status').textContent = ''")
        else:
            pages.press(options, Keys.ESCAPE)
            until(lambda: not options.script("return $('confirm').open"), "the end of it")
    # Whatever is asked after it is answered after it.
    pages.with_browser(options, "return browser.runtime.sendMessage('count remembered');")

    assert text(options, "clear-status") == ""


def test_the_host_hears_at_once_how_long_to_keep_answers_and_whether_to_warm(
    options: Browser, recording: Recording
) -> None:
    """In a greeting on the open connection; and no more when it is taken back."""
    until(lambda: "working" in text(options, "host"), "the host")
    choose(options, "warmStart")
    kept(options, "warmStart", True)
    options.element("keepDays").clear()
    options.element("keepDays").send_keys("30" + Keys.TAB)
    kept(options, "keepDays", 30)

    def last() -> dict[str, Any]:
        return recording.asked("hello")[-1]

    until(lambda: recording.asked("hello") and last().get("keep_days") == 30, "the greeting")
    warm = last().get("warm")
    choose(options, "warmStart")
    until(lambda: "warm" not in last(), "the greeting after it")

    assert warm is True
