"""Charts: bars, lines, areas, dots and slices, on light and dark grounds."""

from __future__ import annotations

from math import cos, pi, sin

from altlens_training.drawn.sheet import Colour, Sheet, any_colour, apart

Box = tuple[float, float, float, float]


def _series(sheet: Sheet, count: int) -> list[Colour]:
    """Colours of one family, or any."""
    rng, first = sheet.rng, apart(sheet.rng, sheet.paper, 40)
    if rng.random() < 0.3:
        parts = [0.35 + 0.65 * k / max(1, count - 1) for k in range(count)]
        return [
            tuple(int(p + (f - p) * part) for f, p in zip(first, sheet.paper, strict=True))  # type: ignore[misc]
            for part in parts
        ]
    return [first, *(apart(rng, sheet.paper, 25) for _ in range(count - 1))]


def _legend(sheet: Sheet, colours: list[Colour]) -> None:
    rng, (width, height) = sheet.rng, sheet.size
    size = max(7, height // 30)
    below = rng.random() < 0.4
    x, y = (width * 0.1, height - size * 1.3) if below else (width * 0.76, height * 0.12)
    for colour in colours:
        sheet.pen.rectangle((x, y + size * 0.2, x + size * 0.8, y + size), colour)
        wide = sheet.text(x + size * 1.2, y, size, 1)
        if below:
            x += wide + size * 3
        else:
            y += size * 1.5


def _axes(sheet: Sheet) -> Box:
    """Draw axes, grid, ticks, labels and title, each perhaps; the box inside them."""
    rng, (width, height) = sheet.rng, sheet.size
    left, top = width * rng.uniform(0.04, 0.2), height * rng.uniform(0.04, 0.2)
    right, bottom = width * rng.uniform(0.85, 0.98), height * rng.uniform(0.75, 0.95)
    if rng.random() < 0.15:
        pale = tuple((9 * p + i) // 10 for p, i in zip(sheet.paper, sheet.ink, strict=True))
        sheet.pen.rectangle((left, top, right, bottom), pale)
    faint = tuple((3 * p + i) // 4 for p, i in zip(sheet.paper, sheet.ink, strict=True))
    across, along = rng.random() < 0.55, rng.random() < 0.25
    labels, size, steps = rng.random() < 0.8, max(7, int(height / 28)), rng.randrange(3, 9)
    for step in range(steps + 1):
        y, x = bottom - (bottom - top) * step / steps, left + (right - left) * step / steps
        if across:
            sheet.pen.line((left, y, right, y), faint)
        if along:
            sheet.pen.line((x, top, x, bottom), faint)
        if labels:
            sheet.text(max(1.0, left - size * 2.2), y - size / 2, size, 1)
            sheet.text(x, bottom + 3, size, 1)
    kind, thick = rng.random(), rng.randrange(1, max(2, width // 110))
    if kind < 0.25:
        sheet.pen.rectangle((left, top, right, bottom), None, sheet.ink, thick)
    elif kind < 0.85:
        sheet.pen.line((left, top, left, bottom, right, bottom), sheet.ink, thick)
    if rng.random() < 0.6:
        x = left if rng.random() < 0.5 else width * 0.3
        sheet.text(x, 2, int(size * rng.uniform(1.2, 1.9)), rng.randrange(2, 5), bold=True)
    return left, top, right, bottom


def bars(sheet: Sheet) -> None:
    """Upright or lying; single, in groups or stacked; also a histogram."""
    rng = sheet.rng
    left, top, right, bottom = _axes(sheet)
    count, groups = rng.randrange(2, 16), rng.choice((1, 1, 1, 2, 3))
    stacked, upright = rng.random() < 0.4, rng.random() < 0.72
    fill = rng.choice((1.0, rng.uniform(0.35, 0.95)))
    colours = _series(sheet, groups)
    if groups == 1 and rng.random() < 0.35:
        colours = _series(sheet, count)
    bell = rng.random() < 0.25
    outline = sheet.ink if rng.random() < 0.2 else None
    for bar in range(count):
        base = 0.0
        for group in range(groups):
            size = rng.uniform(0.06, 0.97)
            if bell:
                size = 0.05 + 0.9 * 2.7 ** -(((bar - count / 2) / count * 4) ** 2)
            if stacked:
                size /= groups
            across = fill / count / (1 if stacked else groups)
            start = (bar + 0.02) / count + (0 if stacked else group * across)
            colour = colours[group if groups > 1 else bar % len(colours)]
            x0, y0, x1, y1 = start, base, start + across, base + size
            if not upright:
                x0, y0, x1, y1 = y0, x0, y1, x1
            wide, high = right - left, bottom - top
            box = (left + wide * x0, bottom - high * y1, left + wide * x1, bottom - high * y0)
            sheet.pen.rectangle(box, colour, outline)
            base += size if stacked else 0.0
    if groups > 1 and rng.random() < 0.7:
        _legend(sheet, colours)


def lines(sheet: Sheet) -> None:
    """One to five wandering, rising, falling or waving lines; marks and areas perhaps."""
    rng = sheet.rng
    left, top, right, bottom = _axes(sheet)
    points, marks, area = rng.randrange(3, 70), rng.random() < 0.4, rng.random() < 0.2
    colours = _series(sheet, rng.randrange(1, 6))
    thick = rng.randrange(1, max(3, sheet.image.width // 70))
    for colour in colours:
        value, path, trend = rng.random(), [], rng.uniform(-0.5, 0.5)
        waves = (rng.uniform(0, 0.4), rng.uniform(3, 25), rng.random() * 6)
        waved = rng.random() < 0.35
        for point in range(points):
            part = point / (points - 1)
            value = min(1.0, max(0.0, value + rng.gauss(trend / points, 0.3 / points**0.5)))
            shown = 0.5 + waves[0] * sin(waves[1] * part + waves[2]) if waved else value
            path.append((left + (right - left) * part, bottom - (bottom - top) * shown))
        if area:
            sheet.pen.polygon([(left, bottom), *path, (right, bottom)], colour)
        sheet.pen.line(path, colour, thick, joint="curve")
        r = thick + 2
        for x, y in path if marks and points < 25 else ():
            sheet.pen.ellipse((x - r, y - r, x + r, y + r), colour)
    if len(colours) > 1 and rng.random() < 0.6:
        _legend(sheet, colours)


def dots(sheet: Sheet) -> None:
    """Clouds of dots, alike or of different sizes, perhaps with a line through them."""
    rng = sheet.rng
    left, top, right, bottom = _axes(sheet)
    radius, ring = rng.uniform(1, 6), rng.random() < 0.25
    colours = _series(sheet, rng.randrange(1, 4))
    slope, spread = rng.uniform(-0.9, 0.9), rng.uniform(0.05, 0.3)
    for colour in colours:
        a, b = rng.uniform(0.2, 0.8), rng.uniform(0.2, 0.8)
        uneven = rng.random() < 0.25
        for _ in range(rng.randrange(12, 140)):
            dx = rng.gauss(0, spread)
            x = left + (right - left) * (a + dx)
            y = bottom - (bottom - top) * (b + slope * dx + rng.gauss(0, spread / 2))
            r = radius * rng.uniform(0.5, 3) if uneven else radius
            if left < x < right and top < y < bottom:
                box = (x - r, y - r, x + r, y + r)
                sheet.pen.ellipse(box, None if ring else colour, colour)
    if rng.random() < 0.25:
        sheet.pen.line((left, bottom, right, top + (bottom - top) * 0.2), any_colour(rng), 2)


def pie(sheet: Sheet) -> None:
    """A disc or ring in slices, perhaps with a legend, labels, or a slice pulled out."""
    rng, (width, height) = sheet.rng, sheet.size
    radius = min(width, height) * rng.uniform(0.25, 0.48)
    x, y = width * rng.uniform(0.38, 0.58), height * rng.uniform(0.47, 0.56)
    cuts = sorted(rng.uniform(0, 360) for _ in range(rng.randrange(2, 9)))
    colours = _series(sheet, len(cuts))
    border = rng.choice((None, sheet.paper, sheet.ink))
    pulled = rng.randrange(len(cuts)) if rng.random() < 0.2 else -1
    for index, (start, end) in enumerate(zip(cuts, [*cuts[1:], cuts[0] + 360], strict=True)):
        middle = (start + end) / 360 * pi
        out = radius * 0.12 if index == pulled else 0.0
        cx, cy = x + out * cos(middle), y + out * sin(middle)
        box = (cx - radius, cy - radius, cx + radius, cy + radius)
        sheet.pen.pieslice(box, start, end, colours[index], border)
        if border == sheet.ink or rng.random() < 0.3:
            away = radius * rng.choice((0.6, 1.05))
            sheet.text(x + away * cos(middle), y + away * sin(middle), max(7, height // 28), 1)
    if rng.random() < 0.35:
        hole = radius * rng.uniform(0.3, 0.75)
        sheet.pen.ellipse((x - hole, y - hole, x + hole, y + hole), sheet.paper)
    if rng.random() < 0.5:
        _legend(sheet, colours)
    if rng.random() < 0.5:
        sheet.text(width * 0.2, 2, max(9, height // 18), rng.randrange(2, 5), bold=True)
