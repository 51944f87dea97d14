"""The extension's own pages, as somebody uses them who sees nothing, or little."""

from __future__ import annotations

from pathlib import Path

import pytest
from e2e import pages
from e2e.browser import Browser, until
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
    decided.script(
        "const frame = document.createElement('iframe');"
        "frame.id = 'narrow'; frame.src = location.href + '?tab=0';"
        "frame.style = 'inline-size: 320px; block-size: 640px; border: 0';"
        "document.body.replaceChildren(frame);"
    )

    def widths() -> list[int] | None:
        found: list[int] | None = decided.script(
            "const inner = $('narrow').contentDocument;"
            "const heading = inner?.querySelector('h1');"
            "const root = inner?.documentElement;"
            "return heading?.textContent ? [root.scrollWidth, root.clientWidth] : null;"
        )
        return found

    needed, available = until(widths, "the narrow page")

    assert available <= 320
    assert needed <= available


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
