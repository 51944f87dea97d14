"""Protection against fingerprinting turns canvases into noise: noise must never be captioned."""

from __future__ import annotations

import base64
import io
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from e2e.browser import Browser, until
from e2e.recorder import Recording
from e2e.website import Website, drawn_png
from PIL import Image, ImageChops, ImageStat

RESIST = "privacy.resistFingerprinting"

# Firefox ESR 153 hands extensions true pixels. This makes the content scripts draw on the page's
# own canvases, as they would have to in a Firefox without that exemption.
PAGES_CANVAS = """
document.createElementNS = (_, name) => window.wrappedJSObject.document.createElement(name);
"""


@pytest.fixture
def resisting(firefox: Browser) -> Iterator[Browser]:
    """Firefox with resistFingerprinting."""
    firefox.set_preference(RESIST, True)
    yield firefox
    firefox.set_preference(RESIST, None)


@pytest.fixture(scope="module")
def unexempted(
    binary: Path,
    home: Path,
    recording: Recording,
    extension: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Browser]:
    """A resisting Firefox in which the extension's canvases are the page's."""
    copy = tmp_path_factory.mktemp("unexempted") / "extension"
    shutil.copytree(extension, copy)
    manifest = json.loads((copy / "manifest.json").read_text())
    manifest["content_scripts"][0]["js"].insert(0, "content/pages_canvas.js")
    (copy / "manifest.json").write_text(json.dumps(manifest))
    (copy / "content/pages_canvas.js").write_text(PAGES_CANVAS)
    running = Browser(binary, home, {RESIST: True})
    try:
        running.install(copy)
        running.choose(consent=True)
        running.close_other_tabs()
        yield running
    finally:
        running.close()


@pytest.fixture(scope="module", autouse=True)
def _scripts(site: Website, extension: Path) -> None:
    for name in ("canvas.js", "noise.js"):
        site.put(f"/{name}", (extension / "content" / name).read_bytes(), "text/javascript")


def _page_believes_its_canvas(browser: Browser, site: Website) -> bool:
    browser.open(
        site.page(
            '<script src="/canvas.js"></script><script src="/noise.js"></script>'
            "<script>document.title = patternComesBack()</script>"
        )
    )
    return {"true": True, "false": False}[browser.script("return document.title")]


def test_a_true_canvas_is_believed(firefox: Browser, site: Website) -> None:
    """Without protection the pattern comes back as it was drawn."""
    assert _page_believes_its_canvas(firefox, site)


def test_a_noisy_canvas_is_found_out(resisting: Browser, site: Website) -> None:
    """With resistFingerprinting a page's canvas gives back noise, and the detector says so."""
    assert not _page_believes_its_canvas(resisting, site)


def test_a_slightly_changed_canvas_is_found_out(firefox: Browser, site: Website) -> None:
    """Fingerprinting protection changes few pixels by little: that too is not what was drawn."""
    firefox.chrome(
        "Services.prefs.setBoolPref('privacy.fingerprintingProtection', true);"
        "Services.prefs.setStringPref('privacy.fingerprintingProtection.overrides',"
        " '-AllTargets,+CanvasRandomization');"
    )
    try:
        assert not _page_believes_its_canvas(firefox, site)
    finally:
        firefox.chrome(
            "Services.prefs.clearUserPref('privacy.fingerprintingProtection');"
            "Services.prefs.clearUserPref('privacy.fingerprintingProtection.overrides');"
        )


def test_the_host_sees_the_picture_under_resist_fingerprinting(
    resisting: Browser, site: Website, recording: Recording, photographs: Path
) -> None:
    """What is captioned is the photograph and no noise."""
    resisting.open(site.page('<img id="a" src="/cat.jpg">'))
    resisting.described("a")

    (sent,) = recording.pictures()

    assert _difference(sent, photographs / "cat.jpg") < 4


