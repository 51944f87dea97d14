"""Pictures of what is no photograph, from generators that training never sees.

They judge whether the model has learned what a page, a chart, a blank picture and an icon are, or
only how `drawn` draws them; nothing here is shared with that module.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw, ImageFont

_LINES = (
    "The train was late again, so the report of the committee was read aloud on Tuesday.",
    "Please return the completed form to the address given below before the end of May.",
    "The results of the second trial agree with those of the first within three per cent.",
    "Chapter 4. Of the tools that a gardener needs, and of those that he can do without.",
    "Dear reader, the minutes of the last meeting have been approved without any changes.",
    "def total(values): return sum(value for value in values if value is not None)",
)
_ACCENTS = ("#1f77b4", "#d62728", "#2ca02c", "#9467bd", "#ff7f0e", "#17becf", "#e377c2", "#333333")


def page(rng: random.Random) -> Image.Image:
    """A scanned-looking page in a bitmap face, slightly turned or not."""
    width, height = rng.choice(((300, 420), (420, 300), (340, 340)))
    paper = rng.randrange(225, 256)
    image = Image.new("RGB", (width, height), (paper, paper, paper - rng.randrange(15)))
    pen = ImageDraw.Draw(image)
    font = ImageFont.load_default_imagefont()
    y, margin = rng.randrange(10, 40), rng.randrange(10, 40)
    while y < height - 20:
        wide = int((width - 2 * margin) / 6)
        pen.text((margin, y), rng.choice(_LINES)[:wide], rng.randrange(60), font)
        y += rng.choice((11, 13, 13, 15, 24))
    if rng.random() < 0.5:
        factor = rng.choice((1.5, 2.0))
        box = (0, 0, int(width / factor), int(height / factor))
        image = image.crop(box).resize((width, height), Image.Resampling.BILINEAR)
    if rng.random() < 0.3:
        image = image.rotate(rng.uniform(-2, 2), fillcolor=(paper, paper, paper))
    return image


def chart(rng: random.Random) -> Image.Image:
    """Stacked or grouped bars, filled areas, stepped lines or a half-disc of shares."""
    width, height = rng.choice(((400, 300), (320, 320), (480, 270)))
    image = Image.new("RGB", (width, height), rng.choice(("white", "#f7f7f7", "#fffdf5")))
    pen = ImageDraw.Draw(image)
    colours = rng.sample(_ACCENTS, 4)
    x0, y0, x1, y1 = 40, 28, width - 16, height - 34
    kind = rng.randrange(5)
    pen.text((width // 3, 8), rng.choice(("Sales by year", "Growth", "Budget", "Votes")), "black")
    if kind == 4:
        _shares(rng, pen, colours, (width // 2, y0 + 6, min(width, height) // 2 - 40))
        return image
    pen.line((x0, y0, x0, y1), "black")
    pen.line((x0, y1, x1, y1), "black")
    for tick in range(5):
        y = y1 - (y1 - y0) * tick // 5
        pen.line((x0 - 4, y, x0, y), "black")
        pen.text((8, y - 6), str(tick * 20), "black")
    count = rng.randrange(4, 9)
    step = (x1 - x0) / count
    for index in range(count):
        x = x0 + index * step + step * 0.12
        pen.text((x, y1 + 6), str(2010 + index), "black")
        if kind == 0:
            base = float(y1)
            for colour in colours[:3]:
                top = base - rng.uniform(0.05, 0.3) * (y1 - y0)
                pen.rectangle((x, top, x + step * 0.7, base), colour)
                base = top
        elif kind == 1:
            for part, colour in enumerate(colours[:2]):
                left, tall = x + part * step * 0.36, rng.uniform(0.1, 0.95) * (y1 - y0)
                pen.rectangle((left, y1 - tall, left + step * 0.34, y1), colour)
    if kind in (2, 3):
        for colour in colours[: rng.randrange(1, 4)]:
            path, level = [], rng.uniform(0.2, 0.8)
            for index in range(25):
                level = min(0.97, max(0.03, level + rng.uniform(-0.09, 0.1)))
                path.append((x0 + (x1 - x0) * index / 24, y1 - level * (y1 - y0)))
            if kind == 2:
                pen.polygon([(x0, y1), *path, (x1, y1)], colour)
            else:
                pen.line(path, colour, 2)
    return image


def _shares(
    rng: random.Random, pen: ImageDraw.ImageDraw, colours: list[str], place: tuple[int, int, int]
) -> None:
    """A disc in slices; `place` is the middle's x, the top, and the radius."""
    middle, top, reach = place
    start, shares = 0.0, [rng.uniform(1, 4) for _ in colours]
    for colour, share in zip(colours, shares, strict=True):
        end = start + 360 * share / sum(shares)
        box = (middle - reach, top, middle + reach, top + 2 * reach)
        pen.pieslice(box, start, end, colour, "white", 2)
        start = end


