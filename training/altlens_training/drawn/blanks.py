"""Pictures with nothing on them."""

from __future__ import annotations

from math import pi

import numpy as np
from PIL import Image, ImageDraw

from altlens_training.drawn.sheet import Colour, Point, Sheet, add, any_colour, gradient, noise

_SHAPES = (
    (260, 260),
    (200, 200),
    (320, 240),
    (240, 320),
    (400, 100),
    (90, 400),
    (640, 360),
    (32, 32),
)


def _near(sheet: Sheet, colour: Colour, most: int) -> Colour:
    shift = [sheet.rng.randint(-most, most) for _ in range(3)]
    r, g, b = (min(255, max(0, c + s)) for c, s in zip(colour, shift, strict=True))
    return r, g, b


def _ground(sheet: Sheet) -> Image.Image:
    rng, first = sheet.rng, any_colour(sheet.rng)
    size = rng.choice(_SHAPES)
    kind = rng.random()
    if kind < 0.4:
        return Image.new("RGB", size, first)
    if kind < 0.65:
        return gradient(rng, size, [first, _near(sheet, first, rng.choice((15, 40, 80)))])
    return gradient(rng, size, [first, *(any_colour(rng) for _ in range(rng.choice((1, 1, 2))))])


def _two_tones(sheet: Sheet, image: Image.Image) -> Image.Image:
    """The rest of the picture in another tone, with a straight or slanting border."""
    rng, (width, height) = sheet.rng, image.size
    colour = any_colour(rng)
    first, second = rng.random(), rng.random()
    if rng.random() < 0.6:
        second = first
    corners: list[Point] = [
        (0, height * first),
        (width, height * second),
        (width, height),
        (0, height),
    ]
    if rng.random() < 0.5:
        corners = [(width * first, 0), (width, 0), (width, height), (width * second, height)]
    ImageDraw.Draw(image).polygon(corners, colour)
    return image


def _border(sheet: Sheet, image: Image.Image) -> Image.Image:
    rng, (width, height) = sheet.rng, image.size
    inset = rng.choice((0, 0, rng.randrange(12)))
    box = (inset, inset, width - 1 - inset, height - 1 - inset)
    ImageDraw.Draw(image).rectangle(box, None, any_colour(rng), rng.randrange(1, 12))
    return image


def _vignette(sheet: Sheet, image: Image.Image) -> Image.Image:
    width, height = image.size
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    away = (x * x + y * y)[:, :, None] ** sheet.rng.uniform(0.7, 2)
    return add(image, -away * sheet.rng.uniform(10, 90))


def _grain(sheet: Sheet, image: Image.Image) -> Image.Image:
    coloured = sheet.rng.random() < 0.3
    strength = sheet.rng.choice((2, 5, 10, 20, 45))
    parts = [noise(sheet.rng, image.size) for _ in range(3 if coloured else 1)]
    return add(image, strength * (np.concatenate(parts, 2) if coloured else parts[0]))


def _paper(sheet: Sheet, image: Image.Image) -> Image.Image:
    """Fibres and stains: noise of several sizes."""
    rng = sheet.rng
    change = sum(
        rng.uniform(0.5, 6) * noise(rng, image.size, coarse) for coarse in (1, 2, 5, 16, 60)
    )
    return add(image, np.asarray(change) * rng.choice((0.5, 1, 2)))


def _fabric(sheet: Sheet, image: Image.Image) -> Image.Image:
    """Threads across and along, or brushed in one direction."""
    rng, (width, height) = sheet.rng, image.size
    y, x = np.mgrid[0:height, 0:width]
    fine = rng.uniform(2, 9)
    weave = np.sin(2 * pi * x / fine) * rng.choice((0, 1)) + np.sin(2 * pi * y / fine)
    change = weave[:, :, None] + noise(rng, image.size) * rng.uniform(0, 1)
    return add(image, change * rng.uniform(2, 14))


def _dust(sheet: Sheet, image: Image.Image) -> Image.Image:
    pen = ImageDraw.Draw(image)
    for _ in range(sheet.rng.randrange(1, 12)):
        x, y = sheet.rng.uniform(0, image.width), sheet.rng.uniform(0, image.height)
        radius = sheet.rng.uniform(0.5, 1.5)
        grey = sheet.rng.randrange(256)
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), (grey, grey, grey))
    return image


_CHANGES = (_two_tones, _border, _vignette, _grain, _grain, _paper, _paper, _fabric, _dust)


def blank(sheet: Sheet) -> None:
    """One colour or a slow gradient, with up to two of: texture, grain, border, second tone."""
    image = _ground(sheet)
    for change in sheet.rng.sample(_CHANGES, sheet.rng.choice((0, 1, 1, 2))):
        image = change(sheet, image)
    sheet.replace(image)
