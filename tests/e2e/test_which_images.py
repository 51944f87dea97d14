"""Which images get words: one case for each rule, on three pages in one Firefox.

The rules follow the W3C's alt decision tree, HTML's section on the img element, the ACT rules
23a2a8 (image has accessible name) and 59796f (image button), and axe's `image-alt`,
`input-image-alt`, `area-alt`, `role-img-alt`, `svg-img-alt` and `object-alt`.
"""

from __future__ import annotations

import pytest
from e2e.browser import Browser
from e2e.cases import LEFT, UNTOUCHED, Case, Page, Script, judge, observe
from e2e.recorder import Recording
from e2e.website import Website

SPOKEN = [
    Case("alt", '<img id="{id}" src="{src}" alt="A cup">', UNTOUCHED),
    Case("empty alt", '<img id="{id}" src="{src}" alt="">', UNTOUCHED),
    Case("alt without a value", '<img id="{id}" src="{src}" alt>', UNTOUCHED),
    Case("alt of white space", '<img id="{id}" src="{src}" alt="  ">', UNTOUCHED),
    Case("alt that is a file's name", '<img id="{id}" src="{src}" alt="IMG_1234.jpg">', UNTOUCHED),
    Case("alt that says nothing", '<img id="{id}" src="{src}" alt="image">', UNTOUCHED),
    Case("aria-label", '<img id="{id}" src="{src}" aria-label="A cup">', UNTOUCHED),
    Case(
        "aria-labelledby",
        '<img id="{id}" src="{src}" aria-labelledby="l1"><p id="l1">A cup</p>',
        UNTOUCHED,
    ),
    Case(
        "aria-labelledby of two, one of which resolves",
        '<img id="{id}" src="{src}" aria-labelledby="nowhere l2"><p id="l2">A cup</p>',
        UNTOUCHED,
    ),
    Case(
        "aria-labelledby something hidden",
        '<img id="{id}" src="{src}" aria-labelledby="l3"><p id="l3" hidden>A cup</p>',
        UNTOUCHED,
    ),
    Case("title", '<img id="{id}" src="{src}" title="A cup">', UNTOUCHED),
    Case("role presentation", '<img id="{id}" src="{src}" role="presentation">', UNTOUCHED),
    Case("role none", '<img id="{id}" src="{src}" role="none">', UNTOUCHED),
    Case("role none before another", '<img id="{id}" src="{src}" role="NONE img">', UNTOUCHED),
    Case("aria-hidden", '<img id="{id}" src="{src}" aria-hidden="true">', UNTOUCHED),
    Case(
        "aria-hidden above",
        '<p aria-hidden="true"><b><img id="{id}" src="{src}"></b></p>',
        UNTOUCHED,
    ),
    Case("inert", '<img id="{id}" src="{src}" inert>', UNTOUCHED),
    Case("inert above", '<p inert><b><img id="{id}" src="{src}"></b></p>', UNTOUCHED),
    Case(
        "input with alt",
        '<input type="image" id="{id}" src="{src}" alt="Search">',
        UNTOUCHED,
    ),
    Case(
        "input with aria-label",
        '<input type="image" id="{id}" src="{src}" aria-label="Search">',
        UNTOUCHED,
    ),
    Case("input with title", '<input type="image" id="{id}" src="{src}" title="Go">', UNTOUCHED),
    Case("svg with a title", "{svg-titled}", UNTOUCHED),
    Case("svg with aria-label", "{svg-labelled}", UNTOUCHED),
    Case(
        "background with aria-label",
        '<div id="{id}" role="img" aria-label="A cup"'
        ' style="width: 96px; height: 72px; background-image: url({src})"></div>',
        UNTOUCHED,
    ),
    Case(
        "area with alt",
        '<map name="m1"><area id="{id}" href="#x" shape="rect" coords="0,0,96,72" alt="North">'
        '</map><img src="{src}" usemap="#m1" alt="A map">',
        UNTOUCHED,
    ),
    Case(
        "poster with aria-label",
        '<video id="{id}" poster="{src}" width="96" height="72" aria-label="A film"></video>',
        UNTOUCHED,
    ),
    Case(
        "object with aria-label",
        '<object id="{id}" type="image/png" data="{src}" aria-label="A cup"></object>',
        UNTOUCHED,
    ),
    Case("object with title", '<object id="{id}" data="{src}" title="A cup"></object>', UNTOUCHED),
    Case(
        "embed with title",
        '<embed id="{id}" type="image/png" src="{src}" title="A cup" width="96" height="72">',
        UNTOUCHED,
    ),
]