def empty(rng: random.Random) -> Image.Image:
    """A flat colour with faint noise, a slanting ramp, or a vignette."""
    width, height = rng.choice(((320, 240), (240, 320), (300, 300), (640, 120)))
    y, x = np.mgrid[0 : 1 : height * 1j, 0 : 1 : width * 1j]
    first, second = (np.array([rng.randrange(256) for _ in range(3)]) for _ in range(2))
    kind = rng.randrange(3)
    if kind == 0:
        level = np.zeros_like(x)
    elif kind == 1:
        angle = rng.uniform(0, math.tau)
        level = 0.5 + (x - 0.5) * math.cos(angle) / 1.5 + (y - 0.5) * math.sin(angle) / 1.5
    else:
        level = np.hypot(x - 0.5, y - 0.5)
    values = first + (second - first) * level.clip(0, 1)[..., None]
    noise = np.random.default_rng(rng.randrange(10**6)).normal(0, 1.5, values.shape)
    return Image.fromarray((values + noise).clip(0, 255).astype(np.uint8))


def symbol(rng: random.Random) -> Image.Image:
    """One of eight common interface symbols, light on a badge or dark on white."""
    image = Image.new("RGB", (256, 256), "white")
    pen = ImageDraw.Draw(image)
    ink, badge = rng.choice(_ACCENTS), rng.random() < 0.5
    if badge:
        pen.rounded_rectangle((16, 16, 240, 240), rng.choice((20, 50, 112)), ink)
        ink = "white"
    paper = "white" if not badge else rng.choice(_ACCENTS)
    wide = rng.randrange(10, 22)
    kind = rng.randrange(8)
    if kind == 0:  # house
        pen.polygon([(128, 60), (200, 128), (56, 128)], ink)
        pen.rectangle((78, 128, 178, 196), ink)
    elif kind == 1:  # tick
        pen.line([(66, 132), (112, 178), (194, 84)], ink, wide, joint="curve")
    elif kind == 2:  # magnifier
        pen.ellipse((64, 64, 160, 160), None, ink, wide)
        pen.line((148, 148, 196, 196), ink, wide)
    elif kind == 3:  # letter
        pen.rectangle((60, 84, 196, 176), ink)
        pen.line([(60, 84), (128, 136), (196, 84)], paper, 8)
    elif kind == 4:  # heart
        pen.ellipse((64, 72, 134, 142), ink)
        pen.ellipse((122, 72, 192, 142), ink)
        pen.polygon([(68, 122), (188, 122), (128, 200)], ink)
    elif kind == 5:  # gear
        for tooth in range(8):
            a = math.tau * tooth / 8
            x, y = 128 + 64 * math.cos(a), 128 + 64 * math.sin(a)
            pen.rectangle((x - 14, y - 14, x + 14, y + 14), ink)
        pen.ellipse((68, 68, 188, 188), ink)
        pen.ellipse((104, 104, 152, 152), paper)
    elif kind == 6:  # play
        pen.polygon([(92, 72), (92, 184), (190, 128)], ink)
    else:  # arrow
        pen.line((64, 128, 180, 128), ink, wide)
        pen.polygon([(150, 84), (206, 128), (150, 172)], ink)
    side = rng.choice((64, 128, 256, 256))
    return image.resize((side, side), Image.Resampling.LANCZOS)


KINDS: dict[str, tuple[Callable[[random.Random], Image.Image], tuple[str, ...]]] = {
    "page": (page, ("text", "document")),
    "chart": (chart, ("chart", "plot", "graph")),
    "blank": (empty, ("blank",)),
    "icon": (symbol, ("icon",)),
}
"""Kind to its generator and the words of which a right caption has one."""


def check(caption: Callable[[Image.Image], str], each: int, seed: int) -> dict[str, float]:
    """The share of right captions of `each` pictures a kind, 0 to 1."""
    shares = {}
    for name, (make, right) in KINDS.items():
        rng = random.Random(f"{seed}:{name}")
        said = [set(caption(make(rng)).split()) for _ in range(each)]
        shares[name] = sum(bool(words & set(right)) for words in said) / each
    return shares
