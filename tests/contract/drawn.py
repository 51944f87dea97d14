"""Pictures whose content is known: a figure of one colour on a ground of another."""

from __future__ import annotations

import itertools

import numpy as np
from PIL import Image, ImageDraw

COLOURS = {
    "red": (210, 30, 30),
    "green": (20, 150, 40),
    "blue": (30, 60, 210),
    "yellow": (240, 220, 30),
    "white": (245, 245, 245),
    "black": (15, 15, 15),
    "orange": (245, 140, 20),
    "purple": (130, 30, 150),
}
FIGURES = ("circle", "square", "bar")
KINDS = [
    (figure, colour, ground)
    for figure, colour, ground in itertools.product(FIGURES, COLOURS, COLOURS)
    if colour != ground
]


def caption_of(kind: tuple[str, str, str]) -> str:
    """Say what is drawn."""
    figure, colour, ground = kind
    return f"a {colour} {figure} on {ground} ground"


def draw(kind: tuple[str, str, str], random: np.random.Generator, side: int = 64) -> Image.Image:
    """Draw it somewhere near the middle, in one of many sizes and shades."""
    figure, *names = kind
    shades = [
        tuple(
            int(v) for v in np.clip(np.array(COLOURS[name]) + random.integers(-12, 13, 3), 0, 255)
        )
        for name in names
    ]
    image = Image.new("RGB", (side, side), shades[1])
    size = side * random.uniform(0.45, 0.7)
    x, y = (random.uniform(0.1 * side, 0.9 * side - size) for _ in range(2))
    box = (x, y, x + size, y + (size * 0.3 if figure == "bar" else size))
    pen = ImageDraw.Draw(image)
    (pen.ellipse if figure == "circle" else pen.rectangle)(box, fill=shades[0])
    return image


def fifty() -> list[Image.Image]:
    """Fifty pictures, no two of one kind; none was seen in training."""
    random = np.random.default_rng(50)
    chosen = random.permutation(len(KINDS))[:50]
    return [draw(KINDS[at], random) for at in chosen]
