"""Draws lines and pages of text, to learn from and to compare with, in Pillow's own typeface."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

_COLOURS = (("black", "white"), ("white", "#204060"), ("#404040", "#f4f0e0"), ("#ffe090", "black"))
_WORDS = (
    "At 7:45 a quick brown fox jumps over 12 lazy dogs. PLEASE RING the bell & wait; “All fees "
    "(3.50) fill the till”, it said. Why? Zoë's café: open 9-5, closed on Mondays! Little hills, "
    "still mills. Exit 6 / Gate 18 http://example.org/illness #2026 50% off, $19.99 + tax = fair"
).split()

_PAGE = (672, 512)
"""Pixels; as the detector takes it, which is why both are multiples of 32."""


class Drawn(NamedTuple):
    """A line that was drawn: its pixels in blue, green, red, and what it says."""

    line: NDArray[np.uint8]
    says: str


def lines(count: int, seed: int) -> Iterator[Drawn]:
    """Draw lines of 11 to 30 pixels in several colours, in the typeface that Pillow carries."""
    choose = random.Random(seed)  # noqa: S311  # the same lines each time
    for number in range(count):
        size = 11 + number * 20 // count
        font = ImageFont.load_default(size)
        says = " ".join(choose.choices(_WORDS, k=14))
        ink, paper = _COLOURS[number % len(_COLOURS)]
        margin = size // 8
        width = round(font.getlength(says)) + 2 * margin
        image = Image.new("RGB", (width, size + 2 * margin), paper)
        ImageDraw.Draw(image).text((margin, margin), says, ink, font)
        yield Drawn(np.ascontiguousarray(np.asarray(image)[:, :, ::-1]), says)


def page(seed: int) -> Image.Image:
    """Draw a page of lines in sizes of 9 to 26 pixels, far apart and close together."""
    choose = random.Random(seed)  # noqa: S311  # the same page each time
    ink, paper = _COLOURS[seed % len(_COLOURS)]
    image = Image.new("RGB", _PAGE, paper)
    top = 20
    while top < image.height - 40:
        size = choose.choice((9, 11, 13, 16, 20, 26))
        says = " ".join(choose.choices(_WORDS, k=choose.randrange(3, 14)))
        place = (20 + choose.randrange(60), top)
        ImageDraw.Draw(image).text(place, says, ink, ImageFont.load_default(size))
        top += round(size * choose.choice((1.3, 1.6, 2.2)))
    return image
