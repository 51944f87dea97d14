"""The window of the answer, as somebody uses it who sees nothing, or little."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from e2e import pages
from e2e.browser import Browser, behind_proxy, until, with_extension
from e2e.cases import Script
from e2e.recorder import Recording
from e2e.test_dialog import by_key, by_menu, dialog
from e2e.test_popup import text
from e2e.website import Website
from marionette_driver.keys import Keys

Answered = Callable[[Browser], contextlib.AbstractContextManager[None]]


@pytest.fixture
def answered(site: Website, script: Script) -> Answered:
    """Ask why a long text was read in a picture: then each part of the dialog is shown."""

    @contextlib.contextmanager
    def shown(firefox: Browser, why: str = "Why this description?") -> Iterator[None]:
        picture = site.picture()
        words = {"kind": "text", "text": "word " * 300, "model": "scripted", "revision": "0123abcd"}
        script.say(answers={str(picture.number): words})
        firefox.open(site.page(f'<a id="a" href="/"><img src="{picture.path}"></a>'))
        firefox.script("$('a').focus()")
        with dialog(firefox, lambda: by_menu(firefox, "a", why)):
            until(lambda: text(firefox, "text").startswith("word"), "the answer")
            yield

    return shown


@pytest.fixture
def asked(scripted: Browser) -> Iterator[Browser]:
    """A user who has chosen to be told on demand."""
    with scripted.chosen(mode="asked"):
        yield scripted


def test_every_control_is_reached_with_the_tab_key(asked: Browser, answered: Answered) -> None:
    """From the text on, in their order, seen; and each is pressed by the space bar or Enter."""
    with answered(asked):
        reached = []
        for _ in range(4):
            pages.press(asked, Keys.TAB)
            reached.append(
                asked.script(
                    "const one = document.activeElement;"
                    "return [one.id, getComputedStyle(one).outlineStyle];"
                )
            )
        asked.script("$('all').focus()")
        pages.press(asked, Keys.ENTER)
        until(lambda: len(text(asked, "text")) > 1000, "all of the text")
        before = asked.marionette.window_handles
        asked.script("$('close').focus()")
        pages.press(asked, Keys.SPACE)
        until(lambda: len(asked.marionette.window_handles) < len(before), "it is closed")

    assert reached == [[one, "solid"] for one in ("all", "copy", "wrong", "close")]


def test_nothing_scrolls_sideways_at_400_percent(asked: Browser, answered: Answered) -> None:
    """A window of 1280 pixels, zoomed to 400 percent, is 320 pixels wide (WCAG 1.4.10)."""
    with answered(asked):
        needed, available = pages.widths(asked)

    assert available <= 320
    assert needed <= available


def test_a_firefox_from_right_to_left_has_it_so(asked: Browser, answered: Answered) -> None:
    """Mirrored; the words of the answer keep their own direction."""
    with pages.from_right_to_left(asked), answered(asked):
        gap = pages.gap_at_the_start(asked)
        direction = asked.script("return getComputedStyle(document.body).direction")
        words = asked.script("return getComputedStyle($('text')).direction")
        needed, available = pages.widths(asked)

    assert (direction, words) == ("rtl", "ltr")
    assert gap < 20
    assert needed <= available


def test_with_forced_colours_everything_is_seen(asked: Browser, answered: Answered) -> None:
    """In the user's colours: text, the edges of buttons, the focus."""
    with pages.forced_colours(asked), answered(asked):
        pages.assert_seen_in_forced_colours(asked, "h1, p, dt, dd")


@pytest.mark.parametrize(
    ("language", "why"),
    [
        ("de", "Warum diese Beschreibung?"),
        ("fr", "Pourquoi cette description ?"),
        ("es", "¿Por qué esta descripción?"),
    ],
)
def test_it_holds_the_words_of_each_language(
    binary: Path,
    repository: Path,
    extension: Path,
    home: Path,
    tmp_path: Path,
    site: Website,
    script: Script,
    recording: Recording,
    answered: Answered,
    language: str,
    why: str,
) -> None:
    """The answer keeps its own language; axe finds nothing, and nothing scrolls sideways."""
    spoken = pages.translated(extension, tmp_path, language)
    with (
        recording.another_host(script.command),
        with_extension(binary, home, spoken, behind_proxy(site.port)) as firefox,
        firefox.chosen(mode="asked"),
        answered(firefox, why),
    ):
        languages = firefox.script("return [document.documentElement.lang, $('text').lang]")
        found = pages.findings(firefox, repository)
        needed, available = pages.widths(firefox)

    assert languages == [language, "en"]
    assert found == []
    assert needed <= available


def test_it_says_which_model_spoke_and_whether_it_had_to(
    asked: Browser, site: Website, script: Script
) -> None:
    """New, remembered since Firefox was started, or from an earlier day; the revision is short."""
    heard = []
    for source in ("model", "memory", "cache"):
        picture = site.picture()
        fields = {"source": source, "model": "lite", "revision": "0123456789abcdef0123"}
        script.say(answers={str(picture.number): fields})
        asked.open(site.page(f'<a id="a" href="/"><img src="{picture.path}"></a>'))
        asked.script("$('a').focus()")
        with dialog(asked, lambda: by_key(asked)):
            until(lambda caption=picture.caption: text(asked, "text") == caption, "the answer")
            heard.append(text(asked, "source"))
            model = text(asked, "model")

    assert model == "lite, revision 0123456789ab"
    assert heard == [
        "Made just now",
        "Remembered since Firefox was started",
        "Remembered from an earlier day or session",
    ]
