"""Pictures of coloured fields and shapes, drawn by code: any number, no two alike."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw

WIDTH, HEIGHT = 320, 240


def drawn_pictures(count: int, seed: int = 7) -> list[Image.Image]:
    """Draw pictures of mode RGB; the same for the same seed."""
    random = np.random.default_rng(seed)
    return [_drawn(random) for _ in range(count)]


def _drawn(random: np.random.Generator) -> Image.Image:
    fields = random.integers(0, 256, (6, 8, 3), dtype=np.uint8)
    picture = Image.fromarray(fields).resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC)
    pen = ImageDraw.Draw(picture)
    for _ in range(random.integers(3, 25)):
        left, top = int(random.integers(0, WIDTH)), int(random.integers(0, HEIGHT))
        width, height = (int(value) for value in random.integers(10, 100, 2))
        red, green, blue = (int(value) for value in random.integers(0, 256, 3))
        draw = pen.ellipse if random.integers(0, 2) else pen.rectangle
        draw((left, top, left + width, top + height), fill=(red, green, blue))
    return picture
