"""Pages of text as scans, screenshots and thumbnails show them."""

from __future__ import annotations

import random

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from altlens_training.drawn_check.canvas import Colour, blend, colour, font, noise, to_image

_WORDS = """
the of and to in is that it was for on are as with they at be this from have or by one had not but
what all were when we there can an your which their said if do will each about how up out them then
she many some so these would other into has more her two like him see time could no make than first
been its who now people my made over did down only way find use may water long little very after
called just where most know morning evening council village harbour letter account theory evidence
measure chapter section therefore however although market winter committee ordinary method result
figure weight history language government question answer reason between during without experiment
journey neighbour weather garden machine paper station property contract agreement service customer
""".split()
_PAPERS: tuple[Colour, ...] = (
    (255, 255, 255), (255, 255, 255), (250, 248, 240), (244, 236, 216), (238, 238, 238),
)  # fmt: skip


def page(rng: random.Random) -> Image.Image:
    """One of eight layouts, whole or a part of it, clean or as a scanner or a camera left it."""
    width = rng.randrange(700, 1100)
    height = round(width * rng.choice((1.41, 1.29, 1.0, 0.75, 0.6)))
    paper, ink = rng.choice(_PAPERS), blend((0, 0, 0), (70, 60, 80), rng.random())
    if rng.random() < 0.12:
        paper, ink = colour(rng, (0, 0.3), (0.05, 0.15)), (225, 225, 220)
    image = Image.new("RGB", (width, height), paper)
    sheet = _Sheet(rng, image, ink)
    rng.choice((_article, _book, _two_columns, _newspaper, _letter, _form, _list, _note))(sheet)
    if rng.random() < 0.3:
        image = _part(rng, image)
    if rng.random() < 0.4:
        image = _scanned(rng, image, paper)
    side = rng.choice((180, 320, 480, 640, 900))
    image.thumbnail((side, side), Image.Resampling.LANCZOS)
    return image


class _Sheet:
    """A page being set; lengths are pixels."""

    def __init__(self, rng: random.Random, image: Image.Image, ink: Colour) -> None:
        self.rng, self.ink, self.pen = rng, ink, ImageDraw.Draw(image)
        self.width, self.height = image.size
        self.margin = round(self.width * rng.uniform(0.05, 0.14))
        self.size = round(self.width * rng.uniform(0.018, 0.034))
        self.face = rng.choice(("serif", "serif", "sans", "sans light"))
        self.heavy = "sans bold" if self.face.startswith("sans") else "serif bold"
        self.leading = rng.uniform(1.25, 1.7)
        self.ragged = rng.random() < 0.6
        self.capital = True

    def words(self, count: int) -> list[str]:
        """Words, some with a stop and a capital after it."""
        said = []
        for _ in range(count):
            word = self.rng.choice(_WORDS)
            if self.rng.random() < 0.04:
                word = str(self.rng.randrange(1, 2000))
            said.append(word.capitalize() if self.capital else word)
            self.capital = self.rng.random() < 0.09
            if self.capital:
                said[-1] += "."
            elif self.rng.random() < 0.08:
                said[-1] += ","
        return said

    def line(self, x: float, y: float, words: list[str], face: str, size: int) -> None:
        """A line of words from (x, y)."""
        self.pen.text((x, y), " ".join(words), self.ink, font(face, size))

    def title(self, x: float, y: float, size: int) -> float:
        """A heading; returns the height below it."""
        self.capital = True
        self.line(x, y, self.words(self.rng.randrange(2, 6)), self.heavy, size)
        self.capital = True
        return y + size * 1.8

    def paragraph(self, x: float, y: float, wide: float, bottom: float, lines: int) -> float:
        """Lines that fill `wide` pixels but the last; returns the height below them."""
        letter, size = font(self.face, self.size), self.size
        for number in range(lines):
            if y + size > bottom:
                return bottom
            room = wide * (self.rng.uniform(0.2, 0.8) if number == lines - 1 else 1)
            words: list[str] = []
            used = 0.0
            while used < room:
                words += self.words(1)
                used = letter.getlength(" ".join(words))
            words = words[:-1] or words
            if self.ragged or number == lines - 1:
                self.line(x, y, words, self.face, size)
            else:
                self._justified(x, y, wide, words)
            y += size * self.leading
        return y

    def _justified(self, x: float, y: float, wide: float, words: list[str]) -> None:
        letter = font(self.face, self.size)
        widths = [letter.getlength(word) for word in words]
        gap = (wide - sum(widths)) / max(1, len(words) - 1)
        for word, used in zip(words, widths, strict=True):
            self.pen.text((x, y), word, self.ink, letter)
            x += used + gap

    def column(self, x: float, y: float, wide: float, bottom: float) -> None:
        """Paragraphs down to the bottom."""
        while y < bottom - self.size:
            y = self.paragraph(x, y, wide, bottom, self.rng.randrange(2, 9))
            y += self.size * self.rng.choice((0.2, 0.8))


