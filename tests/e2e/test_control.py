"""The user's hand on the switch: consent, pause, sites, private windows, and everything undone."""

from __future__ import annotations

from typing import Any

import pytest
from e2e.browser import EXTENSION, Browser, until
from e2e.cases import DESCRIBED, Case, Script, observe, sentinel
from e2e.recorder import Recording
from e2e.test_places import FRAME, SHADOWS
from e2e.test_remembered import RELOAD
from e2e.test_which_images import CANDIDATES, SPOKEN
from e2e.website import Website

NEWS = "http://news.example"
DISABLE_AND_ENABLE = """
const [id, done] = arguments;
const { AddonManager } = ChromeUtils.importESModule("resource://gre/modules/AddonManager.sys.mjs");
AddonManager.getAddonByID(id)
  .then((addon) => addon.disable().then(() => addon.enable()))
  .then(() => done());
"""
OFF: dict[str, dict[str, Any]] = {
    "paused": {"paused": True},
    "off on this site": {"sites": {"news.example": "off"}},
    "consent withdrawn": {"consent": False},
}
ONLY_WHEN_ASKED: dict[str, dict[str, Any]] = {
    "everywhere": {"mode": "asked"},
    "on this site": {"sites": {"news.example": "asked"}},
}


def markup(firefox: Browser) -> dict[str, str]:
    """Return the markup of each case as it is now."""
    found: dict[str, str] = firefox.script("return window.wrappedJSObject.keep()")
    return found


def names(firefox: Browser) -> dict[str, str]:
    """Return the names of the page's cases in the tree, by the elements' ids."""
    return {node.id: node.name for node in firefox.nodes() if node.id.startswith("c")}


@pytest.mark.parametrize("settings", OFF.values(), ids=OFF.keys())
def test_switching_off_restores_every_byte_and_on_again_describes_again(
    scripted: Browser,
    site: Website,
    recording: Recording,
    script: Script,
    settings: dict[str, Any],
) -> None:
    """Of every kind of image, with what is around it, in the open and in shadow roots."""
    site.put("/frame.html", FRAME.encode(), "text/html")
    cases = [*CANDIDATES, *SPOKEN, *SHADOWS]
    seen = observe(scripted, site, recording, cases, script, NEWS)
    described = names(scripted)
    before = {str(at): one.before for at, one in enumerate(seen.cases.values())}
    bare = {
        str(at) for at, case in enumerate(cases) if case in CANDIDATES and case.want == DESCRIBED
    }
    same = [at for at in bare if markup(scripted)[at] == before[at]]
    assert not same, [before[at] for at in same]

    with scripted.chosen(**settings):
        undone = until(
            lambda: (now := markup(scripted)) and all(now[at] == before[at] for at in bare) and now,
            "every image as its author left it",
        )
        captions = {one.picture.caption for one in seen.cases.values()}
        # Firefox builds what is read of an image map anew, and has no areas meanwhile.
        until(
            lambda: (
                (now := names(scripted)).keys() == described.keys()
                and not set(now.values()) & captions
            ),
            "all still in the tree, with no words of ours, in any frame or shadow root",
        )

    assert undone == before
    until(lambda: names(scripted) == described, "the same words again")


@pytest.mark.parametrize("settings", [*OFF.values(), *ONLY_WHEN_ASKED.values()])
def test_nothing_is_asked_where_it_is_off_or_not_asked_for(
    scripted: Browser, site: Website, recording: Recording, settings: dict[str, Any]
) -> None:
    """Not a picture goes to the host; when it is switched on, the open page is described."""
    picture = site.picture()
    with scripted.chosen(**settings):
        recording.forget()
        scripted.open(site.page(f'<img id="a" src="{picture.path}">', origin=NEWS))
        # A page of another site, on which all that is to be done is done meanwhile.
        if set(settings) == {"sites"}:
            with scripted.tab():
                scripted.open(site.page("<p>", origin="http://shop.example"))
                sentinel(scripted, site)
        early = recording.numbers()
        attributes = scripted.attributes("a")

    assert picture.number not in early
    assert attributes == {"id": "a", "src": picture.path}
    assert scripted.described("a").name == picture.caption


def test_an_alt_that_the_page_wrote_meanwhile_survives_the_undoing(
    scripted: Browser, site: Website
) -> None:
    """What is taken back is ours and nothing else."""
    first, second = site.picture(), site.picture()
    scripted.open(
        site.page(f'<img id="a" src="{first.path}"><img id="b" src="{second.path}">', origin=NEWS)
    )
    scripted.described("a")
    scripted.described("b")
    scripted.script("$('a').alt = 'mine'")

    with scripted.chosen(paused=True):
        until(lambda: "alt" not in scripted.attributes("b"), "ours taken back")
        kept = scripted.attributes("a")

    assert kept == {"id": "a", "src": first.path, "alt": "mine"}