CANDIDATES = [
    Case("img", '<img id="{id}" src="{src}">', role="graphic"),
    Case("img of role img", '<img id="{id}" src="{src}" role="img">', role="graphic"),
    Case("img with a blank title", '<img id="{id}" src="{src}" title=" ">'),
    Case("img with a blank aria-label", '<img id="{id}" src="{src}" aria-label=" ">'),
    Case("img labelled by nothing", '<img id="{id}" src="{src}" aria-labelledby="nowhere">'),
    Case(
        "img labelled by something empty",
        '<img id="{id}" src="{src}" aria-labelledby="e1"><i id="e1"> </i>',
    ),
    Case("img below aria-hidden=false", '<p aria-hidden="false"><img id="{id}" src="{src}"></p>'),
    Case("img of an unknown role", '<img id="{id}" src="{src}" role="nonsense">'),
    Case("srcset", '<img id="{id}" srcset="{src} 1x">'),
    Case(
        "picture",
        '<picture><source srcset="{src}"><img id="{id}" src="/nowhere.png"></picture>',
    ),
    Case("input of type image", '<input type="image" id="{id}" src="{src}">'),
    Case("svg of role img", "{svg}", role="graphic"),
    Case("svg in an img", '<img id="{id}" src="{svg-url}" width="96" height="72">'),
    Case(
        "background of role img",
        '<div id="{id}" role="img"'
        ' style="width: 96px; height: 72px; background-image: url({src})"></div>',
        role="graphic",
    ),
    Case(
        "poster",
        '<video id="{id}" poster="{src}" width="96" height="72" controls></video>',
    ),
    Case("object", '<object id="{id}" type="image/png" data="{src}"></object>'),
    Case("embed", '<embed id="{id}" type="image/png" src="{src}" width="96" height="72">'),
    Case(
        "area",
        '<map name="m2"><area id="{id}" href="#x" shape="rect" coords="0,0,96,72">'
        '</map><img src="{src}" usemap="#m2" alt="A map">',
    ),
    Case(
        "link of nothing but an image", '<a id="{id}" href="#x"><img src="{src}"></a>', role="link"
    ),
    Case(
        "button of nothing but an image",
        '<button id="{id}"><img src="{src}"></button>',
        role="pushbutton",
    ),
    Case(
        "link with words and an image",
        '<a href="#x"><img id="{id}" src="{src}"> The fair</a>',
    ),
    Case(
        "figure whose figcaption says something else",
        '<figure><img id="{id}" src="{src}"><figcaption>Our summer fair</figcaption></figure>',
    ),
    Case(
        "figure whose figcaption says the same",
        '<figure><img id="{id}" src="{src}"><figcaption>By the sea: a big red fox, we say'
        "</figcaption></figure>",
        LEFT,
        answer={"text": "A red fox by the sea"},
    ),
    Case(
        "figure of two images, whose figcaption says the same of one",
        '<figure><img id="{id}" src="{src}"><img src="{src}" alt="A map"><figcaption>A red fox'
        "</figcaption></figure>",
        heard="A red fox",
        answer={"text": "A red fox"},
    ),
    Case(
        "figure with an empty figcaption",
        '<figure><img id="{id}" src="{src}"><figcaption></figcaption></figure>',
    ),
    Case("just large enough", '<img id="{id}" src="{src}" width="24" height="24">'),
    Case("background of the page's language", '<p lang="de"><img id="{id}" src="{src}"></p>'),
    Case(
        "without a box of its own", '<p style="display: contents"><img id="{id}" src="{src}"></p>'
    ),
]

