"""What the user asks for by hand, and the window in which it is answered."""

from __future__ import annotations

import base64
import contextlib
import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from e2e import pages
from e2e.browser import Browser, until
from e2e.cases import Script, sentinel
from e2e.recorder import Recording
from e2e.test_popup import beside, choose, tab_of, text
from e2e.website import Website
from marionette_driver.keys import Keys

DIALOG = "dialog/dialog.html"
# Firefox's own menu over an element, as the context menu key opens it, and one of its items.
_MENU = """
const [label, done] = arguments;
const menu = document.getElementById("contentAreaContextMenu");
const choose = (left = 100) => {
  const items = [...menu.querySelectorAll("menuitem")];
  const found = items.find((one) => one.label === label);
  if (!found && left > 0) {
    // Where Firefox itself sees no image the items come when the page has said that it is one.
    setTimeout(choose, 20, left - 1);
    return;
  }
  if (found) {
    menu.activateItem ? found.doCommand() : found.click();
  }
  menu.hidePopup();
  done(found ? found.label : items.map((one) => one.label).join());
};
if (menu.state === "open") {
  choose();
} else {
  menu.addEventListener("popupshown", () => choose(), { once: true });
}
"""
_CLIPBOARD = """
const transfer = Cc["@mozilla.org/widget/transferable;1"].createInstance(Ci.nsITransferable);
transfer.init(null);
transfer.addDataFlavor("text/plain");
Services.clipboard.getData(transfer, Services.clipboard.kGlobalClipboard);
const found = {};
transfer.getTransferData("text/plain", found);
return found.value.QueryInterface(Ci.nsISupportsString).data;
"""


@contextlib.contextmanager
def dialog(firefox: Browser, ask: Callable[[], object]) -> Iterator[None]:
    """Ask for something, and go to the window that opens."""
    here = firefox.marionette.current_window_handle
    before = set(firefox.marionette.window_handles)
    ask()
    opened = until(lambda: set(firefox.marionette.window_handles) - before, "a window")
    firefox.marionette.switch_to_window(opened.pop())
    until(lambda: DIALOG in firefox.marionette.get_url(), "the dialog")
    try:
        yield
    finally:
        if set(firefox.marionette.window_handles) - before:
            firefox.marionette.close()
        firefox.marionette.switch_to_window(here)


def by_key(firefox: Browser, letter: str = "f") -> None:
    """Press Control, Shift and a letter, in the window."""
    with firefox.marionette.using_context("chrome"):
        sequence = firefox.marionette.actions.sequence("key", "keyboard")
        for key in (Keys.CONTROL, Keys.SHIFT):
            sequence.key_down(key)
        sequence.key_down(letter).key_up(letter)
        for key in (Keys.SHIFT, Keys.CONTROL):
            sequence.key_up(key)
        sequence.perform()


def by_menu(firefox: Browser, element: str, label: str) -> None:
    """Choose an item of an element's context menu."""
    mouse = firefox.marionette.actions.sequence("pointer", "mouse", {"pointerType": "mouse"})
    mouse.pointer_move(0, 0, origin=firefox.element(element)).pointer_down(2).pointer_up(2)
    mouse.perform()
    assert firefox.chrome_later(_MENU, label) == label


def answered(firefox: Browser, words: str) -> None:
    """Wait until the dialog says something."""
    until(lambda: text(firefox, "text") == words, words)


@pytest.fixture
def asked(scripted: Browser) -> Iterator[Browser]:
    """A user who has chosen to be told on demand."""
    with scripted.chosen(mode="asked"):
        yield scripted


def test_the_keys_describe_the_image_in_the_focused_link(
    asked: Browser, site: Website, recording: Recording, script: Script
) -> None:
    """Said in a window of the extension, with how sure the model is; Escape closes it."""
    picture = site.picture()
    script.say(answers={picture.number: {"confidence": 0.896}})
    asked.open(site.page(f'<a id="a" href="/"><img id="b" src="{picture.path}"></a>'))
    asked.script("$('a').focus()")
    before = asked.marionette.window_handles

    with dialog(asked, lambda: by_key(asked)):
        answered(asked, picture.caption)
        role, label = (
            asked.element("dialog").computed_role,
            asked.element("dialog").computed_label,
        )
        focused = asked.script("return document.activeElement.id")
        sure, model = text(asked, "sure"), text(asked, "model")
        language = asked.script("return $('text').lang")
        pages.press(asked, Keys.ESCAPE)
        until(lambda: asked.marionette.window_handles == before, "the window is closed")

    assert (role, label) == ("dialog", "Description")
    assert focused == "text"
    assert sure == "Fairly sure. Of 100 such descriptions about 90 are right."
    assert model.startswith("scripted")
    assert language == "en"
    assert recording.asked()[0]["priority"] == "asked"
    until(lambda: asked.script("return document.hasFocus()"), "the page has the focus again")
    assert asked.script("return document.activeElement.id") == "a"


