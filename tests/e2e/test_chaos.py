"""In the middle of a page of 50 photographs the host is killed, stopped, replaced, or mad.

Afterwards every image is described, or is exactly as its author left it; the page works; and the
user hears of it once and not fifty times.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import psutil
import pytest
from e2e.browser import Browser, until
from e2e.cases import Script
from e2e.recorder import Recording
from e2e.test_popup import state, text
from e2e.website import Numbered, Website

PHOTOGRAPHS = 50
SOME = 8
REACTING = 3.0
SETTLING = 40.0

Disaster = Callable[[Recording, Script, ExitStack], None]


def killed(recording: Recording, script: Script, stack: ExitStack) -> None:
    """The host dies, again and again."""
    for _ in range(2):
        recording.end_host()
        until(lambda: recording.answered("welcome"), "the next host")


def killed_for_good(recording: Recording, script: Script, stack: ExitStack) -> None:
    """The host dies, and no other starts."""
    stack.enter_context(recording.another_host(["/bin/false"]))


def old(recording: Recording, script: Script, stack: ExitStack) -> None:
    """A host that speaks no version of ours takes its place."""
    script.say(hello="old")
    recording.end_host()


def ancient(recording: Recording, script: Script, stack: ExitStack) -> None:
    """A host takes its place that answers in a version that nobody asked for."""
    script.say(hello="ancient")
    recording.end_host()


def newer(recording: Recording, script: Script, stack: ExitStack) -> None:
    """A host takes its place that speaks later versions only."""
    script.say(speaks=[2, 3])
    recording.end_host()


def mad_from_the_start(recording: Recording, script: Script, stack: ExitStack) -> None:
    """A host takes its place that says garbage at once."""
    script.say(hello="garbage")
    recording.end_host()


def mad(kind: str) -> Disaster:
    """Return a host that welcomes us and then says garbage."""

    def disaster(recording: Recording, script: Script, stack: ExitStack) -> None:
        script.say(then_garbage=kind)

    return disaster


def confused(recording: Recording, script: Script, stack: ExitStack) -> None:
    """The host's answers are of all wrong kinds."""
    script.say(
        otherwise={"kind": "poem", "text": 7}, errors={str(n): 500 for n in range(0, 5000, 2)}
    )


DISASTERS: dict[str, Disaster] = {
    "killed twice": killed,
    "killed for good": killed_for_good,
    "old": old,
    "ancient": ancient,
    "newer": newer,
    "mad from the start": mad_from_the_start,
    "says no JSON": mad("no json"),
    "says no object": mad("no object"),
    "says too much": mad("huge"),
    "says half": mad("half"),
    "answers nonsense": confused,
}


@pytest.fixture(autouse=True)
def _ordinary(script: Script) -> Iterator[None]:
    script.say(seconds=0.02)
    yield
    script.say()


@pytest.fixture
def page(scripted: Browser, site: Website, recording: Recording) -> list[Numbered]:
    """A page of 50 photographs, some of which have been described."""
    pictures = [site.picture() for _ in range(PHOTOGRAPHS)]
    images = "".join(f'<img id="a{one.number}" src="{one.path}">' for one in pictures)
    button = "<button id='b' onclick='this.title = 1'>b</button>"
    scripted.chrome("Services.console.reset()")
    scripted.open(site.page(images + button))
    until(lambda: len(recording.answered()) >= SOME, "some descriptions")
    return pictures


def alts(firefox: Browser) -> dict[int, str | None]:
    """Return the alt of each photograph."""
    found = firefox.script(
        "return [...document.querySelectorAll('img')].map("
        "(one) => [Number(one.id.slice(1)), one.getAttribute('alt')])"
    )
    return dict(found)


def described_or_untouched(firefox: Browser, pictures: list[Numbered]) -> int:
    """Hold each image to one of the two, and return how many are described."""
    found = alts(firefox)
    count = 0
    for one in pictures:
        if found[one.number] is None:
            assert firefox.attributes(f"a{one.number}").keys() == {"id", "src"}
        else:
            assert found[one.number] == one.caption
            count += 1
    return count


