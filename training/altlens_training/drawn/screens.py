"""Diagrams, and screenshots of programs, pages and telephones."""

from __future__ import annotations

from itertools import pairwise
from math import atan2, cos, sin

from altlens_training.drawn.sheet import Point, Sheet, any_colour, gradient


def _arrow(sheet: Sheet, start: Point, end: Point, short: float) -> None:
    """A line with a head that stops `short` pixels before its end."""
    angle = atan2(end[1] - start[1], end[0] - start[0])
    x, y = end[0] - short * cos(angle), end[1] - short * sin(angle)
    sheet.pen.line((*start, x, y), sheet.ink, 2)
    wings = [(x - 9 * cos(angle + t), y - 9 * sin(angle + t)) for t in (-0.5, 0.5)]
    sheet.pen.polygon([(x, y), *wings], sheet.ink)


def _places(sheet: Sheet, rows: int, columns: int) -> list[Point]:
    rng, (width, height) = sheet.rng, sheet.size
    return [
        (width * (column + 0.5) / columns, height * (row + 0.5) / rows)
        for row in range(rows)
        for column in range(columns)
        if row == 0 or rng.random() < 0.85
    ]


def diagram(sheet: Sheet) -> None:
    """Boxes, discs or diamonds with words, joined in a chain, a tree or a net."""
    rng, (width, height) = sheet.rng, sheet.size
    rows, columns = rng.randrange(2, 5), rng.randrange(1, 5)
    middles = _places(sheet, rows, columns)
    half = width / columns * rng.uniform(0.25, 0.38), height / rows * rng.uniform(0.2, 0.32)
    joined = list(pairwise(middles))
    kind = rng.random()
    if kind < 0.3:
        joined = [(middles[(k - 1) // 2], middles[k]) for k in range(1, len(middles))]
    elif kind < 0.5:
        joined = [(rng.choice(middles), rng.choice(middles)) for _ in range(2 * len(middles))]
    heads = rng.random() < 0.7
    for start, end in joined:
        if start != end:
            if heads:
                _arrow(sheet, start, end, min(half))
            else:
                sheet.pen.line((*start, *end), sheet.ink, rng.randrange(1, 4))
    fills = [rng.choice((sheet.paper, any_colour(rng), (235, 240, 255))) for _ in range(2)]
    shape = rng.randrange(5)
    for x, y in middles:
        box = (x - half[0], y - half[1], x + half[0], y + half[1])
        fill = rng.choice(fills)
        if shape == 0:
            sheet.pen.rectangle(box, fill, sheet.ink, 2)
        elif shape == 1:
            sheet.pen.rounded_rectangle(box, 10, fill, sheet.ink, 2)
        elif shape == 2:
            sheet.pen.ellipse(box, fill, sheet.ink, 2)
        elif shape == 3:
            r = min(half)
            sheet.pen.ellipse((x - r, y - r, x + r, y + r), fill, sheet.ink, 2)
        else:
            corners = [(box[0], y), (x, box[1]), (box[2], y), (x, box[3])]
            sheet.pen.polygon(corners, fill, sheet.ink, 2)
        size = max(7, min(int(half[1] * 0.5), int(half[0] / 3)))
        sheet.text(x - half[0] * 0.6, y - size / 2, size, 1)


def _photograph(sheet: Sheet, box: tuple[int, int, int, int]) -> None:
    """What stands for a picture in a page: a sky, a ground and a thing or two."""
    rng = sheet.rng
    size = max(4, box[2] - box[0]), max(4, box[3] - box[1])
    picture = gradient(rng, size, [any_colour(rng) for _ in range(3)])
    sheet.image.paste(picture, box[:2])
    for _ in range(rng.randrange(1, 4)):
        x, y = rng.uniform(box[0], box[2]), rng.uniform(box[1], box[3])
        r = min(size) * rng.uniform(0.05, 0.25)
        sheet.pen.ellipse((x - r, y - r, x + r, y + r), any_colour(rng))


def _content(sheet: Sheet, left: float, top: float, right: float) -> None:
    """Lines of text, fields, buttons, pictures and cards down to the bottom."""
    rng, height = sheet.rng, sheet.size[1]
    accent, y = any_colour(rng), top
    while y < height - 12:
        kind = rng.random()
        size = rng.randrange(8, 14)
        if kind < 0.45:
            for _ in range(rng.randrange(1, 5)):
                sheet.text(left, y, size, rng.randrange(2, 7))
                y += size * 1.4
        elif kind < 0.65:
            x = left
            for _ in range(rng.randrange(1, 4)):
                wide = rng.uniform(40, 110)
                fill = rng.choice((accent, sheet.paper))
                sheet.pen.rounded_rectangle((x, y, x + wide, y + 20), 4, fill, sheet.ink)
                sheet.text(x + 6, y + 4, 10, 1)
                x += wide + 8
            y += 27
        else:
            tall = rng.uniform(20, height * 0.3)
            edge = left + (right - left) * rng.uniform(0.3, 1.0)
            _photograph(sheet, (int(left), int(y), int(edge), int(y + tall)))
            y += tall + 8


def screenshot(sheet: Sheet) -> None:
    """A window, a browser, a telephone or a terminal."""
    rng, (width, height) = sheet.rng, sheet.size
    bar = rng.randrange(14, max(16, height // 8))
    if rng.random() < 0.15:
        sheet.pen.rectangle((0, 0, width, height), (rng.randrange(40),) * 3)
        lines = [(0, 220, 0), (230, 230, 230), any_colour(rng)]
        for y in range(bar, height, 15):
            sheet.text(6, y, 11, rng.randrange(1, 8), ink=rng.choice(lines))
    sheet.pen.rectangle((0, 0, width, bar), any_colour(rng))
    side = 6.0 if rng.random() < 0.7 else width - 44.0
    for dot in range(3):
        at = side + dot * 12
        sheet.pen.ellipse((at, bar / 2 - 4, at + 8, bar / 2 + 4), any_colour(rng))
    sheet.text(width * 0.3, bar / 2 - 6, 10, rng.randrange(1, 4))
    top, left = bar + 8.0, 8.0
    if rng.random() < 0.5:
        sheet.pen.rounded_rectangle((8, top, width - 8, top + 18), 8, None, sheet.ink)
        sheet.text(16, top + 3, 10, 1)
        top += 26
    if rng.random() < 0.55:
        left = width * rng.uniform(0.15, 0.33)
        sheet.pen.rectangle((0, bar, left, height), any_colour(rng))
        for row in range(rng.randrange(4, 14)):
            sheet.text(6, bar + 8 + row * 18, 10, 1)
            if rng.random() < 0.3:
                sheet.pen.ellipse(
                    (left - 18, bar + 8 + row * 18, left - 8, bar + 18 + row * 18), sheet.ink
                )
        left += 8
    _content(sheet, left, top, width - 8)
    if rng.random() < 0.3:
        sheet.pen.rectangle((0, height - bar, width, height), any_colour(rng))
        for button in range(4):
            x = width * (button + 0.5) / 4
            sheet.pen.ellipse((x - 6, height - bar / 2 - 6, x + 6, height - bar / 2 + 6), sheet.ink)
    if rng.random() < 0.25:
        left, top, half = width * 0.25, height * 0.3, width * 0.25
        box = (left, top, left + 2 * half, top + half)
        sheet.pen.rounded_rectangle(box, 6, sheet.paper, sheet.ink)
        sheet.text(left + 10, top + 10, 11, 3)
