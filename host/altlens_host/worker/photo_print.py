"""Tells whether two photographs are the same one, in another size or encoding.

A print is a small picture of the picture. Scaled with a filter that looks at every pixel, it
hardly changes when a photograph is stored again smaller, larger or worse. Drawn pictures are left
out: in a chart, a page or a screenshot a single digit may be all that matters, and is gone in a
picture of this size (docs/decisions/0062-photographs-again.md has the measurements).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

GREY_SIDE, COLOUR_SIDE = 64, 8
_DIGEST_SIDE, _STEP, _GRIDS = 4, 32, 4
_MOST_GREY_APART, _MOST_COLOUR_APART, _MOST_RATIO_APART = 16, 6, 0.02

_LEAST_SIDE = 64
"""Smaller pictures are icons more often than photographs."""

_SIDE, _TEXTURE_SIDE, _CELL = 32, 256, 8
_FLAT_SPREAD, _MOST_FLAT = 2, 0.25
_MOST_OF_ONE_GREY, _MOST_EQUAL = 0.3, 0.6


class PhotoPrint(NamedTuple):
    """What is kept of a photograph.

    Attributes:
        grey: [GREY_SIDE, GREY_SIDE], how light it is.
        colours: [COLOUR_SIDE, COLOUR_SIDE, 3], red, green and blue.
        ratio: Its width, divided by its height.
        digests: The same coarse picture, rounded to several grids. Two prints of one photograph
            agree in at least one of them, unless a value lies on the edge in each grid.
    """

    grey: NDArray[np.int16]
    colours: NDArray[np.int16]
    ratio: float
    digests: tuple[bytes, ...]

    def agrees(self, other: PhotoPrint) -> bool:
        """Say whether two prints are of one photograph."""
        apart = np.abs(self.grey - other.grey).max(), np.abs(self.colours - other.colours).max()
        return bool(
            apart[0] <= _MOST_GREY_APART
            and apart[1] <= _MOST_COLOUR_APART
            and abs(self.ratio / other.ratio - 1) <= _MOST_RATIO_APART
        )


def photo_print(image: Image.Image, grey: Image.Image | None = None) -> PhotoPrint | None:
    """Make the print of a photograph.

    Args:
        image: A picture of mode RGB.
        grey: The same in mode L, where it is at hand.

    Returns:
        None where the picture may be drawn, written, or too small.
    """
    if min(image.size) < _LEAST_SIDE:
        return None
    grey = grey or image.convert("L")
    texture = _small(grey, _TEXTURE_SIDE)
    if _is_drawn(grey, texture):
        return None
    small = _tiny(image)
    return PhotoPrint(
        np.asarray(_small(texture, GREY_SIDE), np.int16),
        np.asarray(_small(small, COLOUR_SIDE), np.int16),
        image.width / image.height,
        _digests(small),
    )


def digests(image: Image.Image) -> tuple[bytes, ...]:
    """Return the digests of a print alone, which take a fifth of its time.

    Args:
        image: A picture of mode RGB.
    """
    return _digests(_tiny(image))


def _is_drawn(grey: Image.Image, texture: Image.Image) -> bool:
    """Find areas of one grey, which a camera does not make and scaling does not take away.

    Args:
        grey: How light the picture is.
        texture: The same, _TEXTURE_SIDE pixels wide and high.
    """
    levels = np.array(grey.histogram(), float) / (grey.width * grey.height)
    if levels.max() > _MOST_OF_ONE_GREY:
        return True
    pixels = np.asarray(grey)
    equal = pixels[:, 1:] == pixels[:, :-1]
    if np.count_nonzero(equal) > _MOST_EQUAL * equal.size:
        return True
    flat = _spread_in_cells(np.asarray(texture)) <= _FLAT_SPREAD
    return bool(np.count_nonzero(flat) > _MOST_FLAT * flat.size)


def _spread_in_cells(levels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """How far the lightest is from the darkest in each cell of a picture [side, side]."""
    count = levels.shape[0] // _CELL
    # One axis at a time: over both together numpy takes several times as long.
    rows = levels.reshape(count, _CELL, count * _CELL)
    high, low = (one.reshape(count, count, _CELL) for one in (rows.max(1), rows.min(1)))
    spread: NDArray[np.uint8] = high.max(2) - low.min(2)
    return spread


def _small(image: Image.Image, side: int) -> Image.Image:
    return image.resize((side, side), Image.Resampling.BILINEAR)


def _tiny(image: Image.Image) -> Image.Image:
    # Of a picture that is reduced first: to look at each pixel is what takes the time.
    return image.resize((_SIDE, _SIDE), Image.Resampling.BILINEAR, reducing_gap=2)


def _digests(small: Image.Image) -> tuple[bytes, ...]:
    coarse = np.asarray(_small(small, _DIGEST_SIDE), np.int16)
    return tuple(_digest(coarse, grid) for grid in range(_GRIDS))


def _digest(coarse: NDArray[np.int16], grid: int) -> bytes:
    rounded = (coarse + grid * _STEP // _GRIDS) // _STEP
    return bytes([grid]) + rounded.astype(np.uint8).tobytes()
