"""Names that lead to this machine or network: a public page may show pictures by such a name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from e2e.browser import Browser, until
from e2e.cases import Script, sentinel
from e2e.recorder import Recording
from e2e.website import Website


@pytest.fixture(scope="module")
def resolving(
    binary: Path, home: Path, recording: Recording, extension: Path, script: Script
) -> Iterator[Browser]:
    """A Firefox without a proxy, for which two names are ones of this machine."""
    preferences = {
        "network.dns.disabled": False,
        "network.dns.localDomains": "news.example,wiki.example",
        "dom.security.https_first": False,
        "dom.security.https_first_schemeless": False,
        "network.lna.enabled": False,
        "network.lna.blocking": False,
    }
    running = Browser(binary, home, preferences)
    try:
        running.install(extension)
        running.agree()
        with recording.another_host(script.command):
            yield running
    finally:
        running.close()


@pytest.mark.parametrize("way", ["address", "redirect"])
def test_a_name_that_leads_to_this_machine_is_a_private_address(
    resolving: Browser, site: Website, recording: Recording, way: str
) -> None:
    """As far as Firefox has looked it up; of its own pictures the page hears as ever."""
    news, wiki = (f"http://{one}.example:{site.port}" for one in ("news", "wiki"))
    own, inside = site.picture(), site.picture()
    address = wiki + inside.path
    if way == "redirect":
        address = news + site.redirect("/to-the-wiki", address)

    resolving.open(
        site.page(f'<img id="a" src="{address}"><img id="b" src="{own.path}">', origin=news)
    )
    until(lambda: resolving.script("return $('a').naturalWidth") == 96, "the picture")
    sentinel(resolving, site)

    assert resolving.described("b").name == own.caption
    assert resolving.attributes("a") == {"id": "a", "src": address}
    assert inside.number not in recording.numbers()