def messages(firefox: Browser) -> list[str]:
    """Return what the console has about altlens."""
    found = firefox.chrome("return Services.console.getMessageArray().map(String)")
    return [one for one in found if "altlens" in one.lower()]


@pytest.mark.parametrize("disaster", DISASTERS.values(), ids=DISASTERS.keys())
def test_a_disaster_in_the_middle_of_a_page(
    scripted: Browser,
    site: Website,
    recording: Recording,
    script: Script,
    page: list[Numbered],
    disaster: Disaster,
) -> None:
    """Every image is described or untouched, the page works, and all goes on with a sane host."""
    with ExitStack() as stack:
        disaster(recording, script, stack)
        scripted.element("b").click()
        assert scripted.element("b").get_attribute("title") == "1"
        again = len(recording.asked("hello")) + 1
        since = time.monotonic()
        until(
            lambda: (
                time.monotonic() - since > REACTING
                or len(recording.asked("hello")) > again
                or None not in alts(scripted).values()
            ),
            "the extension's next tries",
        )
        described_or_untouched(scripted, page)
        assert len(scripted.marionette.window_handles) == 1, "no window for each image"
    script.say()
    recording.end_host()

    picture = site.picture()
    scripted.open(site.page(f'<img id="a" src="{picture.path}">'))

    assert (
        until(lambda: scripted.label("a").name, "words from a sane host", SETTLING)
        == picture.caption
    )
    assert len(messages(scripted)) < 20


def test_a_host_that_is_killed_in_the_middle_leaves_nothing_undescribed(
    scripted: Browser, recording: Recording, page: list[Numbered]
) -> None:
    """One crash costs nothing: all fifty are described by the next host."""
    recording.end_host()

    until(lambda: None not in alts(scripted).values(), "all described", SETTLING)

    assert described_or_untouched(scripted, page) == PHOTOGRAPHS


def test_a_host_that_is_stopped_in_the_middle_holds_nobody_up(
    scripted: Browser, site: Website, recording: Recording, script: Script, page: list[Numbered]
) -> None:
    """It hears nothing for a while: the page works, and goes on where it was when it wakes."""
    hosts = [psutil.Process(recording.host())]
    for one in hosts:
        one.suspend()
    try:
        scripted.element("b").click()
        assert scripted.element("b").get_attribute("title") == "1"
        described_or_untouched(scripted, page)
    finally:
        for one in hosts:
            os.kill(one.pid, signal.SIGCONT)

    until(lambda: None not in alts(scripted).values(), "all described", SETTLING)

    assert described_or_untouched(scripted, page) == PHOTOGRAPHS


def test_the_background_page_is_ended_in_the_middle(
    scripted: Browser, recording: Recording, page: list[Numbered]
) -> None:
    """Firefox may end the event page at any time: nothing is stuck, all images are described."""
    scripted.chrome_later(
        "const done = arguments[arguments.length - 1];"
        "const {extension} = WebExtensionPolicy.getByID('altlens@altlens');"
        "extension.terminateBackground({disableResetIdleForTest: true}).then(() => done());"
    )

    until(lambda: None not in alts(scripted).values(), "all described", SETTLING)

    assert described_or_untouched(scripted, page) == PHOTOGRAPHS


