"""Which image the key means: wherever the focus or the caret is, and by whatever keys."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from e2e import pages
from e2e.browser import Browser, until
from e2e.cases import Script
from e2e.test_dialog import answered, by_key, dialog
from e2e.website import Website
from marionette_driver.keys import Keys

FRAME = "<script>addEventListener('message', () => document.querySelector('a').focus())</script>"


@pytest.fixture
def asked(scripted: Browser, script: Script) -> Iterator[Browser]:
    """A user who has chosen to be told on demand."""
    script.say()
    with scripted.chosen(mode="asked"):
        yield scripted


@pytest.mark.parametrize(
    ("markup", "focus"),
    [
        ('<img id="a" tabindex="0" src="{src}">', "$('a').focus()"),
        ('<button id="a"><span><img src="{src}"></span></button>', "$('a').focus()"),
        ('<input type="image" id="a" src="{src}">', "$('a').focus()"),
        (
            '<map name="m"><area id="a" href="#x" shape="rect" coords="0,0,96,72"></map>'
            '<img src="{src}" usemap="#m" alt="A map">',
            "$('a').focus()",
        ),
        (
            '<div><template shadowrootmode="closed"><div><template shadowrootmode="closed">'
            '<a href="#x"><img src="{src}"></a></template></div></template></div>',
            "",
        ),
        (
            '<a id="a" href="#x"><span><template shadowrootmode="closed"><img src="{src}">'
            "</template></span></a>",
            "$('a').focus()",
        ),
        (
            '<p id="a">Words <img src="{src}"> and more</p>',
            "getSelection().setPosition($('a'), 1)",
        ),
        (
            '<a id="b" href="#x">A link without an image</a><p id="a"><img src="{src}"></p>',
            "$('b').focus(); getSelection().setPosition($('a'), 0)",
        ),
    ],
    ids=[
        "image",
        "button",
        "image button",
        "area",
        "closed shadow roots",
        "closed root in a link",
        "caret",
        "caret first",
    ],
)
def test_the_image_at_the_focus_or_the_caret_is_meant(
    asked: Browser, site: Website, markup: str, focus: str
) -> None:
    """Another image before it is not."""
    other, picture = site.picture(), site.picture()
    asked.open(site.page(f'<img src="{other.path}">' + markup.replace("{src}", picture.path)))
    if focus:
        asked.script(focus)
    else:
        pages.press(asked, Keys.TAB)

    with dialog(asked, lambda: by_key(asked)):
        answered(asked, picture.caption)


@pytest.mark.parametrize("nested", [False, True])
def test_of_several_frames_the_one_with_the_focus_is_meant(
    asked: Browser, site: Website, nested: bool
) -> None:
    """The others keep in mind what had their focus last, and the page where its caret was."""
    caret, first, last = site.picture(), site.picture(), site.picture()
    inner = [
        site.page(f'<a href="#x"><img src="{one.path}"></a>{FRAME}', origin=site.elsewhere)
        for one in (first, last)
    ]
    if nested:
        around = f'<iframe src="{inner[1]}"></iframe><script>addEventListener("message", () =>'
        around += " document.querySelector('iframe').contentWindow.postMessage('', '*'))</script>"
        inner[1] = site.page(around, origin=site.elsewhere)
    frames = "".join(f'<iframe id="f{at}" src="{one}"></iframe>' for at, one in enumerate(inner))
    asked.open(site.page(f'<p id="a"><img src="{caret.path}"></p>{frames}'))
    asked.script("getSelection().setPosition($('a'), 0)")

    for at in (0, 1):
        asked.script("$(arguments[0]).contentWindow.postMessage('', '*')", f"f{at}")
        until(
            lambda at=at: asked.script("return document.activeElement.id") == f"f{at}",
            "the focus in the frame",
        )
    with dialog(asked, lambda: by_key(asked)):
        answered(asked, last.caption)


def test_the_key_can_be_changed(asked: Browser, site: Website) -> None:
    """The new one asks, and the old one no more."""
    picture = site.picture()

    def change(source: str) -> None:
        pages.open_page(asked, pages.PAGES["help"])
        pages.with_browser(asked, source)

    change(
        "await browser.commands.update("
        'page.JSON.parse(\'{"name": "describe", "shortcut": "Ctrl+Shift+L"}\'));'
    )
    try:
        asked.open(site.page(f'<a id="a" href="#x"><img src="{picture.path}"></a>'))
        asked.script("$('a').focus()")
        before = len(asked.marionette.window_handles)
        by_key(asked)
        with dialog(asked, lambda: by_key(asked, "l")):
            answered(asked, picture.caption)
            opened = len(asked.marionette.window_handles) - before
    finally:
        change("await browser.commands.reset('describe');")

    assert opened == 1