SKIPPED = [
    Case("narrow", '<img id="{id}" src="{src}" width="23" height="72">', UNTOUCHED),
    Case("flat", '<img id="{id}" src="{src}" width="96" height="23">', UNTOUCHED),
    Case("small by style", '<img id="{id}" src="{src}" style="width: 16px">', UNTOUCHED),
    Case("tracking pixel", '<img id="{id}" src="/pixel.gif">', UNTOUCHED),
    Case("tracking pixel enlarged", '<img id="{id}" src="/pixel.gif" width="96">', UNTOUCHED),
    Case("spacer", '<img id="{id}" src="/spacer.png" width="300" height="30">', UNTOUCHED),
    Case("display none", '<p style="display: none"><img id="{id}" src="{src}"></p>', UNTOUCHED),
    Case("hidden attribute", '<p hidden><img id="{id}" src="{src}"></p>', UNTOUCHED),
    Case(
        "visibility hidden",
        '<p style="visibility: hidden"><img id="{id}" src="{src}"></p>',
        UNTOUCHED,
    ),
    Case("closed details", '<details><img id="{id}" src="{src}"></details>', UNTOUCHED),
    Case("closed dialog", '<dialog><img id="{id}" src="{src}"></dialog>', UNTOUCHED),
    Case("template", '<template><img id="{id}" src="{src}"></template>', UNTOUCHED),
    Case("broken", '<img id="{id}" src="/nowhere.png">', UNTOUCHED),
    Case("no picture at all", '<img id="{id}" src="/page-that-is-none">', UNTOUCHED),
    Case("without a source", '<img id="{id}">', UNTOUCHED),
    Case("empty source", '<img id="{id}" src="">', UNTOUCHED),
    Case(
        "sprite",
        '<div id="{id}" role="img" style="width: 32px; height: 32px;'
        ' background: url({src}) -64px -32px no-repeat"></div>',
        UNTOUCHED,
        size=(512, 384),
    ),
    Case(
        "background without a role",
        '<div id="{id}" style="width: 96px; height: 72px; background-image: url({src})"></div>',
        UNTOUCHED,
    ),
    Case(
        "role img without a picture",
        '<div id="{id}" role="img" style="width: 96px; height: 72px">:-)</div>',
        UNTOUCHED,
    ),
    Case("svg without a role", "{svg-plain}", UNTOUCHED),
    Case(
        "video without a poster",
        '<video id="{id}" width="96" height="72" controls></video>',
        UNTOUCHED,
    ),
    Case(
        "object of text",
        '<object id="{id}" type="text/html" data="/empty.html"></object>',
        UNTOUCHED,
    ),
    Case(
        "area that leads nowhere",
        '<map name="m3"><area id="{id}" shape="rect" coords="0,0,96,72"></map>'
        '<img src="{src}" usemap="#m3" alt="A map">',
        UNTOUCHED,
    ),
    Case(
        "already answered by another program",
        '<img id="{id}" src="{src}" alt="A cup" data-altlens="described:other">',
        UNTOUCHED,
    ),
]

ALL = {"spoken": SPOKEN, "candidates": CANDIDATES, "skipped": SKIPPED}
PIXEL = (
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,"
    b"\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x01D\x00;"
)


@pytest.fixture(scope="module")
def pages(
    scripted: Browser, site: Website, recording: Recording, script: Script
) -> dict[str, Page]:
    """Each of the three pages, seen once."""
    from e2e.website import drawn_png

    site.put("/pixel.gif", PIXEL, "image/gif")
    site.put("/spacer.png", drawn_png(-7, (300, 2)), "image/png")
    site.put("/page-that-is-none", b"<p>No picture", "text/html")
    site.put("/empty.html", b"<p>Words", "text/html")
    return {name: observe(scripted, site, recording, cases, script) for name, cases in ALL.items()}


@pytest.mark.parametrize(
    ("page", "case"),
    [pytest.param(name, case, id=case.name) for name, cases in ALL.items() for case in cases],
)
def test_rule(pages: dict[str, Page], page: str, case: Case) -> None:
    """The image is named in the tree by its own picture's words, or not one byte changes."""
    judge(case, pages[page].cases[case.name])


def test_nothing_else_is_asked_about(pages: dict[str, Page]) -> None:
    """No question about a pixel, a spacer or half of a sprite reaches the host."""
    assert {name: page.unknown for name, page in pages.items()} == dict.fromkeys(ALL, 0)
