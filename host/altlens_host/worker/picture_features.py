"""A few numbers that tell drawings, pages and photographs apart.

A camera leaves noise and texture everywhere, and few neighbours of one colour; what is drawn has
areas of one colour, few colours, and hard edges, in lines or in boxes. All is measured on the
pixels as they are, on lines that are evenly spread over the picture, so that it takes the same
time for each size.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

LINES = 48
"""How many rows and columns are looked at."""

_EQUAL, _NEAR, _HARD = 1, 8, 48
"""Levels of 255 between neighbours: the same colour; grain or a ramp; an edge that was drawn."""

_SIDE = 64
"""Of the small picture whose colours are counted."""

Numbers = NDArray[np.float32]


def features(image: Image.Image) -> Numbers:
    """Measure a picture.

    Args:
        image: A picture of mode RGB, of any size.

    Returns:
        [len(NAMES)], in the order of NAMES, without a unit; mostly shares from 0 to 1.
    """
    pixels = np.asarray(image)
    rows = pixels[_spread(pixels.shape[0])]
    columns = pixels[:, _spread(pixels.shape[1])].transpose(1, 0, 2)
    found = {
        **_colours(image),
        **_border(pixels),
        **_steps("x", rows),
        **_steps("y", columns),
        "wide": float(np.log(image.width / image.height)),
        "slim": float(abs(np.log(image.width / image.height))),
        "small": float(np.log(max(image.size) / 256)),
    }
    return np.fromiter((found[name] for name in NAMES), np.float32, len(NAMES))


def _spread(length: int) -> NDArray[np.intp]:
    return np.linspace(0, length - 1, min(LINES, length)).astype(np.intp)


def _colours(image: Image.Image) -> dict[str, float]:
    size = (min(_SIDE, image.width), min(_SIDE, image.height))
    # Of the nearest pixels: a mean would make new colours.
    small = np.asarray(image.resize(size, Image.Resampling.NEAREST)).reshape(-1, 3)
    coarse = (small >> 3).astype(np.int32)
    counts = np.bincount((coarse[:, 0] << 10) + (coarse[:, 1] << 5) + coarse[:, 2])
    shares = np.sort(counts[counts > 0])[::-1] / len(small)
    cover = np.cumsum(shares)
    high, low = small.max(1).astype(np.float32), small.min(1).astype(np.float32)
    saturation = (high - low) / 255
    light = (high + low) / 510
    return {
        "most common": float(shares[0]),
        "second": float(shares[1]) if len(shares) > 1 else 0.0,
        "eight": float(cover[min(7, len(cover) - 1)]),
        "colours": float(np.log(len(shares)) / 8),
        "most": float(np.log(1 + np.searchsorted(cover, 0.8)) / 8),
        "saturation": float(saturation.mean()),
        "vivid": float((saturation > 0.5).mean()),
        "grey": float((saturation < 0.06).mean()),
        "light": float(light.mean()),
        "contrast": float(light.std()),
        "white": float((low > 240).mean()),
        "black": float((high < 24).mean()),
    }


def _border(pixels: NDArray[np.uint8]) -> dict[str, float]:
    edge = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]]).astype(np.int16)
    middle = np.median(edge, axis=0)
    return {"border": float((np.abs(edge - middle).max(1) <= _NEAR).mean())}


def _steps(axis: str, lines: NDArray[np.uint8]) -> dict[str, float]:
    """What happens from one pixel to the next along lines [line, place, channel]."""
    if lines.shape[1] < 2:
        return {f"{name} {axis}": 0.0 for name in _STEPS}
    # Channel by channel, as a maximum over an axis of three is slow.
    step = np.zeros((lines.shape[0], lines.shape[1] - 1), np.uint8)
    for channel in range(3):
        one = np.ascontiguousarray(lines[:, :, channel])
        first, second = one[:, :-1], one[:, 1:]
        np.maximum(step, np.maximum(first, second) - np.minimum(first, second), out=step)
    hard = step > _HARD
    equal = step <= _EQUAL
    by_line = hard.mean(1)
    by_place = hard.mean(0)
    busy = by_line > 0.005
    return {
        f"equal {axis}": float(equal.mean()),
        f"near {axis}": float(((step > _EQUAL) & (step <= _NEAR)).mean()),
        f"texture {axis}": float(((step > _NEAR) & (step <= _HARD)).mean()),
        f"hard {axis}": float(by_line.mean()),
        f"drawn {axis}": float(hard.sum() / max(1, (step > _NEAR).sum())),
        f"empty {axis}": float((~busy).mean()),
        f"changes {axis}": float((busy[1:] != busy[:-1]).mean()) if len(busy) > 1 else 0.0,
        f"dense {axis}": float(np.percentile(by_line, 90)),
        f"rule {axis}": float(by_place.max()),
        f"rules {axis}": float((by_place > 0.5).mean()),
    }


_STEPS = ("equal", "near", "texture", "hard", "drawn", "empty", "changes", "dense", "rule", "rules")
NAMES = (
    *("most common", "second", "eight", "colours", "most", "saturation", "vivid", "grey", "light"),
    *("contrast", "white", "black", "border"),
    *(f"{name} {axis}" for axis in "xy" for name in _STEPS),
    *("wide", "slim", "small"),
)
"""What is measured. The weights of triage are made for these, in this order."""
