"""The context menu: over each kind of image, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from e2e.browser import Browser, until
from e2e.cases import Script, lay_out, sentinel
from e2e.recorder import Recording
from e2e.test_dialog import answered, by_menu, dialog
from e2e.test_which_images import CANDIDATES
from e2e.website import Website

KINDS = [
    "img",
    "svg in an img",
    "input of type image",
    "poster",
    "area",
    "link of nothing but an image",
    "svg of role img",
    "background of role img",
    "object",
    "embed",
    "button of nothing but an image",
]
OURS = ["Describe this image", "Copy description", "Why this description?"]
_ITEMS = """
const done = arguments[arguments.length - 1];
const menu = document.getElementById("contentAreaContextMenu");
const look = () => setTimeout(() => {
  const items = [...menu.querySelectorAll("menuitem, menu")].filter((one) => !one.hidden);
  const labels = items.map((one) => one.label);
  menu.hidePopup();
  done(labels);
}, 300);
menu.state === "open" ? look() : menu.addEventListener("popupshown", look, { once: true });
"""

_CLOSE_AT_ONCE = """
const menu = document.getElementById("contentAreaContextMenu");
menu.addEventListener("popupshown", () => menu.hidePopup(), { once: true });
"""


@pytest.fixture
def asked(scripted: Browser, script: Script) -> Iterator[Browser]:
    """A user who has chosen to be told on demand."""
    script.say()
    with scripted.chosen(mode="asked"):
        yield scripted


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_image_is_described_from_its_menu(
    asked: Browser, site: Website, kind: str
) -> None:
    """Whatever Firefox itself takes for an image."""
    (case,) = (one for one in CANDIDATES if one.name == kind)
    body, (picture,) = lay_out(site, [case])
    asked.open(site.page(body))

    with dialog(asked, lambda: by_menu(asked, "c0", "Describe this image")):
        answered(asked, picture.caption)


def click(asked: Browser, element: str) -> None:
    """Click on an element with the button that opens its menu."""
    mouse = asked.marionette.actions.sequence("pointer", "mouse", {"pointerType": "mouse"})
    mouse.pointer_move(0, 0, origin=asked.element(element)).pointer_down(2).pointer_up(2)
    mouse.perform()


def items(asked: Browser, element: str) -> list[str]:
    """Open the menu of an element, and return which of our items are in it a moment later."""
    click(asked, element)
    labels: list[str] = asked.chrome_later(_ITEMS)
    return [one for one in labels if one in OURS]


@pytest.mark.parametrize(
    "markup",
    [
        '<p id="c0" style="height: 60px">Words</p>',
        '<div id="c0" style="padding: 40px"><img src="/cat.jpg" hidden></div>',
        '<div id="c0" role="img" aria-label="A smile" style="height: 60px">:-)</div>',
    ],
    ids=["words", "around an image", "an image without a picture"],
)
def test_elsewhere_the_menu_is_as_it_was(asked: Browser, site: Website, markup: str) -> None:
    """Nobody must pass by our items who is not at an image, also after one was."""
    (case,) = (one for one in CANDIDATES if one.name == "svg of role img")
    body, _ = lay_out(site, [case])
    asked.open(site.page(body.replace("c0", "before") + markup))

    there, elsewhere = items(asked, "before"), items(asked, "c0")

    assert there == OURS
    assert elsewhere == []


def test_a_menu_that_was_closed_before_a_busy_page_answered_leaves_nothing_behind(
    asked: Browser, site: Website
) -> None:
    """The next one, on words, is as it was."""
    (case,) = (one for one in CANDIDATES if one.name == "svg of role img")
    body, _ = lay_out(site, [case])
    script = (
        "addEventListener('contextmenu', () => setTimeout(() => {"
        "  const end = Date.now() + 1500;"
        "  while (Date.now() < end);"
        "}), { once: true });"
    )
    body = body.replace("c0", "before") + '<p id="c0" style="height: 60px">Words</p>'
    asked.open(site.page(f"{body}<script>{script}</script>"))

    asked.chrome(_CLOSE_AT_ONCE)
    click(asked, "before")

    assert items(asked, "c0") == []


@pytest.mark.parametrize("written", [False, True])
def test_an_image_that_its_author_calls_decorative_is_described_on_request_only(
    scripted: Browser, site: Website, script: Script, recording: Recording, written: bool
) -> None:
    """The user hears of it; the page gets the words only where the user wants that."""
    decorative, other = site.picture(), site.picture()
    script.say()
    with scripted.chosen(emptyAlts=written):
        scripted.open(
            site.page(f'<img id="a" src="{decorative.path}" alt=""><img id="b" src="{other.path}">')
        )
        scripted.described("b")
        by_itself = recording.numbers()
        with dialog(scripted, lambda: by_menu(scripted, "a", "Describe this image")):
            answered(scripted, decorative.caption)
        expected = decorative.caption if written else ""
        until(lambda: scripted.attributes("a")["alt"] == expected, "what the page has")
        sentinel(scripted, site)
        after = scripted.attributes("a")["alt"]

    assert decorative.number not in by_itself
    assert after == expected
    until(lambda: scripted.attributes("a")["alt"] == "", "the author's alt again")
