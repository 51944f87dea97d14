"""What a page may not learn: the one who shows us a picture reads what we write of it.

A page with a public address (`news.example`, through the proxy that the test's website is) shows
pictures of its own, of other sites, and of this and other machines behind the firewall.
"""

from __future__ import annotations

import pytest
from e2e.browser import Browser, until
from e2e.cases import UNTOUCHED, Case, Page, Script, judge, observe, sentinel
from e2e.recorder import Recording
from e2e.website import Website

PUBLIC, OTHER = "http://news.example", "http://other.example"
SECRET = "Your code is 4711-QX"
CORS = {"Access-Control-Allow-Origin": "*"}
TEXT = {"kind": "text", "text": SECRET}
NUMBER = {"text": "A phone with the number 4711 on its screen"}

# The page can read these itself, so it learns nothing from us.
READABLE = [
    Case("its own", '<img id="{id}" src="{src}">', heard=f"Text: {SECRET}", answer=TEXT),
    Case("its own, by number", '<img id="{id}" src="{src}">', heard=NUMBER["text"], answer=NUMBER),
    Case(
        "another site's, which lets it read",
        f'<img id="{{id}}" crossorigin src="{OTHER}{{src}}">',
        heard=f"Text: {SECRET}",
        answer=TEXT,
        headers=CORS,
    ),
    Case("data", '<img id="{id}" src="{svg-url}">', heard=f"Text: {SECRET}", answer=TEXT),
]
# The page cannot read these: it may hear what is in them, and no letter or digit of it.
UNREADABLE = [
    Case("another site's", f'<img id="{{id}}" src="{OTHER}{{src}}">', answer=TEXT),
    Case("another site's, by number", f'<img id="{{id}}" src="{OTHER}{{src}}">', answer=NUMBER),
    Case(
        "another site's, quoted",
        f'<img id="{{id}}" src="{OTHER}{{src}}">',
        answer={"text": 'A note that says "4711-QX"'},
    ),
    Case(
        "another site's, which would let it read, not asked",
        f'<img id="{{id}}" src="{OTHER}{{src}}">',
        answer=TEXT,
        headers=CORS,
    ),
    Case(
        "another port's",
        '<img id="{id}" src="http://news.example:8080{src}">',
        answer=TEXT,
    ),
    Case("a subdomain's", '<img id="{id}" src="http://mail.news.example{src}">', answer=TEXT),
    Case("by a redirect of its own", '<img id="{id}" src="/away?{src}">', answer=TEXT),
    Case("srcset", f'<img id="{{id}}" srcset="{OTHER}{{src}} 1x">', answer=TEXT),
    Case(
        "background",
        '<div id="{id}" role="img" style="width: 96px; height: 72px;'
        f' background-image: url({OTHER}{{src}})"></div>',
        answer=TEXT,
    ),
    Case(
        "poster",
        f'<video id="{{id}}" width="96" height="72" poster="{OTHER}{{src}}"></video>',
        answer=TEXT,
    ),
    Case("input", f'<input type="image" id="{{id}}" src="{OTHER}{{src}}">', answer=TEXT),
    Case(
        "object",
        f'<object id="{{id}}" type="image/png" data="{OTHER}{{src}}"></object>',
        answer=TEXT,
    ),
    Case(
        "frame of its own",
        f"<iframe srcdoc='<img id={{id}} src={OTHER}{{src}}>'></iframe>",
        answer=TEXT,
    ),
    Case(
        "sandboxed frame",
        f"<iframe sandbox srcdoc='<img id={{id}} src={PUBLIC}{{src}}>'></iframe>",
        answer=TEXT,
    ),
]
# From a public page nobody asks behind the firewall, but the user by hand.
HOSTS = {
    "loopback": "127.0.0.1:PORT",
    "loopback by name": "localhost:PORT",
    "loopback below a name": "app.localhost:PORT",
    "loopback elsewhere in its net": "127.9.9.9",
    "loopback as one number": "2130706433",
    "loopback in version 6": "[::1]",
    "loopback mapped": "[::ffff:127.0.0.1]",
    "no address": "0.0.0.0",
    "net 10": "10.1.2.3",
    "net 172": "172.20.1.2",
    "net 192": "192.168.1.1",
    "link-local": "169.254.1.1",
    "shared": "100.64.1.1",
    "unique local": "[fd00::1]",
    "link-local in version 6": "[fe80::1]",
    "local name": "printer.local",
    "home name": "router.home.arpa",
    "internal name": "wiki.internal",
    "name without a dot": "intranet",
}
PRIVATE = [
    Case(name, f'<img id="{{id}}" src="http://{host}{{src}}">', UNTOUCHED)
    for name, host in HOSTS.items()
]


