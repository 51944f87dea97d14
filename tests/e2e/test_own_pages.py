"""The extension's own pages, as somebody uses them who sees nothing, or little."""

from __future__ import annotations

from pathlib import Path

import pytest
from e2e import pages
from e2e.browser import Browser
from marionette_driver.keys import Keys


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


@pytest.mark.parametrize("page", pages.PAGES.values(), ids=pages.PAGES)
def test_nothing_scrolls_sideways_at_400_percent(decided: Browser, page: str) -> None:
    """A window of 1280 pixels, zoomed to 400 percent, is 320 pixels wide (WCAG 1.4.10)."""
    pages.open_page(decided, page)

    needed, available = pages.widths(decided)

    assert available <= 320
    assert needed <= available


@pytest.mark.parametrize("page", pages.PAGES.values(), ids=pages.PAGES)
def test_a_firefox_from_right_to_left_has_its_pages_so(decided: Browser, page: str) -> None:
    """Mirrored, and nothing scrolls sideways."""
    with pages.from_right_to_left(decided):
        pages.open_page(decided, page)
        gap = pages.gap_at_the_start(decided)
        direction = decided.script("return getComputedStyle(document.body).direction")
        needed, available = pages.widths(decided)

    assert direction == "rtl"
    assert gap < 20
    assert needed <= available


@pytest.mark.parametrize("page", pages.PAGES.values(), ids=pages.PAGES)
def test_with_forced_colours_everything_is_seen(decided: Browser, page: str) -> None:
    """In the user's colours: text, the edges of buttons, the focus."""
    with pages.forced_colours(decided):
        pages.open_page(decided, page)
        pages.assert_seen_in_forced_colours(decided, "h1, p, label")


@pytest.mark.parametrize("language", ["de", "fr", "es"])
def test_the_pages_hold_the_words_of_each_language(
    binary: Path,
    repository: Path,
    extension: Path,
    tmp_path: Path,
    language: str,
) -> None:
    """They are longer than the English ones: nothing scrolls sideways, and axe finds nothing."""
    (tmp_path / "home").mkdir()
    firefox = Browser(binary, tmp_path / "home")
    try:
        firefox.install(pages.translated(extension, tmp_path, language))
        firefox.close_other_tabs()
        found, narrow = {}, {}
        for name, page in pages.PAGES.items():
            pages.open_page(firefox, page)
            assert firefox.script("return document.documentElement.lang") == language
            found[name] = pages.findings(firefox, repository)
            narrow[name] = pages.widths(firefox)
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
