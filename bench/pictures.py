"""Pictures as the extension sends them.

Photographs as JPEG, at most 512 pixels on the longer side; pages of text as large as they are,
as they are sent when they are to be read.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from itertools import count, cycle
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

PHOTOGRAPHS = Path("installer/altlens_installer/demo/pictures")
SIDE = 512
SQUARE = 8

PAGE, MARGIN, LINES, LETTERS = (1200, 1600), 60, 45, 24
"""A page like one of a book, printed at 150 dots an inch; all in pixels but the lines."""

_WORDS = (
    "The report of the harbour tells how goods and people moved through the port between March "
    "and June. Ships from the north brought timber and paper, ships from the south fruit, wine "
    "and oil. In April a storm closed the outer basin for three days, and 14 vessels waited in "
    "the roads. Repairs of the mole cost 2,350,000, half of it paid by the towns upstream."
).split()


def endless() -> Iterator[bytes]:
    """Yield the demo's photographs round and round, never the same bytes twice.

    A strip of squares in the corner spells the number in bits: no memory of bytes or of pixels
    helps, and the model has the same work.
    """
    photographs = [drawn(path) for path in sorted(PHOTOGRAPHS.glob("*.jpg"))]
    for number, photograph in zip(count(), cycle(photographs), strict=False):
        for bit in range(12):
            left = bit * SQUARE
            grey = 255 * (number >> bit & 1)
            photograph.paste((grey, grey, grey), (left, 0, left + SQUARE, SQUARE))
        file = io.BytesIO()
        photograph.save(file, "JPEG", quality=85)
        yield file.getvalue()


def drawn(path: Path) -> Image.Image:
    """Return a photograph as large as the extension draws it."""
    with Image.open(path) as image:
        photograph = image.convert("RGB")
    photograph.thumbnail((SIDE, SIDE))
    return photograph


def pages() -> Iterator[bytes]:
    """Yield pages full of text, each with a number of its own, as PNG.

    They are set in the typeface that Pillow carries, so every machine measures the same.
    """
    font = ImageFont.load_default(LETTERS)
    for number in count():
        page = Image.new("RGB", PAGE, "white")
        pen = ImageDraw.Draw(page)
        words = cycle(["Page", str(number), *_WORDS])
        word = next(words)
        for row in range(LINES):
            line = ""
            while pen.textlength(f"{line} {word}", font) <= PAGE[0] - 2 * MARGIN:
                line, word = f"{line} {word}".strip(), next(words)
            step = (PAGE[1] - 2 * MARGIN) / LINES
            pen.text((MARGIN, MARGIN + row * step), line, "black", font)
        file = io.BytesIO()
        page.save(file, "PNG")
        yield file.getvalue()
