"""Text in a picture is read on its whole way: page, extension, host, worker, and back."""

from __future__ import annotations

import io
from collections.abc import Sequence

import numpy as np
import pytest
import zxingcpp
from e2e.browser import Browser, until
from e2e.recorder import Recording
from e2e.test_dialog import by_key, dialog
from e2e.test_popup import text
from e2e.website import Website
from PIL import Image, ImageDraw, ImageFont
from support.edits import distance

pytestmark = pytest.mark.usefixtures("usual_settings")

WORDS = (
    "Trains to the coast leave from platform 4 at noon.",
    "Tickets are sold on board, but only for cash.",
    "Dogs travel free; bicycles need a ticket of 6.50.",
)


@pytest.fixture
def page_of_text(site: Website) -> str:
    """A picture that is 1,600 pixels wide, with text of 16."""
    return put(site, "/text.png", WORDS * 4, 900)


def put(site: Website, path: str, lines: Sequence[str], height: int) -> str:
    """Put a page of text on the site, and return where it is."""
    image = Image.new("RGB", (1600, height), "white")
    font = ImageFont.load_default(16)
    for row, words in enumerate(lines):
        ImageDraw.Draw(image).text((60, 60 + 26 * row), words, "black", font)
    file = io.BytesIO()
    image.save(file, "PNG")
    site.put(path, file.getvalue(), "image/png")
    return path


def test_a_page_of_text_is_read_to_who_could_read_it(
    firefox: Browser, site: Website, recording: Recording, page_of_text: str
) -> None:
    """The page that may see the picture hears its text; any other only that there is some."""
    firefox.open(
        site.page(
            f'<img id="a" src="{page_of_text}" width="800">'
            f'<img id="b" src="{site.elsewhere}{page_of_text}" width="800">'
        )
    )

    own = until(lambda: firefox.label("a").name, "the text", 60)
    other = until(lambda: firefox.label("b").name, "that there is text", 60)

    wanted = " ".join(WORDS * 4)
    heard = own.removeprefix("Text: ").removesuffix("…")
    assert own.startswith("Text: ")
    assert len(heard) > 400
    assert distance(heard, wanted[: len(heard)]) <= 0.05 * len(heard)
    assert other == "Picture of text"
    assert [one for one in recording.asked() if one.get("sharp")]


def test_a_long_page_is_read_to_its_end_for_who_asks(
    firefox: Browser, site: Website, recording: Recording
) -> None:
    """What the page shows is its beginning, and nobody waits for more than that."""
    last = "The night train leaves at midnight."
    path = put(site, "/long.png", [*WORDS * 23, last], 1900)
    firefox.open(site.page(f'<a id="a" href="/"><img id="b" src="{path}" width="800"></a>'))
    until(lambda: firefox.label("b").name, "the text", 60)
    (said,) = recording.answered()
    firefox.script("$('a').focus()")

    with dialog(firefox, lambda: by_key(firefox)):
        until(lambda: firefox.script("return !$('all').hidden"), "a way to all of it", 60)
        firefox.element("all").click()
        heard = text(firefox, "text")

    assert len(said["text"]) > 1900
    assert last not in said["read"]
    assert heard.endswith(last)
    assert heard.startswith(said["read"].removesuffix("…"))


def test_a_code_is_named_and_its_content_is_not_written(firefox: Browser, site: Website) -> None:
    """An alternative text is read by the page too."""
    code = zxingcpp.create_barcode("https://example.org/12", zxingcpp.BarcodeFormat.QRCode)
    file = io.BytesIO()
    Image.fromarray(np.array(code.to_image(scale=8))).save(file, "PNG")
    site.put("/code.png", file.getvalue(), "image/png")

    firefox.open(site.page('<img id="a" src="/code.png">'))

    assert until(lambda: firefox.label("a").name, "a name", 60) == "A QR code."
