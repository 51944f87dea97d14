"""What the author said stays as the author said it, and what needs no words gets none."""

import pytest
from e2e.browser import Browser, until
from e2e.recorder import Recording
from e2e.website import Website, drawn_png

SENTINEL = '<img id="sentinel" src="/cat.jpg">'
SPOKEN = {
    "empty alt": '<img id="a" src="/coffee.jpg" alt="">',
    "alt without a value": '<img id="a" src="/coffee.jpg" alt>',
    "alt": '<img id="a" src="/coffee.jpg" alt="A cup">',
    "aria-label": '<img id="a" src="/coffee.jpg" aria-label="A cup">',
    "aria-labelledby": '<img id="a" src="/coffee.jpg" aria-labelledby="x"><p id="x">A cup</p>',
    "title": '<img id="a" src="/coffee.jpg" title="A cup">',
    "role none": '<img id="a" src="/coffee.jpg" role="none">',
    "role presentation": '<img id="a" src="/coffee.jpg" role="Presentation">',
    "aria-hidden": '<p aria-hidden="true"><img id="a" src="/coffee.jpg"></p>',
    "inert": '<p inert><img id="a" src="/coffee.jpg"></p>',
    "not shown": '<p style="display: none"><img id="a" src="/coffee.jpg"></p>',
    "broken": '<img id="a" src="/missing.jpg">',
    "no source": '<img id="a">',
    "tiny": '<img id="a" src="/tiny.png">',
}
SILENT = {
    "blank title": '<img id="a" src="/coffee.jpg" title=" ">',
    "blank aria-label": '<img id="a" src="/coffee.jpg" aria-label="">',
    "dangling aria-labelledby": '<img id="a" src="/coffee.jpg" aria-labelledby="nowhere">',
    "another role": '<img id="a" src="/coffee.jpg" role="img">',
    "aria-hidden false": '<p aria-hidden="false"><img id="a" src="/coffee.jpg"></p>',
}


@pytest.fixture(scope="module", autouse=True)
def _tiny(site: Website) -> None:
    site.put("/tiny.png", drawn_png(0, (200, 15)), "image/png")


@pytest.mark.parametrize("markup", SPOKEN.values(), ids=SPOKEN.keys())
def test_the_author_has_spoken(
    firefox: Browser, site: Website, recording: Recording, markup: str
) -> None:
    """An image with the author's word is not asked about, and no attribute of it changes."""
    firefox.open(site.page(SENTINEL))
    firefox.described("sentinel")
    recording.forget()
    firefox.open(site.page(markup + SENTINEL))
    before = firefox.attributes("a")

    firefox.described("sentinel")

    assert firefox.attributes("a") == before
    assert len(recording.asked()) == 1


@pytest.mark.parametrize("markup", SILENT.values(), ids=SILENT.keys())
def test_the_author_has_not_spoken(firefox: Browser, site: Website, markup: str) -> None:
    """Attributes that name nothing are no word of the author."""
    firefox.open(site.page(markup + SENTINEL))

    assert firefox.described("a").mark == "described:lite"


def test_an_alt_that_the_page_writes_while_we_ask_is_kept(firefox: Browser, site: Website) -> None:
    """The author's word may come late: it is not overwritten, and not marked as ours."""
    firefox.open(
        site.page(
            '<img id="a" src="/cat.jpg">'
            "<script>a.onload = () => setTimeout(() => { a.alt = 'late' }, 0)</script>" + SENTINEL
        )
    )

    firefox.described("sentinel")

    until(lambda: firefox.attributes("a")["alt"] == "late", "the page's alt")
    until(lambda: "data-altlens" not in firefox.attributes("a"), "no mark")


def test_an_alt_that_the_page_writes_over_ours_is_no_longer_marked(
    firefox: Browser, site: Website
) -> None:
    """A page that names its image after us has the last word, and it is not called ours."""
    firefox.open(site.page('<img id="a" src="/coffee.jpg">'))
    firefox.described("a")

    firefox.script("$('a').alt = 'mine'")

    expected = {"id": "a", "src": "/coffee.jpg", "alt": "mine"}
    until(lambda: firefox.attributes("a") == expected, "the page's alt and no mark")


@pytest.mark.parametrize("first", ["alt", "src"])
def test_a_page_that_changes_picture_and_alt_together_keeps_its_alt(
    firefox: Browser, site: Website, first: str
) -> None:
    """Ours goes with the old picture; the page's for the new one stays."""
    firefox.open(site.page('<img id="a" src="/coffee.jpg">'))
    firefox.described("a")
    changes = {"alt": "$('a').alt = 'mine';", "src": "$('a').src = '/rocket.jpg';"}
    second = "src" if first == "alt" else "alt"

    firefox.script(
        changes[first]
        + changes[second]
        + "document.body.insertAdjacentHTML('beforeend', '<img id=last src=/bee.jpg>')"
    )
    firefox.described("last")

    assert firefox.attributes("a") == {"id": "a", "src": "/rocket.jpg", "alt": "mine"}


def test_a_page_that_takes_our_alt_away_is_not_fought(
    firefox: Browser, site: Website, recording: Recording
) -> None:
    """A script that removes every alt does not make us write, or ask, for ever."""
    script = """
        let removed = 0;
        new MutationObserver(() => {
            if (a.hasAttribute("alt")) {
                a.removeAttribute("alt");
                document.title = String(++removed);
            }
        }).observe(a, {attributes: true});
    """
    firefox.open(site.page(f'<img id="a" src="/coffee.jpg"><script>{script}</script>'))
    until(lambda: firefox.script("return document.title") == "3", "three tries")

    firefox.script("document.body.insertAdjacentHTML('beforeend', '<img id=last src=/bee.jpg>')")
    firefox.described("last")

    assert firefox.script("return document.title") == "3"
    assert len(recording.asked()) == 2
