"""Maps of streets and of countries, to teach triage with; lite does not learn from them."""

from __future__ import annotations

from math import cos, pi, sin

import numpy as np
from PIL import Image

from altlens_training.drawn.sheet import Point, Sheet, any_colour

_LAND = ((242, 239, 233), (232, 228, 216), (225, 235, 215), (250, 248, 240), (214, 224, 205))
_WATER = ((170, 211, 223), (150, 190, 230), (200, 220, 240), (120, 170, 210))
_ROADS = ((255, 255, 255), (252, 214, 164), (247, 250, 191), (233, 144, 160), (180, 180, 180))


def street_map(sheet: Sheet) -> None:
    """A town: blocks, water, parks, roads of several widths, names."""
    rng, (width, height) = sheet.rng, sheet.size
    sheet.replace(Image.new("RGB", sheet.size, rng.choice(_LAND)))
    for _ in range(rng.randrange(2, 7)):
        fill = rng.choice((*_WATER[:2], (200, 225, 180), (205, 235, 176), (225, 220, 210)))
        sheet.pen.polygon(_blob(sheet, rng.uniform(0.1, 0.35)), fill)
    tilt = rng.uniform(0, pi)
    for _ in range(rng.randrange(8, 30)):
        turn = tilt + rng.choice((0, pi / 2)) + rng.gauss(0, 0.12)
        x, y = rng.uniform(0, width), rng.uniform(0, height)
        far = max(width, height)
        bend = rng.gauss(0, 0.1)
        line = [
            (x + t * far * cos(turn + bend * t), y + t * far * sin(turn + bend * t))
            for t in np.linspace(-1, 1, 9)
        ]
        wide = rng.choice((1, 2, 3, 3, 5, 7))
        sheet.pen.line(line, (190, 180, 170), wide + 2)
        sheet.pen.line(line, rng.choice(_ROADS), wide)
    _names(sheet, rng.randrange(3, 15))


def country_map(sheet: Sheet) -> None:
    """Countries or counties in colours, with borders, in the sea or on white."""
    rng, (width, height) = sheet.rng, sheet.size
    count = rng.randrange(6, 40)
    places = np.array([(rng.uniform(0, width), rng.uniform(0, height)) for _ in range(count)])
    y, x = np.mgrid[0:height, 0:width].astype(float)
    waves = [(rng.uniform(0.01, 0.09), rng.uniform(0, 6), rng.uniform(2, 9)) for _ in range(4)]
    for speed, phase, high in waves:
        x, y = x + high * np.sin(speed * y + phase), y + high * np.sin(speed * x + phase)
    far = (x[..., None] - places[:, 0]) ** 2 + (y[..., None] - places[:, 1]) ** 2
    owner = far.argmin(-1)
    tints = [any_colour(rng) for _ in range(rng.randrange(2, 7))]
    palette = np.array([rng.choice(tints) for _ in range(count)], np.uint8)
    palette[[k for k in range(count) if rng.random() < 0.3]] = rng.choice(
        (*_WATER, (255, 255, 255))
    )
    picture = palette[owner]
    edge = np.zeros(owner.shape, bool)
    edge[:, 1:] |= owner[:, 1:] != owner[:, :-1]
    edge[1:] |= owner[1:] != owner[:-1]
    picture[edge] = rng.choice(((255, 255, 255), (60, 60, 60), (150, 150, 150)))
    sheet.replace(Image.fromarray(picture))
    _names(sheet, rng.randrange(0, 12))


def _blob(sheet: Sheet, size: float) -> list[Point]:
    rng, (width, height) = sheet.rng, sheet.size
    x, y = rng.uniform(0, width), rng.uniform(0, height)
    reach = size * max(width, height)
    return [
        (x + reach * rng.uniform(0.5, 1) * cos(t), y + reach * rng.uniform(0.5, 1) * sin(t))
        for t in np.linspace(0, 2 * pi, 14)
    ]


def _names(sheet: Sheet, count: int) -> None:
    rng, (width, height) = sheet.rng, sheet.size
    for _ in range(count):
        sheet.text(rng.uniform(0, width), rng.uniform(0, height), rng.randrange(8, 15), 1)