@pytest.mark.parametrize(
    ("answer", "sure"),
    [
        (
            {"level": "hedged", "calibrated": False},
            "Not sure. How often this model is right was not measured.",
        ),
        (
            {"level": "unsure", "confidence": 0.12},
            "Very unsure: little more than a guess. Of 100 such descriptions about 12 are right.",
        ),
    ],
    ids=["not measured", "a guess"],
)
def test_who_asks_hears_also_what_is_not_sure_and_how_sure_it_is(
    asked: Browser, site: Website, script: Script, answer: dict[str, object], sure: str
) -> None:
    """A number that nobody measured is not said, and a guess is called one."""
    picture = site.picture()
    script.say(answers={picture.number: answer})
    asked.open(site.page(f'<a id="a" href="/"><img src="{picture.path}"></a>'))
    asked.script("$('a').focus()")

    with dialog(asked, lambda: by_key(asked)):
        answered(asked, picture.caption)
        said = text(asked, "sure")

    assert said == sure


def test_while_the_user_waits_it_is_said_once_and_the_focus_moves_with_the_answer(
    asked: Browser, site: Website, script: Script
) -> None:
    """A text that is replaced while it has the focus would not be said."""
    picture = site.picture()
    script.say(seconds=2)
    asked.open(site.page(f'<a id="a" href="/"><img src="{picture.path}"></a>'))
    asked.script("$('a').focus()")

    with dialog(asked, lambda: by_key(asked)):
        waiting = until(lambda: text(asked, "status"), "that the user is to wait")
        focused = asked.script("return document.activeElement.id")
        role = asked.element("status").computed_role
        answered(asked, picture.caption)
        later = asked.script("return document.activeElement.id"), text(asked, "status")

    assert waiting == "The image is being described…"
    assert role == "status"
    assert focused != "text"
    assert later == ("text", "")


def test_axe_finds_nothing_wrong_with_the_dialog(
    asked: Browser, site: Website, script: Script, repository: Path
) -> None:
    """With all of its parts shown."""
    picture = site.picture()
    script.say(answers={picture.number: {"kind": "text", "text": "word " * 300}})
    asked.open(site.page(f'<a id="a" href="/"><img id="b" src="{picture.path}"></a>'))

    with dialog(asked, lambda: by_menu(asked, "a", "Why this description?")):
        until(lambda: text(asked, "text").startswith("word"), "the answer")
        shown = asked.element("why").is_displayed()
        found = pages.findings(asked, repository)

    assert shown
    assert found == []


def test_all_of_a_long_text_is_read(asked: Browser, site: Website, script: Script) -> None:
    """At first its beginning; by the button all of it, with the focus on it."""
    picture = site.picture()
    words = " ".join(f"w{at}" for at in range(300))
    script.say(answers={picture.number: {"kind": "text", "text": words}})
    asked.open(site.page(f'<a id="a" href="/"><img src="{picture.path}"></a>'))
    asked.script("$('a').focus()")

    with dialog(asked, lambda: by_key(asked)):
        until(lambda: text(asked, "text").endswith("…"), "the beginning")
        sure = text(asked, "sure")
        choose(asked, "all")
        whole = text(asked, "text")
        focused = asked.script("return document.activeElement.id")

    assert whole == words
    assert focused == "text"
    assert sure.startswith("Read from the picture")


def test_a_description_is_copied(asked: Browser, site: Website, script: Script) -> None:
    """From the context menu, at once; that it was copied is said."""
    picture = site.picture()
    script.say()
    asked.open(site.page(f'<img id="a" src="{picture.path}">'))

    with dialog(asked, lambda: by_menu(asked, "a", "Copy description")):
        answered(asked, picture.caption)
        said = until(lambda: text(asked, "status"), "that it was copied")
    copied = asked.chrome(_CLIPBOARD)

    assert said == "Copied."
    assert copied == picture.caption


TICKET: dict[str, Any] = {
    "kind": "described",
    "text": "A ticket on a table",
    "read": "Platform 4\nLeaves at noon",
    "read_confidence": 0.93,
    "barcode": "https://example.org/12",
}
SAID = "A ticket on a table\nText in the picture: Platform 4 Leaves at noon"
WHOLE = (
    "A ticket on a table\nText in the picture: Platform 4\nLeaves at noon"
    "\nThe code holds: https://example.org/12"
)