@pytest.fixture(scope="module")
def unreadable(scripted: Browser, site: Website, recording: Recording, script: Script) -> Page:
    """The page with pictures that it cannot read."""
    site.redirect("/away", OTHER)
    return observe(scripted, site, recording, UNREADABLE, script, origin=PUBLIC)


@pytest.fixture(scope="module")
def readable(scripted: Browser, site: Website, recording: Recording, script: Script) -> Page:
    """The page with pictures that it can read."""
    return observe(scripted, site, recording, READABLE, script, origin=PUBLIC)


@pytest.fixture(scope="module")
def private(scripted: Browser, site: Website, recording: Recording) -> Page:
    """The page with pictures behind the firewall."""
    cases = [one._replace(markup=one.markup.replace("PORT", str(site.port))) for one in PRIVATE]
    page = observe(scripted, site, recording, cases, origin=PUBLIC)
    loaded = scripted.script(
        "return [...document.querySelectorAll('[data-case] img')].map((one) => one.naturalWidth)"
    )
    assert set(loaded) == {96}, "each picture is really shown"
    return page


@pytest.mark.parametrize("case", READABLE, ids=lambda case: case.name)
def test_what_the_page_can_read_is_said_whole(readable: Page, case: Case) -> None:
    """Text in a picture of the page's own is read to the user."""
    judge(case, readable.cases[case.name])


@pytest.mark.parametrize("case", UNREADABLE, ids=lambda case: case.name)
def test_what_the_page_cannot_read_is_not_written_into_it(unreadable: Page, case: Case) -> None:
    """No letter and no digit of the text is anywhere in the markup or the tree."""
    seen = unreadable.cases[case.name]

    assert seen.asked == 1, "the picture came to the host, whose answer has the secret"
    heard = seen.after + (seen.node.name if seen.node else "")
    assert [one for one in ("4711", "QX", "Your code") if one in heard] == []


@pytest.mark.parametrize("case", PRIVATE, ids=lambda case: case.name)
def test_a_private_picture_on_a_public_page_is_left_alone(private: Page, case: Case) -> None:
    """It is neither sent to the host nor named."""
    judge(case, private.cases[case.name])


def test_a_redirect_to_a_private_address_is_left_alone(
    scripted: Browser, site: Website, recording: Recording
) -> None:
    """A public address that leads behind the firewall is none."""
    picture = site.picture()
    site.redirect("/inward", site.here + picture.path)

    scripted.open(site.page('<img id="a" src="/inward">', origin=PUBLIC))
    until(lambda: scripted.script("return $('a').naturalWidth") == 96, "the picture")
    sentinel(scripted, site)

    assert scripted.attributes("a") == {"id": "a", "src": "/inward"}
    assert picture.number not in recording.numbers()


@pytest.mark.parametrize(
    "origin", ["", "http://localhost:PORT", "http://192.168.1.1", "http://nas.local"]
)
def test_a_private_page_may_show_its_own_pictures(
    scripted: Browser, site: Website, recording: Recording, origin: str
) -> None:
    """The router's own page, and a developer's, are described like others."""
    origin = origin.replace("PORT", str(site.port))
    cases = [Case("own", '<img id="{id}" src="{src}">')]

    page = observe(scripted, site, recording, cases, origin=origin)

    judge(cases[0], page.cases["own"])
