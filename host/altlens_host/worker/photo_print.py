"""Tells whether two photographs are the same one, in another size or encoding.

A print is a small picture of the picture. Scaled with a filter that looks at every pixel, it
hardly changes when a photograph is stored again smaller, larger or worse. Drawn pictures are left
out: in a chart, a page or a screenshot a single digit may be all that matters, and is gone in a
picture of this size (docs/decisions/0062-photographs-again.md has the measurements).
"""

from __future__ import annotations

import hashlib
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

GREY_SIDE, COLOUR_SIDE = 64, 8
_DIGEST_SIDE, _STEP, _GRIDS = 4, 32, 4
_MOST_GREY_APART, _MOST_COLOUR_APART, _MOST_RATIO_APART = 16, 6, 0.02

_LEAST_SIDE = 64
"""Smaller pictures are icons more often than photographs."""

_TEXTURE_SIDE, _CELL = 256, 8
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


def photo_print(image: Image.Image) -> PhotoPrint | None:
    """Make the print of a photograph.

    Args:
        image: A picture of mode RGB.

    Returns:
        None where the picture may be drawn, written, or too small.
    """
    if min(image.size) < _LEAST_SIDE:
        return None
    grey = image.convert("L")
    if _is_drawn(grey):
        return None
    coarse = _small(image, _DIGEST_SIDE)
    return PhotoPrint(
        _small(grey, GREY_SIDE),
        _small(image, COLOUR_SIDE),
        image.width / image.height,
        tuple(_digest(coarse, grid) for grid in range(_GRIDS)),
    )


def _is_drawn(grey: Image.Image) -> bool:
    """Find areas of one grey, which a camera does not make and scaling does not take away."""
    levels = np.array(grey.histogram(), float) / (grey.width * grey.height)
    if levels.max() > _MOST_OF_ONE_GREY:
        return True
    pixels = np.asarray(grey)
    if (pixels[:, 1:] == pixels[:, :-1]).mean() > _MOST_EQUAL:
        return True
    count = _TEXTURE_SIDE // _CELL
    cells = _small(grey, _TEXTURE_SIDE).reshape(count, _CELL, count, _CELL)
    spread = cells.max(axis=(1, 3)) - cells.min(axis=(1, 3))
    return bool((spread <= _FLAT_SPREAD).mean() > _MOST_FLAT)


def _small(image: Image.Image, side: int) -> NDArray[np.int16]:
    return np.asarray(image.resize((side, side), Image.Resampling.BILINEAR), np.int16)


def _digest(coarse: NDArray[np.int16], grid: int) -> bytes:
    rounded = (coarse + grid * _STEP // _GRIDS) // _STEP
    return hashlib.sha256(bytes([grid]) + rounded.tobytes()).digest()
