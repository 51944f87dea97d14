"""Makes of a line's pixels what a recognizer takes."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

HEIGHT, _LEAST_WIDTH, _MOST_WIDTH = 48, 64, 7000
"""Of a line as the recognizer gets it, in pixels. A line of 12 pixels that runs across a picture of
1,600 is so wide; rapidocr's 3200 would press it together, and narrow letters are lost."""

SMALL, STRETCHED = 18, 1.5
"""A line whose letters take up fewer rows is made so much wider. The recognizer has a step for each
8 pixels of width, too few for letters that were drawn small."""

INK = 0.3
"""A row has letters in it if it is at least so rich in contrast as the richest. The height of a box
says less: it has margins, the larger the longer the line, and ends of letters above and below."""

BOXED = 0.7
"""Where every row is rich in contrast, as on a wall of bricks, letters take up about so much of a
box's height."""

LOW = 32
"""The height that the quicker recognizer takes larger letters in: two thirds of the work."""

LOWEST = 24
"""The height for those of a page that begins in Latin letters: a seventh less work again."""


def pixels(line: NDArray[np.uint8], large: int) -> NDArray[np.uint8]:
    """Return a line as a recognizer takes it: [1, height, width, 3].

    Args:
        line: Its pixels in blue, green, red: [height, width, 3].
        large: How high it shall be where its letters are not small.
    """
    height, width = line.shape[:2]
    small = _rows_of_letters(line) < SMALL
    high = HEIGHT if small else large
    stretched = STRETCHED if small else 1.0
    wide = min(max(round(width * stretched * HEIGHT / height), 1), _MOST_WIDTH)
    # Linear interpolation looks at two pixels of each direction, and would pass over others.
    how = cv2.INTER_AREA if height > 2 * high else cv2.INTER_LINEAR
    scaled = cv2.resize(line, (wide, high), interpolation=how)
    padded = np.full((1, high, max(wide, _LEAST_WIDTH), 3), 128, np.uint8)
    padded[0, :, :wide] = scaled
    return padded


def _rows_of_letters(line: NDArray[np.uint8]) -> float:
    """Return how many rows on end have letters in them, the most that there are."""
    blue, green, red = line.astype(np.int16).transpose(2, 0, 1)
    grey = blue + green + red
    contrast = np.ptp(grey, axis=1)
    inked = np.concatenate([[False], contrast >= INK * contrast.max(), [False]])
    edges = np.flatnonzero(inked[1:] != inked[:-1])
    rows = int((edges[1::2] - edges[::2]).max())
    return rows if rows < len(line) else BOXED * rows


def normalized(values: NDArray[Any]) -> NDArray[np.float32]:
    """Return pixels, [1, height, width, 3] from 0 to 255, as both models take them."""
    given = np.ascontiguousarray(values.transpose(0, 3, 1, 2)).astype(np.float32)
    given /= 127.5
    given -= 1
    return given
