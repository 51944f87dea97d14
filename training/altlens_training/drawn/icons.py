"""Icons, symbols and logos: one simple shape on a plain ground."""

from __future__ import annotations

import random
from math import cos, pi, sin

from PIL import Image, ImageDraw, ImageFilter, ImageFont

from altlens_training.drawn.sheet import Colour, Point, Sheet, any_colour, apart, gradient, word

_SHARP = 3
"""Icons are drawn this many times larger and made smaller, for smooth edges."""

# Glyphs in a square from -10 to 10: a letter for what to draw, then coordinates.
# P polygon, L line, D disc (middle, radius), O ring, B box with rounded corners (two corners,
# radius), A arc (middle, radius, start and end in degrees).
_GLYPHS = """
P -9 0 0 -9 9 0 6 0 6 8 -6 8 -6 0; B -2 3 2 8 0
P 0 9 -9 -1 -9 -5 -6 -8 -3 -8 0 -5 3 -8 6 -8 9 -5 9 -1
B -9 -6 9 6 1; L -9 -6 0 1 9 -6
D 0 -4 4; A 0 9 8 180 360; L -8 9 8 9
D 0 -5 4; P -8 9 -6 2 6 2 8 9
B -6 -1 6 9 1; A 0 -2 4 180 360
L -7 6 7 6; P -7 6 -5 2 -5 -3 0 -8 5 -3 5 2 7 6; D 0 8 2
P -6 -8 8 0 -6 8
B -6 -8 -2 8 0; B 2 -8 6 8 0
L -7 0 -2 6 8 -7
L -7 -7 7 7; L -7 7 7 -7
L 0 -8 0 8; L -8 0 8 0
L -8 -6 8 -6; L -8 0 8 0; L -8 6 8 6
D -6 0 2; D 0 0 2; D 6 0 2
O -2 -2 6; L 3 3 9 9
L -9 0 9 0; L 3 -6 9 0 3 6
L 0 9 0 -9; L -6 -3 0 -9 6 -3
P -9 -3 1 -3 1 -8 9 0 1 8 1 3 -9 3
L -4 -8 4 0 -4 8
L -8 -4 0 4 8 -4
O 0 0 9; D -3 -3 1; D 3 -3 1; A 0 1 5 20 160
D 0 0 9; L 0 0 0 -6; L 0 0 4 3
B -9 -7 9 4 3; P -4 3 -6 9 2 4
D -4 1 4; D 1 -2 5; D 6 2 3; B -7 1 8 5 1
D 0 0 4; L 0 -9 0 -6; L 0 9 0 6; L -9 0 -6 0; L 9 0 6 0; L -6 -6 6 6; L -6 6 6 -6
P 0 -9 6 3 4 7 0 9 -4 7 -6 3
L -6 -9 -6 9; P -6 -8 7 -8 4 -4 7 0 -6 0
B -9 -5 7 5 1; B 7 -2 9 2 0; B -7 -3 0 3 0
D 0 7 1; A 0 7 5 225 315; A 0 7 10 225 315; A 0 7 15 225 315
P 0 9 -6 -1 -5 -6 0 -9 5 -6 6 -1; O 0 -3 2
B -9 -5 9 7 2; O 0 1 4; B -3 -8 3 -5 0
L -9 -7 -6 -7 -4 4 7 4 8 -4 -5 -4; D -3 7 1; D 6 7 1
B -5 -5 5 9 1; L -7 -6 7 -6; B -2 -9 2 -7 0; L -2 -2 -2 6; L 2 -2 2 6
P 2 -9 -6 1 -1 1 -3 9 6 -2 1 -2
P -6 -9 6 -9 0 0; P -6 9 6 9 0 0
A 0 0 8 -60 240; P 2 -9 8 -8 4 -3
B -8 -8 -1 -1 0; B 1 -8 8 -1 0; B -8 1 -1 8 0; B 1 1 8 8 0
O 0 0 9; O 0 0 5; D 0 0 2
L 0 -8 0 4; L -5 0 0 5 5 0; L -8 9 8 9
O -5 0 4; L -1 0 9 0; L 6 0 6 4
L -9 9 9 9; B -7 2 -4 9 0; B -2 -2 1 9 0; B 3 -7 6 9 0
P -7 -9 3 -9 7 -5 7 9 -7 9; L -4 -2 4 -2; L -4 2 4 2
D -6 0 3; D 6 -6 3; D 6 6 3; L -6 0 6 -6; L -6 0 6 6
P -9 2 -3 -4 1 0 4 -3 9 2 9 7 -9 7; D 5 -6 2
A -4 0 4 0 360; A 4 0 4 0 360
P -3 9 -5 3 -9 0 -5 -3 -3 -9 0 -4 7 -6 4 0 8 5 2 4
A 0 0 9 60 300; A 3 0 7 80 280
P -9 -4 0 -8 9 -4 0 0; L -5 -2 -5 4 0 6 5 4 5 -2
P -9 -2 -4 -2 1 -7 1 7 -4 2 -9 2; A 2 0 4 -50 50; A 2 0 8 -45 45
O 0 0 9; L -9 0 9 0; A 0 0 9 0 360; L 0 -9 0 9; A -9 0 12 -45 45; A 9 0 12 135 225
O 0 0 9; L 0 -2 0 5; D 0 -5 1
P 0 -9 9 7 -9 7; L 0 -3 0 2; D 0 5 1
B -3 -9 3 3 3; A 0 1 6 0 180; L 0 7 0 9
P -8 -6 -4 -6 -2 -8 2 -8 4 -6 8 -6 8 7 -8 7; D 0 0 3
""".strip().split("\n")


