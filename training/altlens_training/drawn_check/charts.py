"""Charts in the manners of spreadsheets, plotting libraries, newspapers and dashboards."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Callable

from PIL import Image, ImageDraw

from altlens_training.drawn_check.canvas import Colour, blend, colour, font

_TITLES = (
    "Revenue by quarter", "Unemployment rate, %", "Population (millions)", "Rainfall in mm",
    "Visitors per month", "Share of respondents", "Energy mix", "Test loss", "Median price",
    "Survey results", "Temperature anomaly", "Units sold", "Budget 2024", "Cases per 100,000",
)  # fmt: skip
_LABELS = (
    "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(),
    list("ABCDEFGHIJKL"),
    [str(year) for year in range(2011, 2023)],
    "Spain Italy Chile Ghana Japan Peru Malta India Kenya Nepal Qatar Egypt".split(),
)
_ORIGINS = "North South East West Men Women Model Baseline Online Retail 2022 2023".split()


def chart(rng: random.Random) -> Image.Image:
    """One of ten kinds of chart, in one of five manners."""
    width = rng.choice((480, 600, 760, 900))
    height = round(width * rng.choice((0.5, 0.6, 0.75, 1.0)))
    figure = _Figure(rng, 2 * width, 2 * height)
    kinds: tuple[Callable[[_Figure], None], ...] = (
        _bars, _stacked, _sideways, _lines, _lines, _areas, _scatter, _pie, _histogram, _candles,
    )  # fmt: skip
    rng.choice(kinds)(figure)
    figure.heading()
    side = rng.choice((240, 360, width, width))
    return figure.image.resize((side, round(side * height / width)), Image.Resampling.LANCZOS)


class _Figure:
    """A chart's ground, axes and colours; it is drawn at twice its size."""

    def __init__(self, rng: random.Random, width: int, height: int) -> None:
        self.rng, self.width, self.height = rng, width, height
        self.manner = rng.choice(("spreadsheet", "library", "grey", "plain", "dark"))
        dark = self.manner == "dark"
        self.ground: Colour = colour(rng, (0.1, 0.4), (0.05, 0.16)) if dark else (255, 255, 255)
        if self.manner == "plain" and rng.random() < 0.4:
            self.ground = colour(rng, (0.2, 0.5), (0.9, 0.97))
        self.ink: Colour = (205, 210, 220) if dark else (60, 60, 65)
        self.face = rng.choice(("sans", "sans light", "serif"))
        self.size = round(min(width, height) * rng.uniform(0.03, 0.045))
        self.image = Image.new("RGB", (width, height), self.ground)
        self.pen = ImageDraw.Draw(self.image)
        self.colours = self._palette()
        self.left, self.right = width * rng.uniform(0.09, 0.13), width * rng.uniform(0.86, 0.97)
        self.top, self.bottom = height * rng.uniform(0.14, 0.2), height * rng.uniform(0.82, 0.88)

    def _palette(self) -> list[Colour]:
        lightness = (0.5, 0.7) if self.manner == "dark" else (0.3, 0.6)
        if self.rng.random() < 0.3:  # shades of one colour
            base = colour(self.rng, (0.4, 1), lightness)
            return [blend(base, self.ground, share) for share in (0, 0.35, 0.55, 0.7, 0.15)]
        return [colour(self.rng, (0.4, 1), lightness) for _ in range(5)]

    def text(self, x: float, y: float, said: str, anchor: str = "mm", larger: float = 1) -> None:
        """A label."""
        letter = font(self.face, round(self.size * larger))
        self.pen.text((x, y), said, self.ink, letter, anchor)

    def heading(self) -> None:
        """The title, where there is one."""
        if self.rng.random() < 0.8:
            title = self.rng.choice(_TITLES)
            if self.manner == "plain":
                self.text(self.left * 0.5, self.height * 0.07, title, "lm", 1.5)
            else:
                self.text(self.width / 2, self.height * 0.07, title, "mm", 1.3)

    def axes(self, labels: list[str], centred: bool = True) -> None:
        """Ground, grid, scale and labels below; `centred` puts them amid their steps."""
        left, right, top, bottom = self.left, self.right, self.top, self.bottom
        faint = blend(self.ink, self.ground, 0.75)
        if self.manner == "grey":
            self.pen.rectangle((left, top, right, bottom), (234, 234, 242))
            faint = (255, 255, 255)
        count = self.rng.randrange(4, 8)
        most = self.rng.choice((1, 5, 20, 100, 250, 4000))
        for tick in range(count + 1):
            y = bottom - (bottom - top) * tick / count
            if self.manner != "library":
                self.pen.line((left, y, right, y), faint, 2)
            else:
                self.pen.line((left - 8, y, left, y), self.ink, 2)
            self.text(left - 12, y, f"{most * tick / count:g}"[:5], "rm")
        if self.manner == "library":
            self.pen.rectangle((left, top, right, bottom), None, self.ink, 2)
        elif self.manner != "grey":
            self.pen.line((left, bottom, right, bottom), self.ink, 3)
        step = (right - left) / len(labels) if centred else (right - left) / (len(labels) - 1)
        for number, label in enumerate(labels):
            self.text(left + step * (number + centred / 2), bottom + self.size, label)

    def legend(self, count: int) -> None:
        """What each colour stands for, below the labels."""
        if self.rng.random() < 0.3:
            return
        x, y = self.left, min(self.bottom + self.size * 2.6, self.height - self.size)
        for name, shade in zip(self.rng.sample(_ORIGINS, count), self.colours, strict=False):
            half = self.size * 0.4
            self.pen.rectangle((x - half, y - half, x + half, y + half), shade)
            self.text(x + self.size * 0.8, y, name, "lm")
            x += self.size * 6

    def up(self, share: float) -> float:
        """The height on the picture of a share of the scale."""
        return self.bottom - (self.bottom - self.top) * share

    def some_labels(self, least: int, most: int) -> list[str]:
        """Labels of one sort."""
        return self.rng.choice(_LABELS)[: self.rng.randrange(least, most)]

    def walk(self, count: int) -> list[float]:
        """A series within 0 to 1."""
        level, drift = self.rng.uniform(0.15, 0.7), self.rng.uniform(-0.02, 0.03)
        drift, rough = drift * 12 / count, self.rng.uniform(0.02, 0.4) / count**0.5
        values = []
        for _ in range(count):
            level = min(0.96, max(0.04, level + drift + self.rng.gauss(0, rough)))
            values.append(level)
        return values

    def path(self, values: list[float]) -> list[tuple[float, float]]:
        """A series as points over the whole width."""
        step = (self.right - self.left) / (len(values) - 1)
        return [(self.left + step * i, self.up(value)) for i, value in enumerate(values)]