def test_firefox_offline_describes_what_it_shows(scripted: Browser, site: Website) -> None:
    """Nothing of ours needs a network."""
    pictures = [site.picture() for _ in range(2)]
    images = "".join(f'<img id="a{n}" src="{one.path}">' for n, one in enumerate(pictures[:1]))
    scripted.open(site.page(images + f'<div id="more" data-src="{pictures[1].path}"></div>'))
    scripted.chrome("Services.io.offline = true")
    try:
        scripted.script(
            "const canvas = document.createElement('canvas');"
            "canvas.width = 96; canvas.height = 72;"
            "canvas.getContext('2d').drawImage($('a0'), 0, 0);"
            "const image = new Image(); image.id = 'late'; image.src = canvas.toDataURL();"
            "document.body.append(image);"
        )
        assert scripted.described("late").name == pictures[0].caption
    finally:
        scripted.chrome("Services.io.offline = false")


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_host_that_is_stopped_for_good_is_given_up(
    scripted: Browser, site: Website, recording: Recording, page: list[Numbered]
) -> None:
    """After its minute the questions are given up, and the images are as their author left them."""
    psutil.Process(recording.host()).suspend()
    recording.forget()

    until(lambda: recording.asked("cancel"), "the first question given up", 100)

    described_or_untouched(scripted, page)
    recording.end_host()
    until(lambda: None not in alts(scripted).values(), "all described by the next host", SETTLING)


def on_the_button(firefox: Browser) -> list[str]:
    """Return the name of the toolbar button, as it is read out, and the sign on it."""
    found: list[str] = firefox.chrome(
        'const button = document.querySelector(\'[data-extensionid="altlens@altlens"]'
        " .unified-extensions-item-action-button');"
        "return [button.getAttribute('label'), button.getAttribute('badge') ?? ''];"
    )
    return found


def test_no_host_is_told_once_and_not_with_each_image(
    scripted: Browser, site: Website, recording: Recording
) -> None:
    """On the toolbar button: for 50 images in two tabs there is no other word anywhere."""
    scripted.chrome("Services.console.reset()")
    before = on_the_button(scripted)
    with recording.another_host([sys.executable, "-c", ""]):
        images = [f'<img id="a{n}" src="{site.picture().path}">' for n in range(PHOTOGRAPHS)]
        scripted.open(site.page("".join(images)))

        name, sign = until(
            lambda: (found := on_the_button(scripted))[0] != before[0] and found,
            "the button's name",
        )

        assert name.startswith("altlens: ")
        assert name.endswith("altlens install")
        assert sign == "!"
        assert scripted.script("return document.body.children.length") == PHOTOGRAPHS
        assert not [alt for alt in alts(scripted).values() if alt is not None]
        assert len(scripted.marionette.window_handles) == 1
        assert len(messages(scripted)) < 20
    until(lambda: on_the_button(scripted) == before, "all well again", SETTLING)


TOO_OLD_EXTENSION = "This extension is too old for the altlens program", "altlens update"
TOO_OLD_HOST = "The altlens program on this computer is too old", "pipx upgrade altlens"


@pytest.mark.parametrize(
    ("greeting", "sentence", "command"),
    [
        ({"speaks": [2, 3]}, *TOO_OLD_EXTENSION),
        ({"hello": "newer"}, *TOO_OLD_EXTENSION),
        ({"speaks": [0]}, *TOO_OLD_HOST),
        ({"hello": "ancient"}, *TOO_OLD_HOST),
    ],
    ids=["newer", "welcome of a newer", "older", "welcome of an older"],
)
def test_a_host_of_another_version_says_which_side_to_update(
    scripted: Browser,
    recording: Recording,
    script: Script,
    page: list[Numbered],
    greeting: dict[str, Any],
    sentence: str,
    command: str,
) -> None:
    """In the middle of a page, on the button and in the panel; after the update it goes on."""
    before = on_the_button(scripted)
    script.say(**greeting)
    recording.end_host()
    name, sign = until(
        lambda: (found := on_the_button(scripted))[0] != before[0] and found, "the button's name"
    )
    described_or_untouched(scripted, page)
    with scripted.tab():
        in_panel = state(scripted), text(scripted, "command")
    script.say()

    until(lambda: None not in alts(scripted).values(), "all described after the update", SETTLING)

    assert sentence in name
    assert command in name
    assert sign == "!"
    assert in_panel[0].startswith(sentence)
    assert in_panel[1].startswith(command)
    assert described_or_untouched(scripted, page) == PHOTOGRAPHS
    until(lambda: on_the_button(scripted) == before, "all well again", SETTLING)