def _article(sheet: _Sheet) -> None:
    x, rng = sheet.margin, sheet.rng
    y = sheet.title(x, sheet.margin * 0.8, round(sheet.size * rng.uniform(1.6, 2.6)))
    wide, bottom = sheet.width - 2 * x, sheet.height - x * 0.6
    while y < bottom - 3 * sheet.size:
        y = sheet.paragraph(x, y, wide, bottom, rng.randrange(3, 8)) + sheet.size
        if rng.random() < 0.3 and y < bottom - 4 * sheet.size:
            y = sheet.title(x, y, round(sheet.size * 1.25))


def _book(sheet: _Sheet) -> None:
    x, bottom = sheet.margin, sheet.height - sheet.margin
    sheet.ragged = False
    top = sheet.margin * 0.5
    sheet.line(sheet.width * 0.4, top, sheet.words(2), "serif italic", round(sheet.size * 0.9))
    sheet.column(x, top + 2.5 * sheet.size, sheet.width - 2 * x, bottom)
    number = [str(sheet.rng.randrange(2, 600))]
    sheet.line(sheet.width / 2, bottom + sheet.size, number, sheet.face, sheet.size)


def _two_columns(sheet: _Sheet) -> None:
    x, rng = sheet.margin * 0.7, sheet.rng
    sheet.size, sheet.ragged = max(9, round(sheet.size * 0.75)), False
    y = sheet.title(x + sheet.width * 0.1, x, sheet.size * 2)
    y = sheet.paragraph(sheet.width * 0.2, y, sheet.width * 0.6, sheet.height, rng.randrange(2, 6))
    wide = (sheet.width - 2.6 * x) / 2
    for left in (x, sheet.width - x - wide):
        sheet.column(left, y + sheet.size, wide, sheet.height - x)


def _newspaper(sheet: _Sheet) -> None:
    x, rng = sheet.margin * 0.4, sheet.rng
    sheet.face, sheet.heavy, sheet.ragged = "serif", "serif bold", False
    sheet.size = max(9, round(sheet.size * 0.7))
    y = sheet.title(x, x * 0.6, round(sheet.width * 0.07))
    sheet.pen.line((x, y, sheet.width - x, y), sheet.ink, 3)
    y = sheet.title(x, y + 10, round(sheet.width * rng.uniform(0.03, 0.05)))
    count = rng.randrange(3, 5)
    step = (sheet.width - 2 * x) / count
    for number in range(count):
        left = x + number * step
        sheet.column(left, y, step - sheet.size * 1.2, sheet.height - x)
        if number and rng.random() < 0.7:
            rule = left - sheet.size * 0.6
            sheet.pen.line((rule, y, rule, sheet.height - x), sheet.ink)


def _letter(sheet: _Sheet) -> None:
    x, rng = sheet.margin, sheet.rng
    y: float = sheet.margin
    for _ in range(rng.randrange(2, 5)):
        left = sheet.width * 0.62 if rng.random() < 0.8 else x
        sheet.line(left, y, sheet.words(3), sheet.face, sheet.size)
        y += sheet.size * 1.4
    sheet.line(x, y + sheet.size, ["Dear", *sheet.words(2)], sheet.face, sheet.size)
    y += sheet.size * 3
    for _ in range(rng.randrange(1, 4)):
        y = sheet.paragraph(x, y, sheet.width - 2 * x, sheet.height - x, rng.randrange(2, 7))
        y += sheet.size
    sheet.line(x, y, ["Yours", "sincerely,"], sheet.face, sheet.size)
    sheet.line(x, y + sheet.size * 1.6, sheet.words(2), "hand", sheet.size * 2)


