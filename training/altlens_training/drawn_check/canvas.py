"""What the judging generators share: typefaces, colours, a picture's way to the host."""

from __future__ import annotations

import colorsys
import importlib.util
import io
import random
from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image, ImageFont

Colour = tuple[int, int, int]

FACES = {
    "serif": ("font_caladea", "Caladea-Regular.ttf"),
    "serif bold": ("font_caladea", "Caladea-Bold.ttf"),
    "serif italic": ("font_caladea", "Caladea-Italic.ttf"),
    "sans": ("font_hanken_grotesk", "HankenGrotesk-Regular.otf"),
    "sans bold": ("font_hanken_grotesk", "HankenGrotesk-Bold.otf"),
    "sans light": ("font_hanken_grotesk", "HankenGrotesk-Light.otf"),
    "hand": ("font_amatic_sc", "AmaticSC-Bold.ttf"),
    "round": ("font_fredoka_one", "FredokaOne-Regular.ttf"),
}
"""Typeface to package and file. They come with the extra [eval], so that every machine draws the
same pictures."""

LONGEST_SIDE = 512
"""The extension sends no more pixels than this on the longer side, as a JPEG."""


@cache
def _file(face: str) -> str:
    package, name = FACES[face]
    found = importlib.util.find_spec(package)
    if found is None or found.origin is None:
        raise ModuleNotFoundError(f"No module named {package!r}", name=package)
    return str(Path(found.origin).parent / "files" / name)


@cache
def font(face: str, size: int) -> ImageFont.FreeTypeFont:
    """A typeface of FACES at a size in pixels.

    Raises:
        ModuleNotFoundError: The typeface's package is not installed.
    """
    return ImageFont.truetype(_file(face), max(size, 4), layout_engine=ImageFont.Layout.BASIC)


def colour(
    rng: random.Random,
    saturation: tuple[float, float] = (0, 1),
    lightness: tuple[float, float] = (0, 1),
) -> Colour:
    """A random colour within a range of saturation and lightness, both 0 to 1."""
    red, green, blue = colorsys.hls_to_rgb(
        rng.random(), rng.uniform(*lightness), rng.uniform(*saturation)
    )
    return round(255 * red), round(255 * green), round(255 * blue)


def blend(first: Colour, second: Colour, share: float) -> Colour:
    """The colour that has `share` of the second and the rest of the first."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(first, second, strict=True))
    return red, green, blue


def noise(rng: random.Random, shape: tuple[int, ...], strength: float) -> np.ndarray:
    """Normal noise of a standard deviation in levels of 255."""
    return np.random.default_rng(rng.getrandbits(64)).normal(0, strength, shape)


def to_image(values: np.ndarray) -> Image.Image:
    """A picture of mode RGB from levels [height, width, 3]."""
    return Image.fromarray(values.clip(0, 255).round().astype(np.uint8), "RGB")


def as_sent(image: Image.Image, rng: random.Random) -> bytes:
    """The bytes that reach the host: once as the site stored it, then as the extension sends it.

    Half of the sites store a JPEG, of quality 35 to 95; the others a PNG, which loses nothing.
    """
    if rng.random() < 0.5:
        image = Image.open(io.BytesIO(_jpeg(image, rng.randrange(35, 96))))
    scale = min(1.0, LONGEST_SIDE / max(image.size))
    if scale < 1:
        size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
        image = image.resize(size, Image.Resampling.BILINEAR)
    return _jpeg(image, 90)


def _jpeg(image: Image.Image, quality: int) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()