def _bars(figure: _Figure) -> None:
    """One to three bars side by side."""
    labels, groups = figure.some_labels(3, 12), figure.rng.choice((1, 1, 2, 3))
    figure.axes(labels)
    step = (figure.right - figure.left) / len(labels)
    wide = step * figure.rng.uniform(0.5, 0.9) / groups
    trend = [figure.walk(len(labels)) for _ in range(groups)]
    for number in range(len(labels)):
        middle = figure.left + step * (number + 0.5)
        for group in range(groups):
            x = middle + (group - groups / 2) * wide
            box = (x, figure.up(trend[group][number]), x + wide - 1, figure.bottom)
            figure.pen.rectangle(box, figure.colours[group])
    if groups > 1:
        figure.legend(groups)


def _stacked(figure: _Figure) -> None:
    labels, parts = figure.some_labels(3, 11), figure.rng.randrange(2, 5)
    figure.axes(labels)
    step = (figure.right - figure.left) / len(labels)
    wide = step * figure.rng.uniform(0.5, 0.95)
    for number in range(len(labels)):
        x, level = figure.left + step * (number + 0.5) - wide / 2, 0.0
        for part in range(parts):
            top = level + figure.rng.uniform(0.05, 0.95 / parts)
            box = (x, figure.up(top), x + wide, figure.up(level))
            figure.pen.rectangle(box, figure.colours[part])
            level = top
    figure.legend(parts)


def _sideways(figure: _Figure) -> None:
    """Bars from the left, with their names before and their values after them."""
    labels = figure.some_labels(3, 11)
    start, step = figure.left + figure.size * 2, (figure.bottom - figure.top) / len(labels)
    values = sorted((figure.rng.uniform(0.05, 0.9) for _ in labels), reverse=True)
    for number, (label, value) in enumerate(zip(labels, values, strict=True)):
        y, half = figure.top + step * (number + 0.5), step * 0.35
        end = start + (figure.right - start) * value
        figure.pen.rectangle((start, y - half, end, y + half), figure.colours[0])
        figure.text(start - 10, y, label, "rm")
        figure.text(end + 10, y, f"{100 * value:.0f}", "lm")


def _lines(figure: _Figure) -> None:
    figure.axes(figure.some_labels(4, 12), centred=False)
    count, points = figure.rng.randrange(1, 5), figure.rng.choice((6, 12, 40, 120))
    marked = points < 40 and figure.rng.random() < 0.6
    for shade in figure.colours[:count]:
        path = figure.path(figure.walk(points))
        figure.pen.line(path, shade, figure.rng.choice((3, 5, 7)), "curve")
        for x, y in path if marked else ():
            figure.pen.ellipse((x - 8, y - 8, x + 8, y + 8), shade)
    figure.legend(count)


