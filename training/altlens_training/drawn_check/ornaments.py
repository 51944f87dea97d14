"""Decorations that judge triage: fills, gradients, spacers, dividers and tiled backgrounds."""

from __future__ import annotations

import random
from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw

from altlens_training.drawn_check import blanks
from altlens_training.drawn_check.canvas import blend, colour, to_image


def fill(rng: random.Random) -> Image.Image:
    """One colour."""
    return blanks.fill(rng, rng.choice(blanks.SIZES))


def gradient(rng: random.Random) -> Image.Image:
    """A ramp, a glow or a soft blur of colours."""
    kind = rng.choice((blanks.ramp, blanks.glow, blanks.clouds))
    return kind(rng, rng.choice(blanks.SIZES))


def spacer(rng: random.Random) -> Image.Image:
    """A few pixels of one colour, or a strip that is one pixel thin."""
    shape = rng.choice(((1, 1), (1, 30), (40, 1), (8, 8), (2, 200), (300, 3), (16, 100)))
    return Image.new("RGB", shape, colour(rng))


def divider(rng: random.Random) -> Image.Image:
    """A rule that fades out at its ends, or is dashed."""
    length, high = rng.randrange(240, 1000), rng.randrange(6, 24)
    ground, ink = colour(rng, (0, 0.1), (0.8, 1)), colour(rng)
    x = np.linspace(-1, 1, length)
    there = 1 - np.abs(x) ** rng.choice((1, 2, 4))
    if rng.random() < 0.4:
        period = rng.randrange(6, 24)
        there = (np.arange(length) % period < period * 0.6).astype(float)
    picture = np.tile(np.array(ground, float), (high, length, 1))
    thick = rng.randrange(1, max(2, high // 3))
    top = (high - thick) // 2
    shade = np.array([blend(ground, ink, share) for share in there], float)
    picture[top : top + thick] = shade
    return to_image(picture)


def tiles(rng: random.Random) -> Image.Image:
    """Stripes, checks, dots, zigzags: a wallpaper."""
    side, count = rng.randrange(7, 30), rng.randrange(7, 24)
    first = colour(rng)
    second = blend(first, colour(rng), rng.uniform(0.2, 1))
    tile = Image.new("RGB", (side, side), first)
    pen = ImageDraw.Draw(tile)
    half = side // 2
    kind = rng.randrange(5)
    if kind == 0:
        pen.rectangle((0, 0, half, side), second)
    elif kind == 1:
        pen.rectangle((0, 0, half, half), second)
        pen.rectangle((half + 1, half + 1, side, side), second)
    elif kind == 2:
        pen.ellipse((side * 0.25, side * 0.25, side * 0.75, side * 0.75), second)
    elif kind == 3:
        pen.line((0, half, half, 0, side, half), second, max(1, side // 6))
    else:
        pen.line((0, 0, side, side), second, 1)
        pen.line((0, side, side, 0), second, 1)
    return Image.fromarray(np.tile(np.asarray(tile), (count, count + rng.randrange(12), 1)))


ORNAMENTS: dict[str, Callable[[random.Random], Image.Image]] = {
    "fill": fill,
    "gradient": gradient,
    "spacer": spacer,
    "divider": divider,
    "tiles": tiles,
}
"""Kind to its generator."""
