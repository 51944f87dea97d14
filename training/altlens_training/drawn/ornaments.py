"""Tiled backgrounds, dividers and spacers, to teach triage with."""

from __future__ import annotations

import random

import numpy as np
from PIL import Image, ImageDraw

from altlens_training.drawn.sheet import any_colour


def tiled(rng: random.Random) -> Image.Image:
    """A small motif that is repeated over the whole picture."""
    side = rng.choice((6, 8, 10, 12, 16, 20, 24, 32))
    tile = Image.new("RGB", (side, side), any_colour(rng))
    pen = ImageDraw.Draw(tile)
    for _ in range(rng.randrange(1, 4)):
        box = (
            sorted(rng.randrange(side) for _ in range(2)),
            sorted(rng.randrange(side) for _ in "ab"),
        )
        corners = (box[0][0], box[1][0], box[0][1], box[1][1])
        rng.choice((pen.rectangle, pen.ellipse, pen.line))(corners, fill=any_colour(rng))
    across, down = rng.randrange(6, 28), rng.randrange(6, 20)
    whole = np.tile(np.asarray(tile), (down, across, 1))
    return Image.fromarray(whole)


def divider(rng: random.Random) -> Image.Image:
    """A line between paragraphs: one colour, a ramp or two lines, long and thin."""
    length, thin = rng.randrange(200, 900), rng.randrange(1, 12)
    ramp = np.linspace(0, 1, length)[None, :, None]
    first, second = (np.array(any_colour(rng), float) for _ in range(2))
    if rng.random() < 0.5:
        second = first
    line = np.repeat(first + (second - first) * ramp, thin, 0).round().astype(np.uint8)
    if thin > 3 and rng.random() < 0.5:
        line[thin // 2 :] = any_colour(rng)
    image = Image.fromarray(line)
    return image if rng.random() < 0.8 else image.transpose(Image.Transpose.ROTATE_90)