def test_what_is_written_in_a_picture_and_what_its_code_holds_is_said_and_copied(
    asked: Browser, site: Website, script: Script
) -> None:
    """The text beside the caption at once, the code on demand; all of it is copied."""
    picture = site.picture()
    script.say(answers={picture.number: TICKET})
    asked.open(site.page(f'<p id="p"><img id="a" src="{picture.path}"></p>'))

    with dialog(asked, lambda: by_menu(asked, "a", "Describe this image")):
        answered(asked, SAID)
        focused = [asked.script("return document.activeElement.id")]
        choose(asked, "all")
        answered(asked, WHOLE)
        focused.append(asked.script("return document.activeElement.id"))
        left = asked.element("all").is_displayed()
        choose(asked, "copy")
        said = until(lambda: text(asked, "status"), "that it was copied")
    copied = asked.chrome(_CLIPBOARD)
    written = asked.attributes("a")["alt"]

    assert focused == ["text", "text"]
    assert not left
    assert said == "Copied."
    assert copied == WHOLE
    assert written == "A ticket on a table. Text: Platform 4 Leaves at noon"


def test_a_wrong_answer_to_a_sharper_picture_is_taken_away_and_forgotten_too(
    scripted: Browser, site: Website, script: Script, recording: Recording
) -> None:
    """What the host remembers is the answer to the second picture, which is another file."""
    picture = site.picture((1600, 1200), kind="JPEG")
    script.say(pixels={picture.number: 1024}, answers={picture.number: TICKET})
    page = site.page(f'<img id="a" src="{picture.path}" width="300">')
    scripted.open(page)
    scripted.described("a")
    recording.forget()

    with dialog(scripted, lambda: by_menu(scripted, "a", "Describe this image")):
        answered(scripted, SAID)
        choose(scripted, "wrong")
        until(lambda: text(scripted, "status"), "that it is done")
    until(lambda: "alt" not in scripted.attributes("a"), "it is gone")
    files = [file for _, file in recording.files()]
    wanted = {base64.b64encode(hashlib.sha256(file).digest()).decode() for file in files}
    until(
        lambda: {one["picture"] for one in recording.asked("cache_forget")} == wanted,
        "both pictures are forgotten",
    )
    recording.forget()
    scripted.open(page)
    sentinel(scripted, site)

    assert len(wanted) == 2
    assert scripted.attributes("a").keys() == {"id", "src", "width"}
    assert picture.number not in recording.numbers()


def test_a_wrong_description_is_taken_away_and_does_not_come_back(
    scripted: Browser, site: Website, script: Script, recording: Recording
) -> None:
    """From the page at once; that picture is not described by itself again, others are."""
    wrong, right = site.picture(), site.picture()
    script.say()
    body = f'<img id="a" src="{wrong.path}"><img id="b" src="{right.path}">'
    scripted.open(site.page(body))
    scripted.described("a")

    with dialog(scripted, lambda: by_menu(scripted, "a", "Describe this image")):
        answered(scripted, wrong.caption)
        choose(scripted, "wrong")
        said = until(lambda: text(scripted, "status"), "that it is done")
    until(lambda: "alt" not in scripted.attributes("a"), "it is gone")
    recording.forget()
    scripted.open(site.page(body))
    scripted.described("b")

    assert said == "Taken away. This picture is not described again."
    assert scripted.attributes("a").keys() == {"id", "src"}
    assert wrong.number not in recording.numbers()


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"kind": "unsure", "text": ""}, "No description: the model does not know what"),
        ({"kind": "decorative", "text": ""}, "There is nothing to describe"),
        (None, "No description could be made of this picture."),
    ],
)
def test_a_picture_without_words_is_told_as_such(
    asked: Browser, site: Website, script: Script, answer: dict[str, Any] | None, said: str
) -> None:
    """Never silence: who has asked is answered."""
    picture = site.picture()
    script.say(
        **({"answers": {picture.number: answer}} if answer else {"errors": {picture.number: 302}})
    )
    asked.open(site.page(f'<a id="a" href="/"><img src="{picture.path}"></a>'))
    asked.script("$('a').focus()")

    with dialog(asked, lambda: by_key(asked)):
        until(lambda: text(asked, "text").startswith(said), said)
        copy = asked.element("copy").is_displayed()

    assert not copy


def test_without_an_image_there_the_user_hears_what_to_do(asked: Browser, site: Website) -> None:
    """And where Firefox lets no extension look, that."""
    asked.open(site.page('<a id="a" href="/">text</a>'))
    asked.script("$('a').focus()")
    with dialog(asked, lambda: by_key(asked)):
        until(lambda: text(asked, "text").startswith("No image was found there."), "what to do")
    asked.open("about:robots")
    with dialog(asked, lambda: by_key(asked)):
        answered(asked, "Firefox lets no extension read this page.")