def _areas(figure: _Figure) -> None:
    figure.axes(figure.some_labels(4, 12), centred=False)
    points, count = figure.rng.choice((8, 30, 80)), figure.rng.randrange(1, 4)
    total = [0.0] * points
    layers = []
    for _ in range(count):
        total = [
            before + value / count for before, value in zip(total, figure.walk(points), strict=True)
        ]
        layers.append(total)
    for layer, shade in reversed(list(zip(layers, figure.colours, strict=False))):
        ends = [(figure.right, figure.bottom), (figure.left, figure.bottom)]
        figure.pen.polygon([*figure.path(layer), *ends], shade)
    figure.legend(count)


def _scatter(figure: _Figure) -> None:
    rng = figure.rng
    figure.axes([str(n * 10) for n in range(rng.randrange(5, 9))], centred=False)
    wide, high = figure.right - figure.left, figure.bottom - figure.top
    reach, clusters = rng.choice((5, 8, 13)), rng.randrange(1, 4)
    for shade in figure.colours[:clusters]:
        slope, middle = rng.uniform(-0.7, 0.7), (rng.uniform(0.3, 0.7), rng.uniform(0.35, 0.65))
        for _ in range(rng.randrange(15, 120)):
            along = rng.gauss(0, 0.18)
            across = middle[0] + along, middle[1] + slope * along + rng.gauss(0, 0.07)
            if all(0.02 < value < 0.98 for value in across):
                x, y = figure.left + wide * across[0], figure.bottom - high * across[1]
                figure.pen.ellipse((x - reach, y - reach, x + reach, y + reach), shade)
    figure.legend(clusters)


def _pie(figure: _Figure) -> None:
    """A disc or a ring, with names beside it or on a side."""
    rng = figure.rng
    x, y = figure.width * rng.choice((0.5, 0.38)), figure.height * 0.55
    reach = min(figure.width * 0.3, figure.height * 0.34)
    shares = [rng.uniform(1, 5) for _ in range(rng.randrange(2, 6))]
    turn, names = rng.uniform(0, 360), rng.sample(_ORIGINS, len(shares))
    outside = rng.random() < 0.6
    for number, share in enumerate(shares):
        end = turn + 360 * share / sum(shares)
        box = (x - reach, y - reach, x + reach, y + reach)
        figure.pen.pieslice(box, turn, end, figure.colours[number], figure.ground, 4)
        if outside:
            middle = math.radians((turn + end) / 2)
            far = reach + figure.size * 2
            figure.text(x + far * math.cos(middle), y + far * math.sin(middle), names[number])
        else:
            row = figure.height * 0.3 + number * figure.size * 2
            left = x + reach + figure.size * 2
            figure.pen.rectangle((left, row, left + figure.size, row + figure.size),
                                 figure.colours[number])  # fmt: skip
            figure.text(left + figure.size * 1.5, row + figure.size / 2, names[number], "lm")
        turn = end
    if rng.random() < 0.4:
        hole = reach * rng.uniform(0.4, 0.7)
        figure.pen.ellipse((x - hole, y - hole, x + hole, y + hole), figure.ground)


def _histogram(figure: _Figure) -> None:
    rng = figure.rng
    figure.axes([str(n) for n in range(-3, 4)], centred=False)
    count, middle, spread = rng.randrange(10, 40), rng.uniform(0.3, 0.7), rng.uniform(0.1, 0.25)
    step = (figure.right - figure.left) / count
    for number in range(count):
        bell = math.exp(-(((number + 0.5) / count - middle) ** 2) / (2 * spread**2))
        x, y = (
            figure.left + number * step,
            figure.up(min(0.97, 0.85 * bell * rng.uniform(0.8, 1.1))),
        )
        figure.pen.rectangle((x, y, x + step, figure.bottom), figure.colours[0], figure.ground, 2)
    if rng.random() < 0.5:
        bell_line = [
            0.85 * math.exp(-((n / 60 - middle) ** 2) / (2 * spread**2)) for n in range(61)
        ]
        figure.pen.line(figure.path(bell_line), figure.colours[1], 5)


def _candles(figure: _Figure) -> None:
    """Prices of each day: opened, closed, highest, lowest."""
    rng = figure.rng
    figure.axes(figure.some_labels(4, 9), centred=False)
    values = figure.walk(rng.randrange(20, 60))
    step = (figure.right - figure.left) / len(values)
    for number, (first, last) in enumerate(itertools.pairwise(values)):
        x, shade = (
            figure.left + step * (number + 0.5),
            (38, 166, 91) if last > first else (214, 60, 60),
        )
        high, low = max(first, last) + rng.uniform(0, 0.04), min(first, last) - rng.uniform(0, 0.04)
        figure.pen.line((x, figure.up(high), x, figure.up(low)), shade, 2)
        ends = sorted((figure.up(first), figure.up(last)))
        figure.pen.rectangle((x - step * 0.35, ends[0], x + step * 0.35, ends[1] + 1), shade)