def test_an_image_that_left_the_page_is_restored_too(scripted: Browser, site: Website) -> None:
    """A gallery keeps its slides in memory: what comes back later is as the author left it."""
    picture = site.picture()
    scripted.open(site.page(f'<img id="a" src="{picture.path}">', origin=NEWS))
    scripted.described("a")
    scripted.script("window.wrappedJSObject.kept = $('a'); $('a').remove()")

    with scripted.chosen(paused=True):
        sites_off = scripted.script("return window.wrappedJSObject.kept.outerHTML")
        scripted.script("document.body.append(window.wrappedJSObject.kept)")
        until(
            lambda: scripted.attributes("a") == {"id": "a", "src": picture.path},
            f"the image as its author left it, not {sites_off}",
        )


def test_a_page_that_is_switched_off_stays_off_in_all_its_trees_until_it_is_loaded_anew(
    scripted: Browser, site: Website, recording: Recording, script: Script
) -> None:
    """Frames and shadow roots too, and where its scripts go on to another address in it."""
    site.put("/frame.html", FRAME.encode(), "text/html")
    cases = [*CANDIDATES, *SPOKEN, *SHADOWS]
    seen = observe(scripted, site, recording, cases, script, NEWS)
    before = {str(at): one.before for at, one in enumerate(seen.cases.values())}
    captions = {one.picture.caption for one in seen.cases.values()}
    late = site.picture()

    scripted.about_tab(NEWS, type="switch-page", off=True)
    until(lambda: markup(scripted) == before, "every image as its author left it")
    until(lambda: not set(names(scripted).values()) & captions, "no words of ours, in any tree")
    scripted.script(
        "history.pushState({}, '', '/elsewhere');"
        "document.body.insertAdjacentHTML('beforeend', `<img id=late src=${arguments[0]}>`);",
        late.path,
    )
    with scripted.tab():
        scripted.open(site.page("<p>", origin="http://shop.example"))
        sentinel(scripted, site)
    asked, attributes = recording.numbers(), scripted.attributes("late")
    scripted.open(site.page(f'<img id="a" src="{late.path}">', origin=NEWS))

    assert late.number not in asked
    assert attributes == {"id": "late", "src": late.path}
    assert scripted.described("a").name == late.caption


def test_a_page_that_was_switched_off_is_still_off_when_the_reader_comes_back_to_it(
    scripted: Browser, site: Website, recording: Recording
) -> None:
    """From the history, with its frame; the page in between is another, and is described."""
    pictures = [site.picture() for _ in range(3)]
    inner = f"<img id='inner' src='{pictures[1].path}'>"
    markup = f'<img id="a" src="{pictures[0].path}"><iframe id="f" srcdoc="{inner}"></iframe>'
    address = site.page(markup, origin=NEWS)
    elsewhere = site.page(f'<img id="b" src="{pictures[2].path}">', origin=NEWS)
    bare = {"id": "a", "src": pictures[0].path}
    in_frame = "return $('f').contentDocument.getElementById('inner').outerHTML"

    def kept() -> bool:
        scripted.open(address)
        scripted.described("a")
        until(lambda: "alt" in scripted.script(in_frame), "the frame's image described")
        scripted.about_tab(NEWS, type="switch-page", off=True)
        until(lambda: scripted.attributes("a") == bare, "the page switched off")
        scripted.mark_as_left()
        scripted.open(elsewhere)
        assert scripted.described("b").name == pictures[2].caption
        return scripted.is_as_it_was_left("a")

    until(kept, "the page as it was left")
    back = until(lambda: scripted.about_tab(NEWS, type="is-off"), "the switch as it was")
    with scripted.tab():
        scripted.open(site.page("<p>", origin="http://shop.example"))
        sentinel(scripted, site)
    attributes, inside = scripted.attributes("a"), scripted.script(in_frame)
    scripted.script("history.forward()")
    until(lambda: scripted.script("return $('b') !== null"), "the other page again")
    late = site.picture()
    scripted.script(
        "document.body.insertAdjacentHTML('beforeend', `<img id=late src=${arguments[0]}>`)",
        late.path,
    )

    assert back
    assert attributes == bare
    assert "alt" not in inside
    assert scripted.described("late").name == late.caption


