"""Maps that judge triage: a city by blocks, contours of height, lines of a railway."""

from __future__ import annotations

import random
from math import pi

import numpy as np
from PIL import Image, ImageDraw

from altlens_training.drawn_check.canvas import blend, colour, font, to_image

_SIZES = ((600, 400), (512, 512), (400, 600), (800, 500), (320, 240))


def map_(rng: random.Random) -> Image.Image:
    """One of three kinds, each as often."""
    return rng.choice((_city, _heights, _railway))(rng, rng.choice(_SIZES))


def _label(rng: random.Random, pen: ImageDraw.ImageDraw, x: float, y: float) -> None:
    name = "".join(rng.choice("aeioulmnrst") for _ in range(rng.randrange(4, 10))).title()
    pen.text((x, y), name, blend((0, 0, 0), colour(rng), 0.3), font("sans", rng.randrange(10, 17)))


def _city(rng: random.Random, size: tuple[int, int]) -> Image.Image:
    """Blocks of houses between streets, a river across, the picture turned a little."""
    wide = max(size) * 3 // 2
    image = Image.new("RGB", (wide, wide), colour(rng, (0, 0.2), (0.85, 1)))
    pen = ImageDraw.Draw(image)
    street = rng.randrange(5, 14)
    block = colour(rng, (0, 0.3), (0.75, 0.92))
    y = 0
    while y < wide:
        high, x = rng.randrange(25, 80), 0
        while x < wide:
            across = rng.randrange(25, 110)
            park = (185, 220, 165) if rng.random() < 0.1 else block
            pen.rectangle((x, y, x + across, y + high), park, blend(park, (90, 90, 90), 0.3))
            x += across + street
        y += high + rng.choice((street, street, 2 * street))
    river = [(x, wide * 0.5 + wide * 0.2 * np.sin(x / 130)) for x in range(-20, wide + 20, 20)]
    pen.line(river, (160, 200, 230), rng.randrange(20, 60), joint="curve")
    turned = image.rotate(rng.uniform(-40, 40), Image.Resampling.BICUBIC)
    left, top = (wide - size[0]) // 2, (wide - size[1]) // 2
    part = turned.crop((left, top, left + size[0], top + size[1]))
    pen = ImageDraw.Draw(part)
    for _ in range(rng.randrange(4, 12)):
        _label(rng, pen, rng.uniform(0, size[0]), rng.uniform(0, size[1]))
    return part


def _heights(rng: random.Random, size: tuple[int, int]) -> Image.Image:
    """Tints by height with contour lines between them."""
    y, x = np.mgrid[0 : size[1], 0 : size[0]] / 100.0
    height = sum(
        rng.uniform(0.3, 1) * np.sin(rng.uniform(0.3, 2) * (x * np.cos(a) + y * np.sin(a)) + a)
        for a in (rng.uniform(0, 2 * pi) for _ in range(6))
    )
    level = np.digitize(height, np.linspace(-2, 2, rng.randrange(6, 14)))
    low, high = colour(rng, (0.2, 0.7), (0.6, 0.9)), colour(rng, (0.1, 0.5), (0.5, 0.9))
    tints = np.array([blend(low, high, k / level.max()) for k in range(level.max() + 1)], float)
    picture = tints[level]
    line = np.zeros(level.shape, bool)
    line[1:] |= level[1:] != level[:-1]
    line[:, 1:] |= level[:, 1:] != level[:, :-1]
    picture[line] = (140, 100, 70)
    image = to_image(picture)
    pen = ImageDraw.Draw(image)
    for _ in range(rng.randrange(2, 9)):
        _label(rng, pen, rng.uniform(0, size[0]), rng.uniform(0, size[1]))
    return image


def _railway(rng: random.Random, size: tuple[int, int]) -> Image.Image:
    """Thick lines with stops and names, on white or a tint."""
    image = Image.new("RGB", size, blend((255, 255, 255), colour(rng), 0.08))
    pen = ImageDraw.Draw(image)
    for _ in range(rng.randrange(3, 8)):
        stops = [(rng.uniform(0, size[0]), rng.uniform(0, size[1]))]
        for _ in range(rng.randrange(3, 8)):
            (x, y), step = stops[-1], rng.uniform(40, 120)
            across, down = rng.choice(((1, 0), (0, 1), (0.7, 0.7), (0.7, -0.7), (-1, 0)))
            stops.append((x + step * across, y + step * down))
        pen.line(stops, colour(rng, (0.5, 1), (0.3, 0.6)), rng.randrange(4, 10), joint="curve")
        for x, y in stops:
            pen.ellipse((x - 5, y - 5, x + 5, y + 5), (255, 255, 255), (30, 30, 30), 2)
            _label(rng, pen, x + 8, y - 6)
    return image
