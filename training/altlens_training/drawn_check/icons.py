"""Icons as buttons, menus, stores and brands use them.

A glyph is a list of strokes and shapes on a grid of 24 by 24, as icon sets have them.
"""

from __future__ import annotations

import math
import random

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from altlens_training.drawn_check.canvas import Colour, blend, colour, font, to_image

Shape = tuple[str, tuple[float, ...]]
"""A kind and its numbers: "open" and "closed" have the points of a path; "box" its corners and
its radius; "ring" a middle and a radius; "dot" the same, always filled; "arc" a middle, a radius
and two angles in degrees, clockwise from three o'clock."""

_GLYPHS: tuple[tuple[Shape, ...], ...] = (
    (("closed", (3, 11, 12, 3, 21, 11, 21, 21, 14, 21, 14, 15, 10, 15, 10, 21, 3, 21)),),  # house
    (("ring", (10, 10, 6)), ("open", (14.5, 14.5, 21, 21))),  # search
    (("open", (3, 6, 21, 6)), ("open", (3, 12, 21, 12)), ("open", (3, 18, 21, 18))),  # menu
    (("open", (2, 3, 5, 3, 8, 15, 18, 15, 21, 6, 6, 6)), ("dot", (9, 19, 1.6)),
     ("dot", (17, 19, 1.6))),  # cart
    (("ring", (12, 8, 4)), ("arc", (12, 22, 8, 180, 360))),  # person
    (("closed", (5, 17, 6, 10, 9, 6, 15, 6, 18, 10, 19, 17)), ("open", (3, 17, 21, 17)),
     ("dot", (12, 20, 1.6)), ("open", (12, 3, 12, 6))),  # bell
    (("closed", (12, 2, 15, 9, 22, 9.5, 16.5, 14, 18.5, 21, 12, 17, 5.5, 21, 7.5, 14, 2, 9.5,
     9, 9)),),
    (("closed", (12, 20, 4, 12, 3.5, 8, 6, 5, 9, 5, 12, 8, 15, 5, 18, 5, 20.5, 8, 20, 12)),),
      # heart
    (("open", (4, 13, 9, 18, 20, 6)),),  # tick
    (("open", (5, 5, 19, 19)), ("open", (19, 5, 5, 19))),  # cross
    (("open", (12, 4, 12, 20)), ("open", (4, 12, 20, 12))),  # plus
    (("open", (4, 12, 20, 12)), ("open", (13, 5, 20, 12, 13, 19))),  # arrow
    (("open", (9, 4, 17, 12, 9, 20)),),  # chevron
    (("open", (12, 3, 12, 15)), ("open", (7, 10, 12, 15, 17, 10)), ("open", (4, 20, 20, 20))),
    (("dot", (6, 12, 3)), ("dot", (18, 5, 3)), ("dot", (18, 19, 3)), ("open", (18, 5, 6, 12,
     18, 19))),
    (("closed", (6, 3, 20, 12, 6, 21)),),  # play
    (("box", (6, 4, 10, 20, 1)), ("box", (14, 4, 18, 20, 1))),  # pause
    (("box", (2, 7, 22, 20, 2)), ("ring", (12, 13.5, 4)), ("open", (8, 7, 10, 4, 14, 4, 16, 7))),
    (("box", (5, 11, 19, 21, 2)), ("arc", (12, 11, 5, 180, 360))),  # lock
    (("box", (2, 5, 22, 19, 2)), ("open", (2, 6, 12, 13, 22, 6))),  # mail
    (("closed", (12, 22, 6, 13, 5, 9, 7, 5, 12, 3, 17, 5, 19, 9, 18, 13)), ("ring", (12, 9, 2.5))),
    (("ring", (12, 12, 9)), ("open", (12, 6, 12, 12, 16, 14))),  # clock
    (("box", (3, 5, 21, 21, 2)), ("open", (3, 10, 21, 10)), ("open", (8, 2, 8, 6)),
     ("open", (16, 2, 16, 6))),  # calendar
    (("closed", (3, 4, 21, 4, 21, 16, 11, 16, 6, 21, 6, 16, 3, 16)),),  # speech
    (("dot", (12, 19, 1.8)), ("arc", (12, 19, 6, 225, 315)), ("arc", (12, 19, 11, 225, 315)),
     ("arc", (12, 19, 16, 225, 315))),  # wireless
    (("box", (2, 7, 20, 17, 2)), ("box", (4, 9, 12, 15, 0)), ("open", (22, 10, 22, 14))),  # battery
    (("closed", (2, 5, 9, 5, 11, 8, 22, 8, 22, 20, 2, 20)),),  # folder
    (("open", (4, 6, 20, 6)), ("closed", (6, 6, 7, 21, 17, 21, 18, 6)), ("open", (9, 6, 9, 3,
     15, 3, 15, 6))),
    (("closed", (1, 12, 6, 7, 12, 5, 18, 7, 23, 12, 18, 17, 12, 19, 6, 17)), ("ring", (12, 12, 3))),
    (("ring", (12, 12, 10)), ("dot", (8.5, 9.5, 1.5)), ("dot", (15.5, 9.5, 1.5)),
     ("arc", (12, 13, 5, 20, 160))),  # smile
    (("ring", (12, 12, 10)), ("open", (2, 12, 22, 12)), ("arc", (4, 12, 11, 300, 60)),
     ("arc", (20, 12, 11, 120, 240))),  # globe
    (("open", (5, 22, 5, 3)), ("closed", (5, 3, 20, 3, 16, 8, 20, 13, 5, 13))),  # flag
    (("closed", (3, 21, 4, 16, 16, 4, 20, 8, 8, 20)),),  # pencil
    (("closed", (13, 2, 4, 14, 11, 14, 10, 22, 20, 9, 13, 9)),),  # lightning
    (("arc", (8, 15, 5, 90, 270)), ("arc", (13, 11, 6, 190, 340)), ("arc", (18, 15, 5, 280, 90)),
     ("open", (8, 20, 18, 20))),  # cloud
    (("ring", (12, 12, 5)), *(("open", (12 + 7 * math.cos(a), 12 + 7 * math.sin(a),
      12 + 10 * math.cos(a), 12 + 10 * math.sin(a))) for a in np.arange(8) * math.pi / 4)),  # sun
    (("ring", (12, 12, 3)), ("closed", tuple(
        12 + (9.5 if step % 4 in (0, 1) else 7) * turn(step * math.pi / 16)
        for step in range(32) for turn in (math.cos, math.sin)))),  # gear
    (("closed", (5, 4, 9, 3, 11, 8, 8.5, 10, 14, 15.5, 16, 13, 21, 15, 20, 19, 17, 21, 9, 16,
     4, 8)),),
    (("box", (5, 2, 19, 22, 2)), ("open", (9, 18, 15, 18))),  # telephone
    (("closed", (12, 2, 20, 5, 19, 14, 12, 22, 5, 14, 4, 5)), ("open", (8, 11, 11, 14, 16, 8))),
)  # fmt: skip

