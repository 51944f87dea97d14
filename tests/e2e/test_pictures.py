"""The pictures in README and docs show what there is now; `make pictures` takes them anew."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from e2e import pages
from e2e.browser import Browser, until
from e2e.recorder import Recording
from e2e.test_popup import beside, tab_of, text
from e2e.website import Website
from PIL import Image

from altlens_host.models import catalogue

WRITE = os.environ.get("ALTLENS_PICTURES") == "write"
MOST_BYTES = 160_000
SHOWN = ("cat", "coffee", "bee", "bridge")
# The page shows below each picture what a screen reader says for it.
PAGE = """
<style>
  body { font: 1rem/1.4 system-ui, sans-serif; margin: 0; color: #15141a; background: #fff }
  main { padding: 1rem }
  h1 { margin-block-start: 0; font-size: 1.5rem }
  ul { display: grid; grid-template-columns: 1fr 1fr; gap: 1rem; padding: 0; list-style: none }
  img { inline-size: 100%; block-size: 12rem; object-fit: cover; border-radius: 0.375rem }
  p { margin: 0.25rem 0 0 }
</style>
<main>
<h1>Photographs without alternative text</h1>
<ul>PICTURES</ul>
</main>
<script>
  setInterval(() => document.querySelectorAll("img").forEach((image) => {
    image.nextElementSibling.textContent = image.alt ? `“${image.alt}”` : "";
  }), 50);
</script>
"""
_TEXTS = """
const words = (one) => one.innerText.split(/\\n+/).map((line) => line.trim()).filter(Boolean);
return words(document.querySelector("main") ?? document.body);
"""


@pytest.fixture(scope="module")
def folder(repository: Path) -> Path:
    """Where the pictures are."""
    return repository / "docs/pictures"


@pytest.fixture
def small(decided: Browser) -> Iterator[Browser]:
    """A window in which a picture is not too wide for a page of documentation."""
    before = decided.marionette.window_rect
    decided.marionette.set_window_rect(width=760, height=1000)
    yield decided
    decided.marionette.set_window_rect(width=before["width"], height=before["height"])


def look(firefox: Browser, folder: Path, name: str, part: str | None) -> list[str]:
    """Return the words on the page; keep a picture of a part of it, or of what is in view."""
    if WRITE:
        element = firefox.marionette.find_element("css selector", part) if part else None
        taken = firefox.marionette.screenshot(element, format="binary", full=False)
        with Image.open(io.BytesIO(taken)) as picture:
            picture.convert("RGB").quantize(128).save(folder / f"{name}.png", optimize=True)
    found: list[str] = firefox.script(_TEXTS)
    return found


def compare(folder: Path, name: str, found: Any) -> None:
    """See that what was found is what the picture was taken of."""
    record = folder / "texts.json"
    texts = json.loads(record.read_text(encoding="utf-8")) if record.exists() else {}
    if WRITE:
        texts[name] = found
        record.write_text(json.dumps(texts, indent=2, ensure_ascii=False, sort_keys=True) + "\n")
    assert texts.get(name) == found, "Take the pictures anew: make pictures"
    size = (folder / f"{name}.png").stat().st_size
    assert 1000 < size < MOST_BYTES
    with Image.open(folder / f"{name}.png") as picture:
        picture.load()


def described(firefox: Browser, site: Website) -> str:
    """Open a page of photographs beside this one and wait until all are described."""
    cells = "".join(f'<li><img id="{one}" src="/{one}.jpg"><p></p></li>' for one in SHOWN)
    address = site.page(PAGE.replace("PICTURES", cells), origin="http://www.example.org")
    beside(firefox, address)
    return address


def test_the_picture_of_a_described_page(
    small: Browser, site: Website, folder: Path, recording: Recording
) -> None:
    """Each photograph has its words, of the model and the calibration that the picture shows."""
    cells = "".join(f'<li><img id="{one}" src="/{one}.jpg"><p></p></li>' for one in SHOWN)
    small.open(site.page(PAGE.replace("PICTURES", cells)))
    heard = [small.described(one).name for one in SHOWN]
    until(
        lambda: all(
            small.script("return [...document.querySelectorAll('p')].map((p) => p.textContent)")
        ),
        "the words below the photographs",
    )

    words = look(small, folder, "page", "main")

    assert [f"“{one}”" for one in heard] == words[1:]
    # The words themselves may differ from one processor to another.
    lite = catalogue.find("lite")
    made_by = {"model": lite.revision, "calibration": lite.files[catalogue.CALIBRATION][:12]}
    compare(folder, "page", {"pictures": list(SHOWN), **made_by})


def test_the_picture_of_the_panel(
    small: Browser, site: Website, folder: Path, recording: Recording
) -> None:
    """For a page on which images were described."""
    address = described(small, site)
    pages.open_page(small, pages.PAGES["help"])
    tab = tab_of(small, address)

    def counted() -> bool:
        return bool(
            pages.with_browser(
                small,
                "return await browser.runtime.sendMessage("
                "page.JSON.parse(JSON.stringify({type: 'described', tab: given[0]}))) === 4;",
                tab,
            )
        )

    until(counted, "four descriptions")
    pages.open_page(small, f"{pages.PAGES['popup']}?tab={tab}")
    until(lambda: "working" in text(small, "host"), "the host's state")
    until(lambda: text(small, "count"), "the number")

    words = look(small, folder, "panel", "body")

    assert "4 images described on this page." in words
    compare(folder, "panel", words)
    small.close_other_tabs()


def test_the_picture_of_the_options(small: Browser, folder: Path) -> None:
    """Its upper part; the words of all of it."""
    pages.open_page(small, pages.PAGES["options"])
    until(lambda: "working" in text(small, "host"), "the host's state")
    until(lambda: "remembered on" in text(small, "cache"), "how much is remembered")
    small.script("$('cache').textContent = ''")  # how much there is, is another one each time

    words = look(small, folder, "options", None)

    compare(folder, "options", words)
