"""Pictures drawn by code of what is no photograph, with their plain captions.

Without them a captioner trained on photographs calls a page of text a dog. Each kind varies as
much as is cheap: colours, sizes, density, aspect and blur.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from math import cos, pi, sin

from PIL import Image, ImageDraw, ImageFilter, ImageFont

Colour = tuple[int, int, int]
_SIDES = (240, 260, 320, 400, 512)


@dataclass
class Sheet:
    """An empty page, its pen, its ink and its source of chance."""

    rng: random.Random
    image: Image.Image
    pen: ImageDraw.ImageDraw
    ink: Colour
    paper: Colour

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.image.size

    def colour(self) -> Colour:
        """Any colour."""
        return (self.rng.randrange(256), self.rng.randrange(256), self.rng.randrange(256))

    def text(self, x: float, y: float, size: int, words: int, bold: bool = False) -> float:
        """Write made-up words at a place; returns the width written, in pixels."""
        line = " ".join(_word(self.rng) for _ in range(words))
        font = ImageFont.load_default(size)
        self.pen.text((x, y), line, self.ink, font, stroke_width=int(bold))
        return float(self.pen.textlength(line, font))


def _word(rng: random.Random) -> str:
    letters = "etaoinshrdlucmfwypvbgkeeaaoi"
    word = "".join(rng.choice(letters) for _ in range(rng.choice((1, 2, 3, 4, 5, 6, 7, 9))))
    style = rng.random()
    if style < 0.1:
        return str(rng.randrange(10 ** rng.randrange(1, 5)))
    return word.capitalize() if style < 0.25 else word


def _sheet(rng: random.Random) -> Sheet:
    width, height = rng.choice(_SIDES), rng.choice(_SIDES)
    if rng.random() < 0.5:
        paper: Colour = (255, 255, 255)
    else:
        base = rng.randrange(200, 256)
        paper = (base, base - rng.randrange(20), base - rng.randrange(40))
    shade = rng.randrange(90)
    ink: Colour = (shade, shade, shade)
    if rng.random() < 0.15:
        paper, ink = ink, paper
    image = Image.new("RGB", (width, height), paper)
    return Sheet(rng, image, ImageDraw.Draw(image), ink, paper)


def document(sheet: Sheet) -> str:
    """Lines of text, with or without a heading, columns, paragraphs or bullets."""
    rng, (width, height) = sheet.rng, sheet.size
    size = rng.randrange(7, max(9, height // 12))
    columns = rng.choice((1, 1, 1, 2)) if size < 14 else 1
    margin = rng.randrange(4, 40)
    top = float(margin)
    if rng.random() < 0.5:
        sheet.text(margin, top, int(size * rng.uniform(1.2, 2.2)), rng.randrange(1, 5), bold=True)
        top += size * 3
    wide = (width - margin) / columns
    paragraph, bullets = rng.choice((0, 3, 5, 8)), rng.random() < 0.2
    leading = size * rng.uniform(1.2, 1.9)
    for column in range(columns):
        y, row = top, 0
        bottom = height - margin * rng.random() if rng.random() < 0.8 else height * rng.random()
        while y < max(bottom, top + 4 * leading) - size:
            x = margin + column * wide + (size if bullets else 0)
            if bullets:
                sheet.pen.ellipse((x - size, y + 3, x - size + 4, y + 7), sheet.ink)
            end = margin + (column + 1) * wide - margin - size * 2
            if paragraph and row % paragraph == paragraph - 1:
                end -= rng.random() * wide * 0.7
                y += leading * rng.choice((0, 0.6))
            while x < end:
                x += sheet.text(x, y, size, 1) + size * 0.35
            y, row = y + leading, row + 1
    return "text document"


def _axes(sheet: Sheet) -> tuple[float, float, float, float]:
    """Draw axes with ticks, labels and perhaps a grid; the box inside them."""
    rng, (width, height) = sheet.rng, sheet.size
    left, top = width * rng.uniform(0.08, 0.2), height * rng.uniform(0.06, 0.2)
    right, bottom = width * rng.uniform(0.88, 0.97), height * rng.uniform(0.78, 0.92)
    grid, labels = rng.random() < 0.5, rng.random() < 0.75
    steps = rng.randrange(3, 8)
    for step in range(steps + 1):
        y = bottom - (bottom - top) * step / steps
        if grid:
            sheet.pen.line((left, y, right, y), (200, 200, 200))
        if labels:
            sheet.text(2, y - 5, 9, 1)
    sheet.pen.line((left, top, left, bottom, right, bottom), sheet.ink, rng.randrange(1, 4))
    if rng.random() < 0.6:
        sheet.text(width * 0.3, 2, rng.randrange(10, 22), rng.randrange(2, 4))
    return left, top, right, bottom


def bar_chart(sheet: Sheet) -> str:
    """Upright or lying bars of one or many colours."""
    rng = sheet.rng
    left, top, right, bottom = _axes(sheet)
    count, one = rng.randrange(3, 14), sheet.colour()
    fill, upright, same = rng.uniform(0.4, 0.95), rng.random() < 0.7, rng.random() < 0.6
    for bar in range(count):
        tall = rng.uniform(0.08, 0.98)
        colour = one if same else sheet.colour()
        if upright:
            x = left + (right - left) * (bar + 0.1) / count
            box = (x, bottom - (bottom - top) * tall, x + (right - left) * fill / count, bottom)
        else:
            y = top + (bottom - top) * (bar + 0.05) / count
            box = (left, y, left + (right - left) * tall, y + (bottom - top) * fill / count)
        sheet.pen.rectangle(box, colour)
    return "a bar chart"


def line_chart(sheet: Sheet) -> str:
    """One to four wandering lines, with or without marks."""
    rng = sheet.rng
    left, top, right, bottom = _axes(sheet)
    points, marks = rng.randrange(4, 60), rng.random() < 0.4
    for _ in range(rng.randrange(1, 5)):
        value, colour, path = rng.random(), sheet.colour(), []
        for point in range(points):
            value = min(1.0, max(0.0, value + rng.gauss(0.01, 0.6 / points**0.5 / 2)))
            x = left + (right - left) * point / (points - 1)
            path.append((x, bottom - (bottom - top) * value))
        sheet.pen.line(path, colour, rng.randrange(1, 5))
        for x, y in path if marks and points < 20 else []:
            sheet.pen.ellipse((x - 3, y - 3, x + 3, y + 3), colour)
    return "a line chart"


def scatter_plot(sheet: Sheet) -> str:
    """A cloud or several of dots."""
    rng = sheet.rng
    left, top, right, bottom = _axes(sheet)
    radius = rng.uniform(1.5, 5)
    for _ in range(rng.randrange(1, 4)):
        colour, spread = sheet.colour(), rng.uniform(0.05, 0.25)
        a, b, slope = rng.random(), rng.random(), rng.uniform(-0.8, 0.8)
        for _ in range(rng.randrange(15, 120)):
            dx = rng.gauss(0, spread)
            x = min(right, max(left, left + (right - left) * (a + dx)))
            y = bottom - (bottom - top) * (b + slope * dx + rng.gauss(0, spread / 2))
            y = min(bottom, max(top, y))
            sheet.pen.ellipse((x - radius, y - radius, x + radius, y + radius), colour)
    return "a scatter plot"


def pie_chart(sheet: Sheet) -> str:
    """A disc or ring in slices, with or without a legend."""
    rng, (width, height) = sheet.rng, sheet.size
    radius = min(width, height) * rng.uniform(0.25, 0.46)
    x, y = width * rng.uniform(0.35, 0.6), height / 2
    cuts = sorted(rng.uniform(0, 360) for _ in range(rng.randrange(3, 9)))
    for start, end in zip(cuts, [*cuts[1:], cuts[0] + 360], strict=True):
        box = (x - radius, y - radius, x + radius, y + radius)
        sheet.pen.pieslice(box, start, end, sheet.colour(), rng.choice((None, sheet.paper)))
    if rng.random() < 0.3:
        hole = radius * rng.uniform(0.3, 0.6)
        sheet.pen.ellipse((x - hole, y - hole, x + hole, y + hole), sheet.paper)
    if rng.random() < 0.6:
        for row in range(len(cuts)):
            top = 10 + row * 14
            sheet.pen.rectangle((width - 70, top, width - 61, top + 9), sheet.colour())
            sheet.text(width - 56, top - 1, 10, 1)
    return "a pie chart"


def diagram(sheet: Sheet) -> str:
    """Boxes, discs or diamonds with words, joined by arrows."""
    rng, (width, height) = sheet.rng, sheet.size
    columns, rows = rng.randrange(1, 4), rng.randrange(2, 5)
    wide, high = width / columns, height / rows
    fill, shape = rng.choice((None, sheet.colour(), (235, 240, 255))), rng.randrange(3)
    middles = [
        (wide * (c + 0.5), high * (r + 0.5))
        for r in range(rows)
        for c in range(columns)
        if rng.random() < 0.85 or r == 0
    ]
    for (ax, ay), (bx, by) in pairwise(middles):
        sheet.pen.line((ax, ay, bx, by), sheet.ink, 2)
        tip = high * 0.3 if by > ay else 0
        sheet.pen.polygon(
            [(bx - 5, by - tip - 7), (bx + 5, by - tip - 7), (bx, by - tip)], sheet.ink
        )
    for x, y in middles:
        box = (x - wide * 0.36, y - high * 0.28, x + wide * 0.36, y + high * 0.28)
        backing = fill or sheet.paper
        if shape == 0:
            sheet.pen.rectangle(box, backing, sheet.ink, 2)
        elif shape == 1:
            sheet.pen.rounded_rectangle(box, 12, backing, sheet.ink, 2)
        else:
            sheet.pen.ellipse(box, backing, sheet.ink, 2)
        sheet.text(x - wide * 0.25, y - 6, rng.randrange(9, 15), 1)
    return "a diagram"


def screenshot(sheet: Sheet) -> str:
    """A window: bars, a side panel, lines of text, fields, buttons and blocks."""
    rng, (width, height) = sheet.rng, sheet.size
    accent, bar = sheet.colour(), rng.randrange(14, 40)
    sheet.pen.rectangle((0, 0, width, bar), accent)
    for dot in range(3):
        at = 6 + dot * 12 if rng.random() < 0.9 else width - 40 + dot * 12
        sheet.pen.ellipse((at, 5, at + 7, 12), sheet.colour())
    left = 0.0
    if rng.random() < 0.7:
        left = width * rng.uniform(0.15, 0.33)
        shade = rng.randrange(40, 240)
        sheet.pen.rectangle((0, bar, left, height), (shade, shade, min(255, shade + 10)))
        for row in range(rng.randrange(4, 12)):
            sheet.text(6, bar + 8 + row * rng.choice((16, 18, 22)), 10, 1)
    y = bar + 10.0
    while y < height - 20:
        kind = rng.random()
        if kind < 0.5:
            sheet.text(left + 8, y, rng.randrange(9, 14), rng.randrange(2, 8))
            y += 17
        elif kind < 0.75:
            box = (left + 8, y, left + 8 + rng.uniform(40, 110), y + 20)
            sheet.pen.rounded_rectangle(box, 4, rng.choice((accent, sheet.paper)), sheet.ink)
            sheet.text(left + 14, y + 4, 10, 1)
            y += 27
        else:
            tall = rng.uniform(20, 70)
            right = left + 12 + (width - left) * rng.uniform(0.3, 0.9)
            sheet.pen.rectangle((left + 8, y, right, y + tall), sheet.colour())
            y += tall + 8
    return "a screenshot"


def _polygon(cx: float, cy: float, radii: list[float], turn: float) -> list[tuple[float, float]]:
    step = 2 * pi / len(radii)
    return [
        (cx + r * cos(turn + i * step), cy + r * sin(turn + i * step)) for i, r in enumerate(radii)
    ]


def icon(sheet: Sheet) -> str:
    """A few flat shapes in the middle of a plain ground, perhaps on a badge."""
    rng, (width, height) = sheet.rng, sheet.size
    cx, cy, reach = width / 2, height / 2, min(width, height) * rng.uniform(0.2, 0.46)
    colour = rng.choice((sheet.ink, sheet.colour(), sheet.colour()))
    if rng.random() < 0.35:
        box = (cx - reach, cy - reach, cx + reach, cy + reach)
        badge = (sheet.pen.ellipse, sheet.pen.rectangle)[rng.randrange(2)]
        badge(box, colour)
        colour, reach = sheet.paper, reach * 0.6
    for _ in range(rng.choice((1, 1, 2, 3))):
        shape = rng.randrange(5)
        dx, dy = rng.uniform(-0.4, 0.4) * reach, rng.uniform(-0.4, 0.4) * reach
        box = (
            cx + dx - reach * 0.6,
            cy + dy - reach * 0.6,
            cx + dx + reach * 0.6,
            cy + dy + reach * 0.6,
        )
        stroke = max(3, int(reach * rng.uniform(0.08, 0.25)))
        if shape == 0:
            sheet.pen.ellipse(box, rng.choice((None, colour)), colour, stroke)
        elif shape == 1:
            sheet.pen.rounded_rectangle(box, reach / 5, rng.choice((None, colour)), colour, stroke)
        elif shape == 2:
            corners = rng.randrange(3, 9)
            sheet.pen.polygon(_polygon(cx, cy, [reach] * corners, rng.random() * 6), colour)
        elif shape == 3:
            radii = [reach, reach * rng.uniform(0.3, 0.7)] * rng.randrange(4, 10)
            sheet.pen.polygon(_polygon(cx, cy, radii, -pi / 2), colour)
        else:
            path = _polygon(cx, cy, [reach * rng.uniform(0.3, 1) for _ in range(4)], rng.random())
            sheet.pen.line(path, colour, stroke * 2, joint="curve")
    return "an icon"


def blank(sheet: Sheet) -> str:
    """One flat colour, or a slow gradient between two."""
    rng, (width, height) = sheet.rng, sheet.size
    first = rng.choice((sheet.paper, sheet.ink, sheet.colour(), sheet.colour()))
    sheet.pen.rectangle((0, 0, width, height), first)
    if rng.random() < 0.5:
        ramp = Image.linear_gradient("L") if rng.random() < 0.8 else Image.radial_gradient("L")
        ramp = ramp.rotate(rng.choice((0, 90, 180, 270))).resize(sheet.size)
        sheet.image.paste(Image.new("RGB", sheet.size, sheet.colour()), (0, 0), ramp)
    return "a blank image"


KINDS: tuple[Callable[[Sheet], str], ...] = (
    document, bar_chart, line_chart, scatter_plot, pie_chart, diagram, screenshot, icon, blank,
)  # fmt: skip


def draw(index: int, seed: int) -> tuple[Image.Image, str]:
    """Drawn picture number `index` and its caption; the kinds take turns."""
    rng = random.Random(f"{seed}:{index}")
    sheet = _sheet(rng)
    caption = KINDS[index % len(KINDS)](sheet)
    image = sheet.image
    if rng.random() < 0.25:
        image = image.filter(ImageFilter.GaussianBlur(rng.uniform(0.3, 1.2)))
    return image, caption