def _form(sheet: _Sheet) -> None:
    x, rng = sheet.margin, sheet.rng
    y = sheet.title(x, sheet.margin * 0.7, round(sheet.size * 1.7))
    y = sheet.paragraph(x, y, sheet.width - 2 * x, sheet.height, 3) + sheet.size
    while y < sheet.height - x:
        sheet.line(x, y, sheet.words(rng.randrange(1, 4)), sheet.face, sheet.size)
        right = sheet.width - x
        if rng.random() < 0.6:
            base = y + sheet.size * 1.2
            sheet.pen.line((sheet.width * 0.42, base, right, base), sheet.ink)
            answer = sheet.words(rng.randrange(0, 4))
            sheet.line(sheet.width * 0.44, y, answer, rng.choice(("hand", sheet.face)), sheet.size)
        else:
            y = sheet.paragraph(sheet.width * 0.42, y, right - sheet.width * 0.42, right * 9, 2)
        y += sheet.size * 2.1


def _list(sheet: _Sheet) -> None:
    x, rng = sheet.margin, sheet.rng
    y = sheet.title(x, sheet.margin * 0.7, round(sheet.size * 1.8))
    numbered, bottom = rng.random() < 0.5, sheet.height - x
    number = 0
    while y < bottom:
        number += 1
        mark = f"{number}." if numbered else "\N{BULLET}"
        sheet.line(x, y, [mark], sheet.face, sheet.size)
        indent = x + sheet.size * 2
        y = sheet.paragraph(indent, y, sheet.width - x - indent, bottom, rng.randrange(1, 4))
        y += sheet.size * 0.5


def _note(sheet: _Sheet) -> None:
    """Handwriting, on lined paper or not."""
    x, rng = sheet.margin, sheet.rng
    sheet.face, sheet.ragged, sheet.leading = "hand", True, 1.35
    sheet.size = round(sheet.width * rng.uniform(0.045, 0.065))
    step = sheet.size * sheet.leading
    if rng.random() < 0.5:
        for row in range(2, round(sheet.height / step) + 1):
            y = row * step + sheet.size * 0.05
            sheet.pen.line((0, y, sheet.width, y), (160, 185, 215), 2)
    sheet.ink = rng.choice((sheet.ink, (30, 50, 140)))
    sheet.paragraph(x, step, sheet.width - 2 * x, sheet.height - step, rng.randrange(6, 30))


def _part(rng: random.Random, image: Image.Image) -> Image.Image:
    """A part of the page, as who quotes a passage cuts it out."""
    width, height = image.size
    wide, high = width * rng.uniform(0.55, 1), height * rng.uniform(0.3, 0.7)
    x, y = rng.uniform(0, width - wide), rng.uniform(0, (height - high) * 0.6)
    return image.crop((round(x), round(y), round(x + wide), round(y + high)))


def _scanned(rng: random.Random, image: Image.Image, paper: Colour) -> Image.Image:
    """Turned a little, unevenly lit, blurred and noisy."""
    image = image.rotate(rng.uniform(-3.5, 3.5), Image.Resampling.BICUBIC, fillcolor=paper)
    if rng.random() < 0.4:  # the other side shows through
        behind = _whitened(image.transpose(Image.Transpose.FLIP_LEFT_RIGHT), 0.85)
        image = ImageChops.multiply(image, behind.filter(ImageFilter.GaussianBlur(3)))
    image = image.filter(ImageFilter.GaussianBlur(rng.uniform(0.3, 1.4)))
    values = np.asarray(image, float)
    down = rng.random() < 0.5
    along = np.linspace(1, rng.uniform(0.65, 1), values.shape[0 if down else 1])
    shade = along[:, None, None] if down else along[None, :, None]
    tint = np.asarray(rng.choice(((1, 1, 1), (1, 0.97, 0.9), (0.93, 0.96, 1))))
    grain = noise(rng, (*values.shape[:2], 1), rng.uniform(1, 7))
    return to_image(values * shade * tint + grain)


def _whitened(image: Image.Image, share: float) -> Image.Image:
    """The picture with `share` of white over it."""
    return Image.blend(image, Image.new("RGB", image.size, "white"), share)