def test_the_panel_asks_for_the_first_image_without_words(
    asked: Browser, site: Website, script: Script
) -> None:
    """Wherever it is in the page."""
    picture = site.picture()
    script.say()
    beside(asked, site.page(f'<img src="/cat.jpg" alt="A cat"><img src="{picture.path}">'))
    pages.open_page(asked, pages.PAGES["help"])
    pages.open_page(asked, f"{pages.PAGES['popup']}?tab={tab_of(asked, site.here)}")

    with dialog(asked, lambda: asked.script("$('first').click()")):
        answered(asked, picture.caption)
    asked.close_other_tabs()


def test_where_all_have_words_the_panel_says_so(asked: Browser, site: Website) -> None:
    """And does not tell the user to put the focus somewhere."""
    beside(asked, site.page('<img src="/cat.jpg" alt="A cat">'))
    pages.open_page(asked, pages.PAGES["help"])
    pages.open_page(asked, f"{pages.PAGES['popup']}?tab={tab_of(asked, site.here)}")

    with dialog(asked, lambda: asked.script("$('first').click()")):
        answered(asked, "No image on this page lacks alternative text.")
    asked.close_other_tabs()


OFF: dict[str, dict[str, Any]] = {
    "paused": {"paused": True},
    "off on the site": {"sites": {"127.0.0.1": "off"}},
    "off on the page": {},
}


@pytest.mark.parametrize("settings", OFF.values(), ids=OFF.keys())
def test_who_asks_by_hand_where_it_is_off_is_answered_and_nothing_is_written(
    scripted: Browser,
    site: Website,
    script: Script,
    recording: Recording,
    settings: dict[str, Any],
) -> None:
    """By the menu, by the keys and from the panel: a question is a question."""
    pictures = [site.picture() for _ in range(2)]
    script.say()
    link = f'<a id="link" href="/"><img id="a" src="{pictures[0].path}"></a>'
    markup = f'{link}<img id="b" src="{pictures[1].path}">'
    with scripted.chosen(**settings):
        scripted.open(site.page(f"<p id=p>{markup}</p>"))
        if not settings:
            scripted.about_tab(site.here, type="switch-page", off=True)
            until(lambda: "alt" not in scripted.script("return $('p').innerHTML"), "it is off")
        recording.forget()
        heard = []
        for ask in (
            lambda: by_menu(scripted, "b", "Describe this image"),
            lambda: (scripted.script("$('link').focus()"), by_key(scripted)),
            lambda: scripted.about_tab(site.here, type="ask", target="first"),
        ):
            with dialog(scripted, ask):
                heard.append(until(lambda: text(scripted, "text"), "an answer"))
        written = scripted.script("return $('p').innerHTML")
        count = scripted.about_tab(site.here, type="described")
        priorities = {one["priority"] for one in recording.asked()}

    assert heard == [pictures[1].caption, pictures[0].caption, pictures[0].caption]
    assert written == markup
    assert count == 0
    assert priorities == {"asked"}


def test_no_page_can_open_the_dialog_or_be_it(asked: Browser, site: Website) -> None:
    """It is no web accessible resource, and its port is the extension's own."""
    address = pages.address(asked, DIALOG)
    asked.open(site.page(f'<iframe id="a" src="{address}?1"></iframe>'))

    inside = asked.script("return $('a').contentDocument?.body?.textContent ?? ''")

    assert inside == ""


def test_in_a_private_window_it_is_answered_only_where_that_is_allowed(
    asked: Browser, site: Website, script: Script, recording: Recording
) -> None:
    """Until then not a pixel is read; the window of the answer is a private one, too."""
    picture = site.picture()
    script.say()
    page = site.page(f'<a id="a" href="/"><img src="{picture.path}"></a>')

    def ask(words: str) -> bool:
        with asked.private_window():
            asked.open(page)
            asked.script("$('a').focus()")
            with dialog(asked, lambda: by_key(asked)):
                until(lambda: text(asked, "text").startswith(words), words)
                return bool(asked.chrome("return PrivateBrowsingUtils.isWindowPrivate(window)"))

    refused = ask("altlens does nothing in private windows.")
    before = recording.numbers()
    with asked.chosen(privateWindows=True, mode="asked"):
        allowed = ask(picture.caption)

    assert picture.number not in before
    assert refused
    assert allowed
    assert [one["private"] for one in recording.asked()][-1] is True
