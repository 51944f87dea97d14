"""Answers what needs no model."""

from __future__ import annotations

from PIL import Image

FLAT_SPREAD = 4
"""Levels of 255 between the darkest and the lightest pixel of a channel that count as one colour.

A JPEG of one colour decodes to one colour at any quality (docs/decisions/0034-flat-pictures.md);
what remains is dither and rounding of a canvas, of one or two levels either way.
"""


def is_flat(image: Image.Image) -> bool:
    """Say whether a picture is one flat colour, so that there is nothing to describe.

    Args:
        image: A picture of mode RGB.
    """
    channels = image.split()
    return all(high - low <= FLAT_SPREAD for low, high in map(_extrema, channels))


def _extrema(channel: Image.Image) -> tuple[int, int]:
    low, high = channel.getextrema()
    return int(low), int(high)  # type: ignore[arg-type]
