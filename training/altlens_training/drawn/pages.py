"""Pages of text: printed, written by hand, scanned, tabled, and shown at an angle."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageFilter

from altlens_training.drawn.sheet import Sheet, add, any_colour, gradient, noise


def _column(sheet: Sheet, box: tuple[float, float, float, float], size: int) -> None:
    """Lines of words, in paragraphs or as a list, ragged or flush."""
    rng, (left, top, right, bottom) = sheet.rng, box
    paragraph, listed = rng.choice((0, 3, 5, 8, 12)), rng.random() < 0.15
    leading = size * rng.uniform(1.15, 2.0)
    indent = rng.choice((0.0, size * 2.0))
    y, row = top, 0
    while y < bottom - size:
        x = left + (size * 1.2 if listed else 0.0)
        end = right
        if paragraph and row % paragraph == paragraph - 1:
            end -= rng.random() * (right - left) * 0.8
            y += leading * rng.choice((0, 0.6))
        if paragraph and row % paragraph == 0:
            x += indent
        if listed:
            sheet.pen.ellipse((left, y + size * 0.4, left + size * 0.4, y + size * 0.8), sheet.ink)
        while x < end - size:
            x += sheet.text(x, y, size, 1) + size * 0.32
        if x > right:
            # What runs over the margin is cut off, as in a printed column.
            sheet.pen.rectangle((right, y - 1, right + 9 * size, y + leading - 1), sheet.paper)
        y, row = y + leading, row + 1


def _prose(sheet: Sheet) -> None:
    """Columns under an optional heading, with an optional figure or rule."""
    rng, (width, height) = sheet.rng, sheet.size
    size = rng.randrange(6, max(8, height // 11))
    count = rng.choice((1, 1, 1, 2, 2, 3)) if size < width / 24 else 1
    margin = rng.uniform(0.01, 0.14) * width
    top = rng.uniform(0.02, 0.12) * height
    if rng.random() < 0.5:
        x = margin if rng.random() < 0.6 else width * 0.3
        sheet.text(x, top, int(size * rng.uniform(1.2, 2.4)), rng.randrange(1, 5), bold=True)
        top += size * 3
        if rng.random() < 0.3:
            sheet.pen.line((margin, top - 4, width - margin, top - 4), sheet.ink)
    bottom = (
        height - margin if rng.random() < 0.75 else top + (height - top) * rng.uniform(0.3, 0.9)
    )
    gap = width * rng.uniform(0.03, 0.06)
    wide = (width - 2 * margin + gap) / count
    for column in reversed(range(count)):
        left = margin + column * wide
        _column(sheet, (left, top, left + wide - gap, bottom), size)
    if rng.random() < 0.12:
        x, y = rng.uniform(0.1, 0.5) * width, rng.uniform(0.3, 0.6) * height
        box = (x, y, x + width * 0.35, y + height * 0.25)
        sheet.pen.rectangle(box, any_colour(rng), sheet.ink)


def _table(sheet: Sheet) -> None:
    """Rows and columns of words and numbers, ruled or striped."""
    rng, (width, height) = sheet.rng, sheet.size
    rows, columns = rng.randrange(5, 18), rng.randrange(2, 7)
    left, top = width * rng.uniform(0.02, 0.1), height * rng.uniform(0.03, 0.2)
    wide, high = (width - 2 * left) / columns, (height * 0.96 - top) / rows
    if top > height * 0.1:
        sheet.text(left, height * 0.02, int(high), rng.randrange(2, 5), bold=True)
    ruled, striped = rng.random() < 0.7, rng.random() < 0.3
    size = int(min(high * 0.65, wide / 3, 22))
    for row in range(rows):
        y = top + row * high
        if striped and row % 2:
            band = (np.array(sheet.paper) * 0.9 + np.array(sheet.ink) * 0.1).astype(int)
            sheet.pen.rectangle((left, y, width - left, y + high), tuple(band.tolist()))
        for column in range(columns):
            sheet.text(left + column * wide + 3, y + high * 0.15, size, 1, bold=row == 0)
        if ruled:
            sheet.pen.line((left, y, width - left, y), sheet.ink)
    for column in range(columns + 1) if ruled and rng.random() < 0.6 else ():
        x = left + column * wide
        sheet.pen.line((x, top, x, top + rows * high), sheet.ink)


def _letter(sheet: Sheet) -> None:
    """Sender, salutation, paragraphs and signature; or a form with lines to fill in."""
    rng, (width, height) = sheet.rng, sheet.size
    size = max(7, int(height / rng.uniform(20, 45)))
    margin, y = width * rng.uniform(0.06, 0.14), height * 0.05
    for _ in range(rng.randrange(1, 5)):
        sheet.text(rng.choice((margin, width * 0.6)), y, size, rng.randrange(1, 4))
        y += size * 1.4
    if rng.random() < 0.4:
        while y < height * 0.9:
            y += size * rng.uniform(1.8, 3)
            end = margin + sheet.text(margin, y, size, rng.randrange(1, 4))
            sheet.pen.line((end + 5, y + size, width - margin, y + size), sheet.ink)
        return
    bottom = height * rng.uniform(0.6, 0.85)
    _column(sheet, (margin, y + 2 * size, width - margin, bottom), size)
    hand, sheet.hand = sheet.hand, "pen"
    sheet.text(margin, height * 0.88, size * 2, 1)
    sheet.hand = hand


def _code(sheet: Sheet) -> None:
    """Short indented lines, some of them coloured."""
    rng, (width, height) = sheet.rng, sheet.size
    size = rng.randrange(8, max(10, height // 14))
    colours = [sheet.ink, sheet.ink, sheet.ink, any_colour(rng)]
    y, depth = size * 0.5, 0
    while y < height - size:
        depth = max(0, min(5, depth + rng.choice((-1, 0, 0, 1))))
        x = size * (0.5 + 1.5 * depth)
        for _ in range(rng.randrange(0, 8)):
            if x < width * 0.9:
                x += sheet.text(x, y, size, 1, ink=rng.choice(colours)) + size * 0.5
        y += size * 1.35


def _on_a_desk(sheet: Sheet) -> None:
    """The sheet as an object: turned a little, on another ground, perhaps with a shadow."""
    rng, (width, height) = sheet.rng, sheet.size
    turn = rng.uniform(-12, 12)
    colours = [any_colour(rng) for _ in range(rng.choice((1, 2)))]
    desk = gradient(rng, (width, height), colours * 2)
    page = sheet.image.convert("RGBA").rotate(turn, Image.Resampling.BICUBIC, expand=True)
    scale = min(width / page.width, height / page.height) * rng.uniform(0.85, 1.1)
    page = page.resize((int(page.width * scale), int(page.height * scale)))
    place = ((width - page.width) // 2, (height - page.height) // 2)
    if rng.random() < 0.5:
        shadow = page.getchannel("A").filter(ImageFilter.GaussianBlur(5))
        desk.paste((20, 20, 20), (place[0] + 4, place[1] + 5), shadow)
    desk.paste(page, place, page)
    sheet.replace(desk)


def _scan(sheet: Sheet) -> None:
    """A scanner's or copier's traces: tilt, grey, grain, stains, a dark edge."""
    rng = sheet.rng
    turn = rng.uniform(-4, 4)
    image = sheet.image.rotate(turn, Image.Resampling.BICUBIC, fillcolor=sheet.paper)
    if rng.random() < 0.5:
        image = image.convert("L").convert("RGB")
    change = rng.uniform(0, 14) * noise(rng, image.size) + rng.uniform(0, 8) * noise(
        rng, image.size, 40
    )
    if rng.random() < 0.4:
        x = np.linspace(0, 1, image.width)[None, :, None]
        change = change - 120 * np.exp(-x * rng.uniform(10, 40))
    sheet.replace(add(image, change))


def page(sheet: Sheet) -> None:
    """A page of one of the layouts above, in type or in handwriting, on screen or on paper."""
    rng = sheet.rng
    sheet.hand = rng.choices(("type", "pen", "bars"), (10, 3, 1))[0]
    if sheet.hand == "pen" and rng.random() < 0.4:
        step = rng.uniform(10, 30)
        for row in range(int(sheet.image.height / step)):
            sheet.pen.line((0, row * step, sheet.image.width, row * step), (170, 190, 220))
    layout = rng.choices((_prose, _table, _letter, _code), (10, 3, 2, 1))[0]
    layout(sheet)
    look = rng.random()
    if look < 0.2:
        _on_a_desk(sheet)
    elif look < 0.5:
        _scan(sheet)
