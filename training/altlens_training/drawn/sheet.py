"""What every drawing starts from: a sheet, its pen and colours, and words that mean nothing."""

from __future__ import annotations

import random
from dataclasses import dataclass
from math import cos, pi, sin

import numpy as np
from PIL import Image, ImageDraw, ImageFont

Colour = tuple[int, int, int]
Point = tuple[float, float]
_SIDES = (160, 240, 260, 320, 400, 512, 640)


@dataclass
class Sheet:
    """A picture being drawn, its pen, ink and paper, and its source of chance.

    `hand` is how words are written: "type", "pen" (handwriting) or "bars" (as in a thumbnail,
    too small to read).
    """

    rng: random.Random
    image: Image.Image
    ink: Colour
    paper: Colour
    hand: str = "type"

    def __post_init__(self) -> None:
        self.pen = ImageDraw.Draw(self.image)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.image.size

    def colour(self) -> Colour:
        """Any colour."""
        return any_colour(self.rng)

    def replace(self, image: Image.Image) -> None:
        """Go on drawing on another picture."""
        self.image = image
        self.pen = ImageDraw.Draw(image)

    def text(
        self, x: float, y: float, size: int, words: int, *, bold: bool = False,
        ink: Colour | None = None,
    ) -> float:  # fmt: skip
        """Write made-up words at a place; returns the width written, in pixels."""
        line, ink = " ".join(word(self.rng) for _ in range(words)), ink or self.ink
        size = max(5, size)
        if self.hand == "pen":
            return self._scrawl(x, y, size, line, ink)
        font = ImageFont.load_default(size)
        wide = float(self.pen.textlength(line, font))
        if self.hand == "bars":
            self.pen.rectangle((x, y + size * 0.3, x + wide, y + size * 0.8), ink)
        else:
            self.pen.text((x, y), line, ink, font, stroke_width=int(bold))
        return wide

    def _scrawl(self, x: float, y: float, size: int, line: str, ink: Colour) -> float:
        """Loops and strokes in the rhythm of handwriting, one for each letter."""
        at, base = x, y + size * 0.8
        path: list[Point] = []
        for letter in line:
            if letter == " ":
                at += size * 0.4
                self.pen.line(path, ink, max(1, size // 11), joint="curve")
                path = []
                continue
            tall = size * (0.75 if letter in "bdfhklt" else 0.4) * self.rng.uniform(0.8, 1.2)
            deep = size * (0.3 if letter in "gpqy" else 0.0)
            wide = size * self.rng.uniform(0.22, 0.42)
            for turn in range(7):
                angle = 2 * pi * turn / 6
                path.append(
                    (
                        at + wide * (0.5 + 0.5 * sin(angle) + turn / 10),
                        base + deep * (turn in (3, 4)) - tall * (0.5 - 0.5 * cos(angle)),
                    )
                )
            at += wide * 1.1
        self.pen.line(path, ink, max(1, size // 11), joint="curve")
        return at - x


def word(rng: random.Random) -> str:
    """A made-up word, sometimes a number or a capitalised one."""
    letters = "etaoinshrdlucmfwypvbgkeeaaoi"
    made = "".join(rng.choice(letters) for _ in range(rng.choice((1, 2, 3, 4, 5, 6, 7, 9))))
    style = rng.random()
    if style < 0.1:
        return str(rng.randrange(10 ** rng.randrange(1, 5)))
    return made.capitalize() if style < 0.25 else made


def any_colour(rng: random.Random) -> Colour:
    """Any colour, but a third of them white, black or grey."""
    if rng.random() < 0.3:
        grey = rng.choice((0, 255, rng.randrange(256)))
        return grey, grey, grey
    return rng.randrange(256), rng.randrange(256), rng.randrange(256)


def apart(rng: random.Random, other: Colour, least: float = 60.0) -> Colour:
    """Any colour that is as bright or dark as to be seen on `other`."""
    while True:
        colour = any_colour(rng)
        if abs(_light(colour) - _light(other)) >= least:
            return colour


def _light(colour: Colour) -> float:
    return 0.3 * colour[0] + 0.59 * colour[1] + 0.11 * colour[2]


def paper_and_ink(rng: random.Random) -> tuple[Colour, Colour]:
    """White or tinted paper with dark ink; one in five the other way round."""
    base = rng.choice((255, 255, rng.randrange(200, 256)))
    paper = (base, base, base) if rng.random() < 0.7 else (base, base - 8, base - rng.randrange(40))
    ink = (rng.randrange(90),) * 3
    if rng.random() < 0.2:
        ink = (rng.randrange(60), rng.randrange(60), rng.randrange(130))
    return (ink, paper) if rng.random() < 0.2 else (paper, ink)


def new_sheet(rng: random.Random) -> Sheet:
    """An empty sheet of any usual size and colour."""
    paper, ink = paper_and_ink(rng)
    size = rng.choice(_SIDES), rng.choice(_SIDES)
    return Sheet(rng, Image.new("RGB", size, paper), ink, paper)


def gradient(rng: random.Random, size: tuple[int, int], colours: list[Colour]) -> Image.Image:
    """A slow change between colours, in a line of any direction or in rings."""
    width, height = size
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    x, y = x / max(1, width - 1), y / max(1, height - 1)
    if rng.random() < 0.3:
        cx, cy = rng.random(), rng.random()
        at = np.hypot(x - cx, y - cy)
    else:
        angle = rng.choice((0.0, pi / 2, rng.uniform(0, 2 * pi)))
        at = x * cos(angle) + y * sin(angle)
    at = (at - at.min()) / max(1e-6, float(at.max() - at.min()))
    stops = np.linspace(0, 1, len(colours))
    bands = [np.interp(at, stops, [colour[band] for colour in colours]) for band in range(3)]
    return Image.fromarray(np.stack(bands, 2).round().astype(np.uint8))


def noise(rng: random.Random, size: tuple[int, int], coarse: int = 1) -> np.ndarray:
    """Normal noise [height, width, 1] with spots of about `coarse` pixels, mean 0, variance 1."""
    width, height = size
    chance = np.random.default_rng(rng.getrandbits(32))
    spots = chance.standard_normal((-(-height // coarse) + 1, -(-width // coarse) + 1))
    if coarse > 1:
        image = Image.fromarray(spots.astype(np.float32))
        big = (image.width * coarse, image.height * coarse)
        spots = np.asarray(image.resize(big, Image.Resampling.BICUBIC))
    return spots[:height, :width, None]


def add(image: Image.Image, change: np.ndarray) -> Image.Image:
    """The picture with values added to its bytes, clipped."""
    values = np.asarray(image, np.float32) + change
    return Image.fromarray(np.clip(values, 0, 255).astype(np.uint8))
