"""Pairs of drawn pictures that are alike but for a number, which is what they are about."""

from __future__ import annotations

import random
from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

SIZE = (480, 360)
Colour = tuple[int, int, int]


def pair(seed: int) -> tuple[Image.Image, Image.Image]:
    """Draw two pictures from one template, with two numbers of as many digits."""
    chance = random.Random(seed)
    digits = chance.randint(1, 4)
    low = 10 ** (digits - 1)
    first, second = chance.sample(range(low, 10 * low), 2)
    template = TEMPLATES[seed % len(TEMPLATES)]
    return template(random.Random(seed), str(first)), template(random.Random(seed), str(second))


def _colour(chance: random.Random, low: int = 0, high: int = 255) -> Colour:
    return chance.randint(low, high), chance.randint(low, high), chance.randint(low, high)


def _say(image: Image.Image, at: tuple[int, int], text: str, size: int, fill: Colour) -> None:
    font = ImageFont.load_default(size)
    ImageDraw.Draw(image).text(at, text, fill, font)


def _page(chance: random.Random, number: str) -> Image.Image:
    image = Image.new("RGB", SIZE, "white")
    size = chance.randint(12, 20)
    for line in range(330 // (size + 6)):
        words = " ".join(chance.choice(["total", "of", "the", "order", "sum"]) for _ in range(6))
        _say(image, (20, 15 + line * (size + 6)), words, size, (20, 20, 20))
    _say(image, (330, 150), number, size + 4, (20, 20, 20))
    return image


def _bars(chance: random.Random, number: str) -> Image.Image:
    image = Image.new("RGB", SIZE, _colour(chance, 200))
    drawing = ImageDraw.Draw(image)
    for bar in range(8):
        top = chance.randint(80, 300)
        drawing.rectangle((40 + bar * 50, top, 75 + bar * 50, 320), _colour(chance))
    _say(image, (180, 20), number, 30, (0, 0, 0))
    return image


def _board(chance: random.Random, number: str) -> Image.Image:
    image = Image.new("RGB", SIZE, _colour(chance, 0, 60))
    _say(image, (60, 110), f"{chance.randint(0, 9)} : {number}", 120, _colour(chance, 180))
    return image


def _dialogue(chance: random.Random, number: str) -> Image.Image:
    image = Image.new("RGB", SIZE, _colour(chance, 100, 200))
    drawing = ImageDraw.Draw(image)
    drawing.rounded_rectangle((60, 80, 420, 280), 12, "white", "grey")
    drawing.rounded_rectangle((300, 230, 400, 262), 8, _colour(chance, 50, 150))
    _say(image, (90, 120), f"{number} messages are new", 22, (30, 30, 30))
    return image


def _gradient(chance: random.Random, number: str) -> Image.Image:
    ends = [np.array(_colour(chance), float) for _ in range(2)]
    across = np.linspace(0, 1, SIZE[0])[None, :, None]
    down = np.linspace(0, 1, SIZE[1])[:, None, None]
    mixed = (across + down) / 2
    values = np.broadcast_to(ends[0] * mixed + ends[1] * (1 - mixed), (SIZE[1], SIZE[0], 3))
    image = Image.fromarray(values.astype(np.uint8))
    _say(image, (150, 120), f"{number} %", chance.randint(40, 100), (255, 255, 255))
    return image


def _shirt(chance: random.Random, number: str) -> Image.Image:
    """A number on something that is as rough as a photograph."""
    made = np.random.default_rng(chance.randint(0, 1 << 30))
    coarse = Image.fromarray(made.integers(0, 256, (6, 8, 3)).astype(np.uint8))
    image = coarse.resize(SIZE, Image.Resampling.BICUBIC)
    grain = made.normal(0, 6, (SIZE[1], SIZE[0], 1))
    values = np.clip(np.asarray(image, float) + grain, 0, 255)
    image = Image.fromarray(values.astype(np.uint8))
    size = chance.randint(40, 140)
    _say(image, (chance.randint(20, 200), chance.randint(20, 200)), number, size, (250, 250, 250))
    return image.filter(ImageFilter.GaussianBlur(0.7))


TEMPLATES: list[Callable[[random.Random, str], Image.Image]] = [
    _page,
    _bars,
    _board,
    _dialogue,
    _gradient,
    _shirt,
]
