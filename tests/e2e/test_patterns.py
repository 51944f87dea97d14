"""Twelve pages of our own, after patterns of the web: what must be named, and what left alone.

In the markup `{d}` is a picture that must get its words, `{u}` one that must stay as it is, and
`{d-style}` a background; pictures are drawn by code.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from e2e.browser import Browser, until
from e2e.cases import Script, sentinel
from e2e.recorder import Recording
from e2e.website import Numbered, Website

SMALL = "width: 96px; height: 72px;"
PATTERNS = {
    "news": (
        '<header><a href="/"><img {d}></a><nav><a href="#1">Politics</a></nav></header>'
        "<article><h1>Storm over the bay</h1><figure><img {d}><figcaption>Photo: A. Reporter"
        "</figcaption></figure><p>Text.</p><picture><source srcset='{src}'><img {d0}></picture>"
        '<img {u} alt="The mayor at the harbour"><img src="/pixel.gif" width="1"></article>'
    ),
    "shop": (
        "<h1>Kettle</h1><div><img {d}><button><img {d}></button><button><img {d}></button></div>"
        '<p>12.00</p><a href="#basket" aria-label="Basket"><img {u} alt=""></a>'
        '<a href="#k"><img {u} alt="Kettle, blue"></a><input type="image" {d}>'
    ),
    "gallery": (
        "<h1>Holiday</h1>"
        + "<a href='#full'><img {d} loading='lazy'></a>" * 12
        + "<dialog><img {u}></dialog>"
    ),
    "forum": (
        '<article><img {u} alt="" title="anna"><b>anna</b><p>Look: <img {d}></p></article>'
        '<article><img {d} width="48" height="48"><b>bert</b><blockquote><img {u} alt="quoted">'
        '</blockquote><img {u} width="16" height="16"></article>'
    ),
    "wiki": (
        '<table><tr><td><a href="#file"><img {d}></a></td></tr><tr><td>Heron</td></tr></table>'
        '<p>Herons <img {u} alt="x squared" width="40" height="24"> are birds.</p>'
        '<figure role="figure" aria-label="Nest"><img {d}></figure><svg role="img" width="40"'
        ' height="40"><title>Locked</title><path d="M0 0h40v40z"/></svg>'
    ),
    "mail": (
        '<main><h1>Your order</h1><table role="presentation"><tr><td><img {d}></td></tr><tr><td>'
        '<img {u} alt="">Hello,</td></tr><tr><td><img src="/pixel.gif"></td></tr></table>'
        '<iframe srcdoc="<p>Newsletter</p><img {d-frame}>"></iframe></main>'
    ),
    "feed": (
        "<ol>"
        + "<li><h2>Entry</h2><p>Words.</p><img {d}></li>" * 5
        + '<li aria-hidden="true"><img {u}></li></ol>'
    ),
    "map": (
        '<div role="img" style="{d-style}"></div><map name="m"><area href="#n" alt="North" '
        'coords="0,0,40,40"></map><img {u} usemap="#m" alt="Districts">'
        '<div role="application"><img {u} role="presentation"><img {u} role="presentation"></div>'
    ),
    "carousel": (
        '<section aria-roledescription="carousel"><div><a href="#1"><img {d}></a></div>'
        '<div hidden><a href="#2"><img {u}></a></div><div inert><a href="#3"><img {u}></a></div>'
        '<button aria-label="Next"><img {u} alt=""></button></section>'
    ),
    "search results": (
        "<ul>" + '<li><a href="#r"><img {d} width="64" height="48"></a>'
        '<a href="#r">Result</a><img {u} width="16" height="16"></li>' * 4 + "</ul>"
    ),
    "social timeline": (
        '<div id="timeline" role="feed"></div><template id="post"><article><x-avatar></x-avatar>'
        '<p>Hello</p><img {d} alt=""></article></template><script>const post ='
        " document.getElementById('post').content.cloneNode(true);"
        " post.querySelector('img').removeAttribute('alt');"
        " setTimeout(() => document.getElementById('timeline').append(post), 50);</script>"
    ),
    "documentation": (
        '<h1>Manual</h1><p><img {d}></p><p><object type="image/png" {d-data}></object></p>'
        '<div><template shadowrootmode="open"><img {d}></template></div>'
        '<p><img {u} alt="Figure 1: the parts"></p><table><tr><td><img {d}></td></tr></table>'
    ),
}


@dataclass
class Laid:
    """A page as it is shown.

    Attributes:
        described: The pictures that must get words, by id.
        left: Those that must not.
    """

    html: str
    described: dict[str, Numbered] = field(default_factory=dict)
    left: dict[str, Numbered] = field(default_factory=dict)


def lay_out(site: Website, pattern: str) -> Laid:
    """Give each picture of a pattern its number and its place."""
    laid = Laid("")
    numbers: Iterator[int] = itertools.count()
    pending: list[tuple[str, Numbered]] = []

    def place(match: re.Match[str]) -> str:
        kind = match[1]
        if kind == "d0":
            name, _ = pending.pop()
            return f'id="{name}" src="/nowhere.png"'
        picture = site.picture()
        name = f"c{next(numbers)}"
        (laid.left if kind == "u" else laid.described)[name] = picture
        if kind == "src":
            pending.append((name, picture))
            return picture.path
        if kind == "d-style":
            return f'{SMALL} background-image: url({picture.path})" id="{name}'
        if kind == "d-data":
            return f'id="{name}" data="{picture.path}"'
        if kind == "d-frame":
            return f"id={name} src={site.here}{picture.path}"
        return f'id="{name}" src="{picture.path}"'

    laid.html = re.sub(r"\{([a-z0-9-]+)\}", place, pattern)
    return laid


@pytest.mark.parametrize("pattern", PATTERNS.values(), ids=PATTERNS.keys())
def test_a_page_after_a_real_pattern(
    scripted: Browser, site: Website, recording: Recording, script: Script, pattern: str
) -> None:
    """What lacks words gets its own, the rest is left alone, and undoing restores every byte."""
    script.say()
    site.put("/pixel.gif", b"GIF89a\x01\x00\x01\x00\x00\x00\x00;", "image/gif")
    laid = lay_out(site, pattern)
    keep = "<script>window.keep = () => document.body.outerHTML; window.before = keep()</script>"

    scripted.open(site.page(laid.html + keep))
    expected = {name: picture.caption for name, picture in laid.described.items()}
    until(
        lambda: expected.items() <= {node.id: node.name for node in scripted.nodes()}.items(),
        f"the words of {expected}",
        12,
    )
    sentinel(scripted, site)

    asked = set(recording.numbers())
    assert not {one.number for one in laid.left.values()} & asked
    assert {one.number for one in laid.described.values()} <= asked
    # What the page's own script inserted later is part of what its author left.
    left = scripted.script(
        "const page = window.wrappedJSObject; const all = page.document.body.cloneNode(true);"
        "return all.querySelectorAll('[data-altlens]').length"
    )
    assert left <= len(laid.described)
    with scripted.chosen(paused=True):
        until(
            lambda: (
                not {one.caption for one in laid.described.values()}
                & {node.name for node in scripted.nodes()}
            ),
            "no words of ours",
        )
        now, before = scripted.script(
            "return [window.wrappedJSObject.keep(), window.wrappedJSObject.before]"
        )
        if "setTimeout" not in laid.html:
            # The script that keeps the page was not whole when it ran.
            assert now.startswith(before.removesuffix("</body>"))
        assert "altlens" not in now