class _Glyph:
    """A drawing place: middle, reach of its square, turn, and how to stroke."""

    def __init__(self, rng: random.Random, image: Image.Image, middle: Point, reach: float) -> None:
        self.rng, self.image, self.pen = rng, image, ImageDraw.Draw(image)
        self.x, self.y, self.reach = *middle, reach
        self.turn = rng.choice((0.0, 0.0, 0.0, rng.uniform(-pi, pi)))
        self.stroke = max(1, round(reach * rng.uniform(0.06, 0.3)))
        self.filled = rng.random() < 0.6

    def at(self, x: float, y: float) -> Point:
        """A place of the -10 to 10 square in the picture."""
        c, s = cos(self.turn), sin(self.turn)
        x, y = x * self.reach / 10, y * self.reach / 10
        return self.x + c * x - s * y, self.y + s * x + c * y

    def polygon(self, points: list[Point], colour: Colour) -> None:
        """Filled or as an outline."""
        if self.filled:
            self.pen.polygon(points, colour)
        else:
            self.line([*points, *points[:2]], colour)

    def line(self, points: list[Point], colour: Colour) -> None:
        """A line with round joints and ends."""
        self.pen.line(points, colour, self.stroke, joint="curve")
        for x, y in (points[0], points[-1]):
            half = self.stroke / 2 - 0.5
            self.pen.ellipse((x - half, y - half, x + half, y + half), colour)

    def part(self, kind: str, n: list[float], colour: Colour) -> None:
        """One part of a glyph of the table."""
        if kind in "PL":
            points = [self.at(x, y) for x, y in zip(n[::2], n[1::2], strict=True)]
            (self.polygon if kind == "P" else self.line)(points, colour)
        elif kind == "B":
            (x0, y0), (x1, y1) = (n[0], n[1]), (n[2], n[3])
            cut = min(n[4], (x1 - x0) / 2, (y1 - y0) / 2)
            corners = ((x1 - cut, y1 - cut), (x0 + cut, y1 - cut), (x0 + cut, y0 + cut),
                       (x1 - cut, y0 + cut))  # fmt: skip
            path = [
                self.at(x + cut * cos(pi / 2 * (q + k / 4)), y + cut * sin(pi / 2 * (q + k / 4)))
                for q, (x, y) in enumerate(corners)
                for k in range(5)
            ]
            self.polygon(path, colour)
        else:
            start, end = (n[3], n[4]) if kind == "A" else (0, 360)
            steps = [pi / 180 * (start + (end - start) * k / 24) for k in range(25)]
            path = [self.at(n[0] + n[2] * cos(a), n[1] + n[2] * sin(a)) for a in steps]
            (self.polygon if kind == "D" else self.line)(path, colour)

    def known(self, colours: list[Colour]) -> None:
        """A glyph of the table."""
        for index, part in enumerate(self.rng.choice(_GLYPHS).split(";")):
            kind, *numbers = part.split()
            # What lies on a filled part needs a colour of its own.
            colour = colours[index % len(colours)] if self.filled else colours[0]
            self.part(kind, [float(n) for n in numbers], colour)

    def star(self, colours: list[Colour]) -> None:
        """A regular polygon, star, gear or flower, perhaps with a hole."""
        rng, count = self.rng, self.rng.randrange(3, 13)
        inner = rng.choice((1.0, 1.0, rng.uniform(0.3, 0.9)))
        tooth = rng.choice((1, 1, 2))
        radii = [r for _ in range(count) for r in (9.5,) * tooth + (9.5 * inner,) * tooth]
        step = 2 * pi / len(radii)
        path = [self.at(r * sin(i * step), -r * cos(i * step)) for i, r in enumerate(radii)]
        self.polygon(path, colours[0])
        if rng.random() < 0.3:
            self.part("D", [0, 0, rng.uniform(1.5, 4)], colours[-1])

    def letters(self, colours: list[Colour]) -> None:
        """One to three capital letters or signs."""
        count = self.rng.choice((1, 1, 1, 2, 3))
        made = "".join(
            self.rng.choice("ABCDEFGHKLMNPQRSTUVWXYZabegkmqrs023456789&?!#@%") for _ in range(count)
        )
        font = ImageFont.load_default(max(8, int(self.reach * 2 / count**0.6)))
        weight = self.rng.choice((0, self.stroke // 3))
        self.pen.text((self.x, self.y), made, colours[0], font, "mm", stroke_width=weight)

    def blob(self, colours: list[Colour]) -> None:
        """A mark without a meaning: a smooth outline, mirrored or turned about its middle."""
        rng = self.rng
        waves = [
            (rng.randrange(1, 6), rng.uniform(0, 0.3), rng.uniform(0, 2 * pi)) for _ in range(3)
        ]
        mirrored = rng.random() < 0.6
        path = []
        for step in range(60):
            angle = 2 * pi * step / 60
            around = abs(angle - pi) if mirrored else angle
            r = 7 * (1 + sum(a * sin(k * around + p) for k, a, p in waves))
            path.append(self.at(r * sin(angle), -r * cos(angle)))
        self.polygon(path, colours[0])

    def strokes(self, colours: list[Colour]) -> None:
        """A few bold strokes, bars or discs side by side."""
        rng = self.rng
        for index in range(rng.randrange(2, 5)):
            n = [rng.uniform(-9, 9) for _ in range(rng.choice((4, 6)))]
            colour = colours[index % len(colours)]
            kind = rng.choice("LLDA")
            if kind == "L":
                self.part("L", n, colour)
            else:
                size = rng.uniform(2, 7)
                angles = [rng.uniform(0, 180), rng.uniform(200, 400)]
                self.part(kind, [n[0] / 2, n[1] / 2, size, *angles], colour)


def _backdrop(sheet: Sheet) -> tuple[Image.Image, Colour]:
    """The ground and a colour like it."""
    rng = sheet.rng
    side = rng.choice((64, 128, 200, 260)) * _SHARP
    size = (side, side) if rng.random() < 0.7 else (side, int(side * rng.uniform(0.5, 1.8)))
    paper = rng.choice(((255, 255, 255), (255, 255, 255), sheet.paper, any_colour(rng)))
    if rng.random() < 0.15:
        return gradient(rng, size, [paper, any_colour(rng)]), paper
    image = Image.new("RGB", size, paper)
    if rng.random() < 0.06:
        step = max(4, side // 16)
        pen = ImageDraw.Draw(image)
        for x in range(0, size[0], step):
            for y in range((x // step % 2) * step, size[1], 2 * step):
                pen.rectangle((x, y, x + step - 1, y + step - 1), (204, 204, 204))
    return image, paper


def _badge(sheet: Sheet, image: Image.Image, middle: Point, reach: float, paper: Colour) -> Colour:
    """A disc, tile, shield or ring that holds the glyph; its colour."""
    rng, (x, y) = sheet.rng, middle
    colour = apart(rng, paper, 25)
    layer = Image.new("L", image.size, 0)
    box = (x - reach, y - reach, x + reach, y + reach)
    pen = ImageDraw.Draw(layer)
    if rng.random() < 0.45:
        pen.ellipse(box, 255)
    else:
        pen.rounded_rectangle(box, reach * rng.choice((0, 0.2, 0.4, 0.6)), 255)
    if rng.random() < 0.2:
        shadow = layer.filter(ImageFilter.GaussianBlur(reach / 12)).point(lambda v: v // 3)
        image.paste((0, 0, 0), (int(reach / 15), int(reach / 10)), shadow)
    fill = Image.new("RGB", image.size, colour)
    if rng.random() < 0.3:
        fill = gradient(rng, image.size, [colour, any_colour(rng)])
    image.paste(fill, (0, 0), layer)
    if rng.random() < 0.25:
        rim = max(2, int(reach * rng.uniform(0.03, 0.12)))
        ImageDraw.Draw(image).ellipse(box, None, any_colour(rng), rim)
    return colour


def icon(sheet: Sheet) -> None:
    """A glyph, alone or on a badge, with or without shadow and a word beneath."""
    rng = sheet.rng
    image, paper = _backdrop(sheet)
    width, height = image.size
    reach = min(width, height) / 2 * rng.choice((rng.uniform(0.25, 0.95), rng.uniform(0.6, 0.98)))
    middle = (width * rng.uniform(0.46, 0.54), height * rng.uniform(0.46, 0.54))
    if rng.random() < 0.1:
        middle = (
            rng.uniform(reach, max(reach, width - reach)),
            rng.uniform(reach, max(reach, height - reach)),
        )
    if rng.random() < 0.35:
        paper = _badge(sheet, image, middle, reach, paper)
        reach *= rng.uniform(0.45, 0.75)
    first = (0, 0, 0) if rng.random() < 0.3 and sum(paper) > 300 else apart(rng, paper, 45)
    colours = [first, apart(rng, first, 40), any_colour(rng)][: rng.choice((1, 2, 3))]
    if len(colours) == 1:
        colours.append(paper)
    glyph = _Glyph(rng, image, middle, reach)
    kind = rng.choices(
        (glyph.known, glyph.star, glyph.letters, glyph.blob, glyph.strokes), (10, 4, 2, 2, 2)
    )[0]
    kind(colours)
    if rng.random() < 0.08:
        size = max(10, int(height * 0.09))
        ImageDraw.Draw(image).text(
            (width / 2, height - size), word(rng), colours[0], ImageFont.load_default(size), "mm"
        )
    small = (max(16, width // _SHARP), max(16, height // _SHARP))
    sheet.replace(image.resize(small, rng.choice((Image.Resampling.LANCZOS, Image.Resampling.BOX))))