def test_a_noisy_canvas_is_not_captioned_and_the_file_is_sent_instead(
    unexempted: Browser, site: Website, recording: Recording, photographs: Path
) -> None:
    """Where a canvas lies, the picture's own file goes to the host, and is described."""
    unexempted.open(
        site.page(f'<img id="a" src="/cat.jpg"><img id="b" src="{site.elsewhere}/coffee.jpg">')
    )

    assert unexempted.described("a") != unexempted.described("b")
    files = {(photographs / one).read_bytes() for one in ("cat.jpg", "coffee.jpg")}
    assert set(recording.pictures()) == files


def test_data_and_blob_addresses_go_the_other_way_too(
    unexempted: Browser, site: Website, recording: Recording
) -> None:
    """Addresses that mean nothing to a network are read where they mean something."""
    one, other = drawn_png(-1, (80, 60)), drawn_png(-2, (80, 60))
    data = "data:image/png;base64," + base64.b64encode(one).decode()
    script = f"""
        fetch("{site.put("/other.png", other, "image/png")}").then((response) => response.blob())
            .then((blob) => {{ b.src = URL.createObjectURL(blob) }});
    """
    unexempted.open(site.page(f'<img id="a" src="{data}"><img id="b"><script>{script}</script>'))

    unexempted.described("a")
    unexempted.described("b")

    assert sorted(recording.pictures()) == sorted([one, other])


def test_the_other_way_sends_no_cookies_and_no_foreign_formats(
    unexempted: Browser, site: Website, recording: Recording
) -> None:
    """The second download is anonymous; what the host cannot take is left as it was."""
    site.asked.clear()
    unexempted.open(
        site.page(
            '<img id="webp" src="/coffee.webp"><img id="a" src="/bee.jpg">',
            {"Set-Cookie": "session=secret; Path=/"},
        )
    )

    unexempted.described("a")
    until(lambda: len(_downloads(site, "/coffee.webp")) == 2, "both downloads of the WebP")

    assert "cookie" in _downloads(site, "/bee.jpg")[0]
    assert "cookie" not in _downloads(site, "/bee.jpg")[1]
    assert "referer" not in _downloads(site, "/bee.jpg")[1]
    assert unexempted.attributes("webp") == {"id": "webp", "src": "/coffee.webp"}
    assert len(recording.asked()) == 1


def test_the_other_way_leaves_nothing_in_the_cache(unexempted: Browser, site: Website) -> None:
    """A picture from a private window must not be found on the disk afterwards."""
    kept = {"Cache-Control": "max-age=3600"}
    path = site.put("/kept.png", drawn_png(-3, (80, 60)), "image/png", kept)
    site.asked.clear()

    for _ in range(2):
        unexempted.open(site.page(f'<img id="a" src="{path}">'))
        unexempted.described("a")

    # Firefox's own load can be answered from its cache the second time, ours never.
    assert len(_downloads(site, path)) == 3


def test_a_large_file_is_sent_in_parts(
    unexempted: Browser, site: Website, recording: Recording, photographs: Path
) -> None:
    """A camera's file does not fit into one frame: it arrives all the same."""
    with Image.open(photographs / "cat.jpg") as picture:
        file = io.BytesIO()
        picture.convert("RGB").resize((1200, 1000)).save(file, "PNG")
    site.put("/large.png", file.getvalue(), "image/png")
    assert len(file.getvalue()) > 800_000

    unexempted.open(site.page('<img id="a" src="/large.png">'))

    assert unexempted.described("a").mark == "described:lite"
    (asked,) = recording.asked()
    assert asked["size"] == len(file.getvalue())
    assert asked["parts"] == len(recording.asked("part")) > 1


def _downloads(site: Website, path: str) -> list[dict[str, str]]:
    return [headers for asked, headers in site.asked if asked == path]


def _difference(sent: bytes, original: Path) -> float:
    drawn = Image.open(io.BytesIO(sent)).convert("RGB")
    expected = Image.open(original).convert("RGB").resize(drawn.size, Image.Resampling.BOX)
    return max(ImageStat.Stat(ImageChops.difference(drawn, expected)).mean)
