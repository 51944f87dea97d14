"""Pictures with nothing on them: fills, ramps, glows, paper, empty boxes."""

from __future__ import annotations

import math
import random

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from altlens_training.drawn_check.canvas import Colour, blend, colour, noise, to_image

SIZES = (
    (300, 250), (728, 90), (160, 600), (1200, 630), (800, 600), (600, 800), (400, 400), (64, 64),
    (1600, 400), (320, 180), (120, 120), (240, 60), (512, 384), (1000, 1000),
)  # fmt: skip


def blank(rng: random.Random) -> Image.Image:
    """One of seven kinds; one in seven is a fill of a single colour."""
    size = rng.choice(SIZES)
    return rng.choice((fill, ramp, glow, _grain, _paper, clouds, _box))(rng, size)


def _ground(rng: random.Random) -> Colour:
    """White and greys are half of what pages have for empty pictures."""
    if rng.random() < 0.5:
        return colour(rng, (0, 0.05), rng.choice(((0.85, 1), (0.5, 1), (0, 0.3))))
    return colour(rng)


def fill(rng: random.Random, size: tuple[int, int]) -> Image.Image:
    """One colour."""
    return Image.new("RGB", size, _ground(rng))


def _grid(size: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    width, height = size
    y, x = np.mgrid[0 : 1 : height * 1j, 0 : 1 : width * 1j]
    return x, y


def _stops(rng: random.Random, level: np.ndarray, count: int) -> np.ndarray:
    """Colours along `level`, which is 0 to 1, between `count` random stops."""
    places = np.linspace(0, 1, count)
    first = _ground(rng)
    stops = [first, *(blend(first, colour(rng), rng.uniform(0.15, 1)) for _ in range(count - 1))]
    columns = [np.interp(level, places, [stop[part] for stop in stops]) for part in range(3)]
    return np.stack(columns, -1)


def ramp(rng: random.Random, size: tuple[int, int]) -> Image.Image:
    """A ramp between two or three colours."""
    x, y = _grid(size)
    turn = rng.choice((0, math.pi / 2, math.pi / 4, rng.uniform(0, math.tau)))
    along = (x - 0.5) * math.cos(turn) + (y - 0.5) * math.sin(turn)
    level = (along - along.min()) / (along.max() - along.min())
    return to_image(_stops(rng, level, rng.choice((2, 2, 3))))


def glow(rng: random.Random, size: tuple[int, int]) -> Image.Image:
    """Light that falls off from a point."""
    x, y = _grid(size)
    distance = np.hypot(x - rng.uniform(0.2, 0.8), y - rng.uniform(0.2, 0.8))
    return to_image(_stops(rng, (distance / rng.uniform(0.5, 1.1)).clip(0, 1), 2))


def _grain(rng: random.Random, size: tuple[int, int]) -> Image.Image:
    """What a camera or a scanner makes of nothing: noise, often of one channel, darker edges."""
    width, height = size
    x, y = _grid(size)
    shade = 1 - rng.uniform(0, 0.35) * ((x - 0.5) ** 2 + (y - 0.5) ** 2)
    channels = rng.choice((1, 3))
    grain = noise(rng, (height, width, channels), rng.uniform(2, 14))
    return to_image(np.asarray(_ground(rng)) * shade[..., None] + grain)


def _paper(rng: random.Random, size: tuple[int, int]) -> Image.Image:
    """Paper, plaster or cloth: noise of two scales on a pale or muted ground."""
    width, height = size
    ground = np.asarray(colour(rng, (0, 0.35), (0.35, 0.97)), float)
    fine = noise(rng, (height, width), rng.uniform(2, 7))
    fine += np.roll(fine, 1, axis=rng.randrange(2))
    coarse = to_image(128 + noise(rng, (height // 8 + 2, width // 8 + 2, 3), 30))
    soft = coarse.resize(size, Image.Resampling.BICUBIC).filter(ImageFilter.GaussianBlur(3))
    mottled = (np.asarray(soft, float).mean(-1) - 128) * rng.uniform(0.1, 0.5)
    return to_image(ground + (fine + mottled)[..., None])


def clouds(rng: random.Random, size: tuple[int, int]) -> Image.Image:
    """A soft blur of two or three colours, as behind the text of a banner."""
    first = _ground(rng)
    side = rng.randrange(2, 4)
    small = Image.new("RGB", (side, side))
    for x in range(side):
        for y in range(side):
            small.putpixel((x, y), blend(first, colour(rng), rng.uniform(0, 0.35)))
    return small.resize(size, Image.Resampling.BICUBIC)


def _box(rng: random.Random, size: tuple[int, int]) -> Image.Image:
    """An empty frame or panel, as a placeholder is."""
    width, height = size
    ground = _ground(rng)
    image = Image.new("RGB", size, ground)
    pen = ImageDraw.Draw(image)
    inset = round(min(size) * rng.choice((0, 0.02, 0.06)))
    line = max(1, round(min(size) * rng.uniform(0.004, 0.03)))
    edge = blend(ground, colour(rng, (0, 0.3)), rng.uniform(0.2, 0.7))
    fill = rng.choice((None, blend(ground, colour(rng), 0.15)))
    radius = round(min(size) * rng.choice((0, 0, 0.05, 0.12)))
    corners = (inset, inset, width - 1 - inset, height - 1 - inset)
    pen.rounded_rectangle(corners, radius, fill, edge, line)
    return image
