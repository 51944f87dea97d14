"""Finds pictures with nothing to see: one colour, a ramp, a spacer, a divider, a wallpaper."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

FLAT_SPREAD = 4
"""Levels of 255 between the darkest and the lightest pixel of a channel that count as one colour.

A JPEG of one colour decodes to one colour at any quality (docs/decisions/0034-flat-pictures.md);
what remains is dither and rounding of a canvas, of one or two levels either way.
"""

THIN = 3
"""A picture of so few pixels across shows nothing, whatever is in it."""

SLENDER = 10
"""So many times as long as wide, a picture that is the same all along is a rule between texts."""

_SIDE, _COARSE = 64, 12
_MOST_OFF_A_RAMP = 7.0
_EDGE, _MOST_EDGES, _FEW = 24, 0.001, 8
_MOST_BESIDE_A_PROFILE = 0.08
_TILED_SIDE, _TILED_LINES, _SHORTEST, _LONGEST = 160, 32, 3, 48
_LEAST_VARIANCE, _LEAST_BETWEEN, _MOST_OFF_A_TILE = 4.0, 0.4, 0.08


def is_decoration(image: Image.Image, grey: Image.Image | None = None) -> bool:
    """Say whether there is nothing on a picture to describe.

    Args:
        image: A picture of mode RGB.
        grey: The same in mode L, where it is at hand.
    """
    grey = grey or image.convert("L")
    return (
        min(image.size) <= THIN
        or _is_a_divider(grey)
        # Nearly all that is no decoration has marks, which are quickly found.
        or (not _has_marks(grey) and (is_flat(image) or _is_smooth(image)))
        or _is_tiled(grey)
    )


def is_flat(image: Image.Image) -> bool:
    """Say whether a picture is of one colour."""
    return all(high - low <= FLAT_SPREAD for low, high in map(_extrema, image.split()))


def _extrema(channel: Image.Image) -> tuple[int, int]:
    low, high = channel.getextrema()
    return int(low), int(high)  # type: ignore[arg-type]


def _is_a_divider(grey: Image.Image) -> bool:
    """A slender picture of one profile, that is stronger here and weaker there: a rule, dashes.

    Letters differ from one to the next, so a line of text is more than one profile.
    """
    if max(grey.size) < SLENDER * min(grey.size):
        return False
    levels = np.asarray(grey, np.float32)
    strengths = np.linalg.svd(levels - np.median(levels), compute_uv=False) ** 2
    return bool(strengths[1:].sum() < _MOST_BESIDE_A_PROFILE * strengths.sum())


def _is_smooth(image: Image.Image) -> bool:
    """A ramp, a glow or a soft blur: what can be drawn again from a few of its pixels."""
    small = image.resize((_SIDE, _SIDE), Image.Resampling.BOX)
    coarse = small.resize((_COARSE, _COARSE), Image.Resampling.BOX)
    again = coarse.resize((_SIDE, _SIDE), Image.Resampling.BICUBIC)
    off = np.abs(np.asarray(small).astype(np.int16) - np.asarray(again)).max(2)
    inner = off[6:-6, 6:-6]  # a picture that is drawn again has soft edges
    return bool((inner > _MOST_OFF_A_RAMP).mean() <= 0.01)


def _has_marks(grey: Image.Image) -> bool:
    """Whether anything small stands out, which a small picture of the picture does not show."""
    levels = np.asarray(grey)
    most = _MOST_EDGES * levels[:, 2:].size
    # Mostly a few of the lines have enough of them.
    return any(_edges(levels[::step]) > most for step in (_FEW, 1))


def _edges(levels: NDArray[np.uint8]) -> int:
    left, right = levels[:, :-2], levels[:, 2:]
    return int(np.count_nonzero(np.maximum(left, right) - np.minimum(left, right) > _EDGE))


def _is_tiled(grey: Image.Image) -> bool:
    """A wallpaper: moved by the size of a tile, the picture is the same, wherever one looks."""
    side = min(_TILED_SIDE, *grey.size)
    if side < 3 * _SHORTEST:
        return False
    right, low = grey.width - side, grey.height - side
    # The plot of a chart may return, its labels do not.
    corners = ((right // 2, low // 2), (0, 0), (right, low), (right, 0), (0, low))
    return all(_is_tile(grey.crop((x, y, x + side, y + side))) for x, y in corners)


def _is_tile(part: Image.Image) -> bool:
    levels = np.asarray(part, np.float32)
    varies = float(levels.var())
    if varies < _LEAST_VARIANCE:
        return False
    across = _returns(levels, varies)
    if across is None:
        return False
    down = _returns(levels.T, varies)
    # Stripes are the same all along in one direction, and must return in the other.
    return down is not None and (across or down)


def _returns(grey: NDArray[np.float32], varies: float) -> bool | None:
    """Whether columns change and are the same again after some pixels, at least three times.

    False where they are the same all along, None where they change and do not return.
    """
    lines = grey[:: max(1, len(grey) // _TILED_LINES)]
    length = lines.shape[1]
    # The mean square of what is apart at each lag, from the autocorrelation.
    waves = np.fft.rfft(lines, 2 * length)
    alike = np.fft.irfft(waves * waves.conj(), 2 * length)[:, :length].sum(0)
    energy = np.cumsum(np.square(lines).sum(0))
    lags = np.arange(_SHORTEST, min(_LONGEST, length // 3) + 1)
    pairs = energy[length - 1 - lags] + energy[-1] - energy[lags - 1] - 2 * alike[lags]
    apart = pairs / ((length - lags) * len(lines)) / (2 * varies)
    if apart.max() < _MOST_OFF_A_TILE:
        return False
    first = int((apart > _LEAST_BETWEEN).argmax())
    changes = bool(apart[first] > _LEAST_BETWEEN)
    return True if changes and apart[first:].min() < _MOST_OFF_A_TILE else None
