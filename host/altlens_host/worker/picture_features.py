"""A few numbers that tell drawings, pages and photographs apart.

A camera leaves noise and texture everywhere, and few neighbours of one colour; what is drawn has
areas of one colour, few colours, and hard edges, in lines or in boxes. All is measured on the
pixels as they are, on lines that are evenly spread over the picture, so that it takes the same
time for each size.
"""

from __future__ import annotations

from typing import Any

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
    columns = pixels.take(_spread(pixels.shape[1]), axis=1)
    found = {
        **_colours(image),
        **_border(pixels),
        **_steps("x", _apart(rows[:, :-1], rows[:, 1:])),
        **_steps("y", _apart(columns[:-1], columns[1:]).T),
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
    small = image.resize(size, Image.Resampling.NEAREST)
    red, green, blue = np.asarray(small).reshape(-1, 3).T.astype(np.uint16)
    shares = np.sort(_counts((red >> 3 << 10) | (green >> 3 << 5) | (blue >> 3)))[::-1] / len(red)
    cover = np.cumsum(shares)
    # Channel by channel, as a maximum over an axis of three is slow.
    high = np.maximum(np.maximum(red, green), blue).astype(np.float32)
    low = np.minimum(np.minimum(red, green), blue).astype(np.float32)
    saturation = (high - low) / 255
    light = (high + low) / 510
    return {
        "most common": float(shares[0]),
        "second": float(shares[1]) if len(shares) > 1 else 0.0,
        "eight": float(cover[min(7, len(cover) - 1)]),
        "colours": float(np.log(len(shares)) / 8),
        "most": float(np.log(1 + np.searchsorted(cover, 0.8)) / 8),
        "saturation": float(saturation.mean()),
        "vivid": _share(saturation > 0.5),
        "grey": _share(saturation < 0.06),
        "light": float(light.mean()),
        "contrast": float(light.std()),
        "white": _share(low > 240),
        "black": _share(high < 24),
    }


def _counts(values: NDArray[np.integer[Any]]) -> NDArray[np.intp]:
    """How often each value comes. A table of all that could come is slow to make and to go over."""
    ordered = np.sort(values)
    starts = np.flatnonzero(ordered[1:] != ordered[:-1]) + 1
    counts: NDArray[np.intp] = np.diff(starts, prepend=0, append=len(ordered))
    return counts


def _border(pixels: NDArray[np.uint8]) -> dict[str, float]:
    all_around = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    edge = np.ascontiguousarray(all_around.T)
    middle = np.median(edge, axis=1, keepdims=True)
    return {"border": _share((np.abs(edge - middle) <= _NEAR).all(0))}


def _apart(first: NDArray[np.uint8], second: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """How far pixels [..., channel] are apart in the channel in which they are furthest."""
    each = np.maximum(first, second) - np.minimum(first, second)
    furthest: NDArray[np.uint8] = np.maximum(np.maximum(each[..., 0], each[..., 1]), each[..., 2])
    return furthest


def _steps(axis: str, step: NDArray[np.uint8]) -> dict[str, float]:
    """What happens along lines, from how far their pixels [line, place] are from the next."""
    if not step.size:
        return {f"{name} {axis}": 0.0 for name in _STEPS}
    hard = step > _HARD
    equal, near, beyond = (
        int(np.count_nonzero(one)) for one in (step <= _EQUAL, step <= _NEAR, hard)
    )
    by_line = hard.mean(1)
    by_place = hard.mean(0)
    busy = by_line > 0.005
    return {
        f"equal {axis}": equal / step.size,
        f"near {axis}": (near - equal) / step.size,
        f"texture {axis}": (step.size - beyond - near) / step.size,
        f"hard {axis}": float(by_line.mean()),
        f"drawn {axis}": beyond / max(1, step.size - near),
        f"empty {axis}": _share(~busy),
        f"changes {axis}": _share(busy[1:] != busy[:-1]) if len(busy) > 1 else 0.0,
        f"dense {axis}": _ninth_decile(by_line),
        f"rule {axis}": float(by_place.max()),
        f"rules {axis}": _share(by_place > 0.5),
    }


def _ninth_decile(values: NDArray[np.float64]) -> float:
    """What `np.percentile(values, 90)` says, which takes as long as all else along the lines."""
    ordered = np.sort(values)
    at = 0.9 * (len(ordered) - 1)
    low, high = ordered[int(at)], ordered[min(int(at) + 1, len(ordered) - 1)]
    return float(low + (high - low) * (at - int(at)))


def _share(of: NDArray[np.bool_]) -> float:
    return np.count_nonzero(of) / of.size


_STEPS = ("equal", "near", "texture", "hard", "drawn", "empty", "changes", "dense", "rule", "rules")
NAMES = (
    *("most common", "second", "eight", "colours", "most", "saturation", "vivid", "grey", "light"),
    *("contrast", "white", "black", "border"),
    *(f"{name} {axis}" for axis in "xy" for name in _STEPS),
    *("wide", "slim", "small"),
)
"""What is measured. The weights of triage are made for these, in this order."""
