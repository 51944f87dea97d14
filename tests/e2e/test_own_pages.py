"""The extension's own pages, as somebody uses them who sees nothing, or little."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from e2e import pages
from e2e.browser import Browser, until
from marionette_driver.keys import Keys

FORCED = {
    "browser.display.document_color_use": 2,
    "browser.display.foreground_color": "#ffff00",
    "browser.display.background_color": "#000000",
}


@pytest.mark.parametrize("page", pages.PAGES.values(), ids=pages.PAGES)
def test_axe_finds_nothing_wrong(decided: Browser, repository: Path, page: str) -> None:
    """Names, roles, contrast, landmarks, headings and whatever else its rules look at."""
    pages.open_page(decided, page)

    assert pages.findings(decided, repository) == []


def test_axe_would_find_something(decided: Browser, repository: Path) -> None:
    """A button without a name, put there on purpose."""
    pages.open_page(decided, pages.PAGES["help"])
    decided.script("document.querySelector('main').append(document.createElement('button'))")

    assert [name for name, _ in pages.findings(decided, repository)] == ["button-name"]


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


@pytest.mark.parametrize("page", pages.PAGES.values(), ids=pages.PAGES)
def test_nothing_scrolls_sideways_at_400_percent(decided: Browser, page: str) -> None:
    """A window of 1280 pixels, zoomed to 400 percent, is 320 pixels wide (WCAG 1.4.10)."""
    pages.open_page(decided, page)

    needed, available = widths(decided)

    assert available <= 320
    assert needed <= available


@pytest.mark.parametrize("page", pages.PAGES.values(), ids=pages.PAGES)
def test_a_firefox_from_right_to_left_has_its_pages_so(decided: Browser, page: str) -> None:
    """Mirrored, and nothing scrolls sideways."""
    decided.set_preference("intl.l10n.pseudo", "bidi")
    try:
        pages.open_page(decided, page)
        heading, main = decided.script(
            "const box = (one) => document.querySelector(one).getBoundingClientRect().right;"
            "return [box('h1'), box('main')];"
        )
        direction = decided.script("return getComputedStyle(document.body).direction")
        needed, available = widths(decided)
    finally:
        decided.set_preference("intl.l10n.pseudo", None)

    assert direction == "rtl"
    assert main - heading < 20
    assert needed <= available


@pytest.mark.parametrize("page", pages.PAGES.values(), ids=pages.PAGES)
def test_with_forced_colours_everything_is_seen(decided: Browser, page: str) -> None:
    """In the user's colours: text, the edges of buttons, the focus."""
    for name, value in FORCED.items():
        decided.set_preference(name, value)
    try:
        pages.open_page(decided, page)
        forced = until(
            lambda: decided.script("return matchMedia('(forced-colors: active)').matches"),
            "forced colours",
        )
        pages.press(decided, Keys.TAB)
        outline, words, buttons = decided.script(
            "const style = (one) => getComputedStyle(one);"
            "const seen = (names) => [...document.querySelectorAll(names)]"
            "  .filter((one) => one.checkVisibility()).map(style);"
            "return [style(document.activeElement).outlineColor,"
            "  seen('h1, p, label').map((one) => one.color),"
            "  seen('button').map((one) =>"
            "    [one.color, one.borderTopColor].map((colour) => colour !== one.backgroundColor))];"
        )
    finally:
        for name in FORCED:
            decided.set_preference(name, None)

    assert forced
    assert outline not in {"rgb(0, 0, 0)", "rgba(0, 0, 0, 0)"}
    assert set(words) == {"rgb(255, 255, 0)"}
    assert all(text and edge for text, edge in buttons)


@pytest.mark.parametrize("language", ["de", "fr", "es"])
def test_the_pages_hold_the_words_of_each_language(
    binary: Path,
    repository: Path,
    extension: Path,
    tmp_path: Path,
    language: str,
) -> None:
    """They are longer than the English ones: nothing scrolls sideways, and axe finds nothing."""
    translated = tmp_path / "extension"
    shutil.copytree(extension, translated)
    # Firefox here speaks English only: what it takes for English is the other language.
    shutil.copy(extension / f"_locales/{language}/messages.json", translated / "_locales/en")
    (tmp_path / "home").mkdir()
    firefox = Browser(binary, tmp_path / "home")
    try:
        firefox.install(translated)
        firefox.close_other_tabs()
        found, narrow = {}, {}
        for name, page in pages.PAGES.items():
            pages.open_page(firefox, page)
            assert firefox.script("return document.documentElement.lang") == language
            found[name] = pages.findings(firefox, repository)
            narrow[name] = widths(firefox)
    finally:
        firefox.close()

    assert found == {name: [] for name in pages.PAGES}
    assert all(needed <= available for needed, available in narrow.values()), narrow


@pytest.mark.parametrize("page", pages.PAGES.values(), ids=pages.PAGES)
def test_every_control_is_reached_with_the_tab_key(decided: Browser, page: str) -> None:
    """In the order of the page, and the focus is seen."""
    pages.open_page(decided, page)
    expected = decided.script(
        "const all = [...document.querySelectorAll('button, input, textarea, a[href]')];"
        "const seen = all.filter((one) => !one.disabled && one.checkVisibility());"
        "return seen.filter((one) => one.type !== 'radio' || one.checked).map("
        "  (one) => one.id || one.textContent);"
    )

    reached = []
    for _ in expected:
        pages.press(decided, Keys.TAB)
        reached.append(
            decided.script(
                "const one = document.activeElement;"
                "return [one.id || one.textContent, getComputedStyle(one).outlineStyle];"
            )
        )

    assert [name for name, _ in reached] == expected
    assert {outline for _, outline in reached} == {"solid"}