_SIDE = 512
"""Glyphs are drawn on this many pixels and then made small."""


def icon(rng: random.Random) -> Image.Image:
    """A glyph or a brand's initials, bare or on a badge, 24 to 512 pixels wide."""
    ground, badge, ink = _colours(rng)
    shape = rng.choice(("none", "none", "disc", "square", "squircle"))
    image = Image.new("RGB", (_SIDE, _SIDE), ground)
    room = rng.uniform(0.68, 0.98)
    if shape == "none":
        ink = _readable(rng, ground)
    else:
        _lay_badge(rng, image, shape, badge, room)
        room *= rng.uniform(0.45, 0.65)
    mask = _initials(rng, room) if rng.random() < 0.15 else _glyph(rng, room)
    if rng.random() < 0.1:
        shadow = mask.filter(ImageFilter.GaussianBlur(10))
        image.paste(blend(badge, (0, 0, 0), 0.6), (8, 14), shadow)
    image.paste(_paint(rng, ink), (0, 0), mask)
    if rng.random() < 0.15:  # room around it, as a strip's cell has
        wide = round(_SIDE * rng.uniform(1.1, 2.2))
        roomy = Image.new("RGB", (wide, _SIDE), ground)
        roomy.paste(image, ((wide - _SIDE) // 2, 0))
        image = roomy
    high = rng.choice((24, 32, 48, 64, 96, 128, 180, 256, 512))
    size = (round(high * image.width / _SIDE), high)
    return image.resize(size, Image.Resampling.LANCZOS)


def _colours(rng: random.Random) -> tuple[Colour, Colour, Colour]:
    """Ground, badge, and ink on the badge."""
    ground: Colour = (255, 255, 255)
    if rng.random() < 0.3:
        ground = rng.choice(((245, 245, 247), (24, 26, 30), colour(rng, (0, 0.6), (0.1, 0.95))))
    badge = colour(rng, (0.3, 1), (0.25, 0.6))
    while max(abs(a - b) for a, b in zip(ground, badge, strict=True)) < 70:
        badge = colour(rng, (0.3, 1), (0.2, 0.8))
    return ground, badge, rng.choice(((255, 255, 255), _readable(rng, badge)))


def _luma(shade: Colour) -> float:
    return 0.299 * shade[0] + 0.587 * shade[1] + 0.114 * shade[2]


def _readable(rng: random.Random, ground: Colour) -> Colour:
    """A colour that stands out from a ground; mostly nearly black or nearly white."""
    dark = _luma(ground) > 128
    if rng.random() < 0.5:
        return (30, 32, 36) if dark else (250, 250, 250)
    while True:
        ink = colour(rng, (0.2, 1), (0, 0.5) if dark else (0.6, 1))
        if abs(_luma(ink) - _luma(ground)) > 80:
            return ink


def _paint(rng: random.Random, ink: Colour) -> Image.Image:
    """The ink, one time of five shaded from top to bottom."""
    if rng.random() < 0.8:
        return Image.new("RGB", (_SIDE, _SIDE), ink)
    return _shaded(ink, blend(ink, colour(rng), 0.4))


def _shaded(first: Colour, last: Colour) -> Image.Image:
    level = np.linspace(0, 1, _SIDE)[:, None, None]
    rows = np.asarray(first) * (1 - level) + np.asarray(last) * level
    return to_image(np.broadcast_to(rows, (_SIDE, _SIDE, 3)))


def _lay_badge(
    rng: random.Random, image: Image.Image, shape: str, badge: Colour, room: float
) -> None:
    low, high = _SIDE * (1 - room) / 2, _SIDE * (1 + room) / 2
    mask = Image.new("L", (_SIDE, _SIDE))
    radius = {"disc": room / 2, "square": rng.choice((0, 0.04)), "squircle": room * 0.23}[shape]
    ImageDraw.Draw(mask).rounded_rectangle((low, low, high, high), _SIDE * radius, 255)
    paint = Image.new("RGB", (_SIDE, _SIDE), badge)
    if rng.random() < 0.35:
        paint = _shaded(blend(badge, (255, 255, 255), 0.3), blend(badge, colour(rng), 0.4))
    if rng.random() < 0.15:
        soft = mask.filter(ImageFilter.GaussianBlur(12)).point([v // 2 for v in range(256)])
        image.paste((0, 0, 0), (0, 10), soft)
    image.paste(paint, (0, 0), mask)


def _glyph(rng: random.Random, room: float) -> Image.Image:
    """A mask of one glyph, in strokes or filled, sometimes mirrored or turned."""
    unit = _SIDE * room / 24
    stencil = _Stencil(unit, max(2, round(unit * rng.uniform(1, 2.6))), rng.random() < 0.5)
    for kind, numbers in rng.choice(_GLYPHS):
        stencil.lay(kind, numbers)
    if rng.random() < 0.2:
        return stencil.mask.transpose(rng.choice(list(Image.Transpose)))
    return stencil.mask


class _Stencil:
    """A glyph being drawn: `unit` pixels a step of the grid, strokes `wide` pixels.

    In a filled glyph, what lies within a filled shape is cut out of it.
    """

    def __init__(self, unit: float, wide: int, filled: bool) -> None:
        self.mask, self._solid = (Image.new("L", (_SIDE, _SIDE)) for _ in range(2))
        self._pens = [ImageDraw.Draw(self.mask), ImageDraw.Draw(self._solid)]
        self._unit, self._wide, self._filled = unit, wide, filled

    def lay(self, kind: str, numbers: tuple[float, ...]) -> None:
        """Draw one shape of a glyph."""
        draw = {"open": self._path, "closed": self._path, "box": self._box}.get(kind, self._round)
        draw(kind, numbers)

    def _places(self, numbers: tuple[float, ...]) -> list[tuple[float, float]]:
        pairs = zip(numbers[::2], numbers[1::2], strict=True)
        return [tuple(_SIDE / 2 + self._unit * (n - 12) for n in pair) for pair in pairs]  # type: ignore[misc]

    def _ink(self, point: tuple[float, float]) -> int:
        return 0 if self._solid.getpixel((round(point[0]), round(point[1]))) else 255

    def _path(self, kind: str, numbers: tuple[float, ...]) -> None:
        points = self._places(numbers)
        if kind == "closed" and self._filled:
            for pen in self._pens:
                pen.polygon(points, 255)
            return
        pen, half = self._pens[0], self._wide / 2
        x, y = zip(*points, strict=True)
        ink = self._ink((sum(x) / len(x), sum(y) / len(y)))
        if kind == "closed":
            points += points[:2]
        pen.line(points, ink, self._wide, "curve")
        for left, top in (points[0], points[-1]):
            pen.ellipse((left - half, top - half, left + half, top + half), ink)

    def _box(self, _: str, numbers: tuple[float, ...]) -> None:
        corners, radius = self._places(numbers[:4]), self._unit * numbers[4]
        middle = self._places(((numbers[0] + numbers[2]) / 2, (numbers[1] + numbers[3]) / 2))
        ink = self._ink(middle[0])
        fill = ink if self._filled else None
        self._pens[0].rounded_rectangle(corners, radius, fill, ink, self._wide)
        if self._filled:
            self._pens[1].rounded_rectangle(corners, radius, ink)

    def _round(self, kind: str, numbers: tuple[float, ...]) -> None:
        x, y, reach = numbers[:3]
        box = self._places((x - reach, y - reach, x + reach, y + reach))
        if kind == "arc":
            middle = math.radians((numbers[3] + numbers[4] + 360 * (numbers[3] > numbers[4])) / 2)
            edge = self._places((x + reach * math.cos(middle), y + reach * math.sin(middle)))
            self._pens[0].arc(box, numbers[3], numbers[4], self._ink(edge[0]), self._wide)
            return
        ink = self._ink(self._places((x, y))[0])
        filled = self._filled or kind == "dot"
        self._pens[0].ellipse(box, ink if filled else None, ink, self._wide)
        if self._filled:
            self._pens[1].ellipse(box, ink)


def _initials(rng: random.Random, room: float) -> Image.Image:
    """A mask of one or two letters."""
    mask = Image.new("L", (_SIDE, _SIDE))
    letters = "".join(rng.sample("ABCDEFGHKLMNPRSTVWXYZ", rng.choice((1, 1, 2))))
    face = rng.choice(("sans bold", "serif bold", "round", "serif italic"))
    letter = font(face, round(_SIDE * room * (1.1 if len(letters) == 1 else 0.75)))
    ImageDraw.Draw(mask).text((_SIDE / 2, _SIDE / 2), letters, 255, letter, "mm")
    return mask