@pytest.mark.parametrize("again", [RELOAD, DISABLE_AND_ENABLE], ids=["reload", "disabled"])
def test_what_the_extension_wrote_before_it_was_started_anew_is_still_known_as_its_own(
    scripted: Browser, site: Website, recording: Recording, script: Script, again: str
) -> None:
    """After an update, say: its words must not pass for the author's."""
    cases = [*CANDIDATES, *SHADOWS, Case("filler", '<img id="{id}" src="{src}" alt="IMG_1.jpg">')]
    site.put("/frame.html", FRAME.encode(), "text/html")
    with scripted.chosen(repairNames=True):
        seen = observe(scripted, site, recording, cases, script, origin=NEWS)
        before = {str(at): one.before for at, one in enumerate(seen.cases.values())}
        described = names(scripted)
        since = len(recording.asked("hello"))

        scripted.chrome_later(again, EXTENSION)

        until(lambda: len(recording.asked("hello")) > since, "the extension's new beginning")
        until(lambda: names(scripted) == described, "the same words again")
    with scripted.chosen(paused=True):
        until(
            lambda: "data-altlens" not in "".join(markup(scripted).values()),
            "all taken back",
        )
        undone = markup(scripted)

    assert undone == before


def test_a_mark_that_its_author_wrote_takes_nothing_away(scripted: Browser, site: Website) -> None:
    """As in a page that was saved with our words, when the extension is started anew before it."""
    markup = '<img id="a" src="/cat.jpg" alt="A cat" data-altlens="described:lite">'
    scripted.open("about:blank")
    scripted.chrome_later(RELOAD, EXTENSION)
    scripted.open(site.page(markup, origin=NEWS))
    sentinel(scripted, site)

    assert scripted.script("return $('a').outerHTML") == markup


def test_private_windows_are_left_alone_unless_the_user_wants(
    scripted: Browser, site: Website, recording: Recording
) -> None:
    """Off by default, though Firefox allows the extension there."""
    picture = site.picture()
    with scripted.private_window():
        scripted.open(site.page(f'<img id="a" src="{picture.path}">'))
        early = scripted.attributes("a")
        with scripted.chosen(privateWindows=True):
            name = scripted.described("a").name

    assert early == {"id": "a", "src": picture.path}
    assert name == picture.caption
    (asked,) = recording.asked()
    assert asked["private"] is True


REPAIRED = [
    "IMG_1234.jpg",
    "DSC_0042",
    "photo.png",
    "image",
    "Photo",
    "untitled",
    "20240131_120000.jpg",
]
KEPT = ["", "A cat", "Photo of the mayor", "JPEG explained", "Logo", "1"]


@pytest.mark.parametrize("alt", REPAIRED)
def test_a_name_that_says_nothing_is_repaired_if_the_user_wants(
    scripted: Browser, site: Website, recording: Recording, alt: str
) -> None:
    """A file's name tells a reader nothing; taken back, it stands there again."""
    cases = [Case("alt", f'<img id="{{id}}" src="{{src}}" alt="{alt}">')]
    with scripted.chosen(repairNames=True):
        seen = observe(scripted, site, recording, cases).cases["alt"]
        assert seen.node is not None
        assert seen.node.name == seen.picture.caption

    until(lambda: markup(scripted)["0"] == seen.before, "the author's alt again")


@pytest.mark.parametrize("alt", KEPT)
def test_a_name_that_says_something_is_never_repaired(
    scripted: Browser, site: Website, recording: Recording, alt: str
) -> None:
    """Also an empty one, which says that there is nothing to say."""
    cases = [Case("alt", f'<img id="{{id}}" src="{{src}}" alt="{alt}">', "untouched")]
    with scripted.chosen(repairNames=True, emptyAlts=True):
        seen = observe(scripted, site, recording, cases).cases["alt"]

    assert (seen.after, seen.asked) == (seen.before, 0)


def test_the_count_is_of_what_is_described_on_the_page_that_is_shown(
    scripted: Browser, site: Website
) -> None:
    """With its frames; not of the page before, nor twice after a pause, nor while it is off."""
    pictures = [site.picture() for _ in range(4)]
    inner = f"<img id='inner' src='{pictures[2].path}'>"
    images = "".join(f'<img id="a{at}" src="{one.path}">' for at, one in enumerate(pictures[:2]))
    address = site.page(f'{images}<iframe srcdoc="{inner}"></iframe>', origin=NEWS)
    elsewhere = site.page(f'<img id="b" src="{pictures[3].path}">', origin=NEWS)

    def counted(wanted: int) -> None:
        until(lambda: scripted.about_tab(NEWS, type="described") == wanted, f"{wanted} described")

    scripted.open(address)
    counted(3)
    with scripted.chosen(paused=True):
        counted(0)
    counted(3)
    scripted.open(elsewhere)
    counted(1)
    scripted.script("history.back()")
    counted(3)
    scripted.script("$('a0').remove()")
    counted(2)
