"""Pictures as the extension sends them: JPEG, at most 512 pixels on the longer side."""

from __future__ import annotations

import io
from collections.abc import Iterator
from itertools import count, cycle
from pathlib import Path

from PIL import Image

PHOTOGRAPHS = Path("installer/altlens_installer/demo/pictures")
SIDE = 512
SQUARE = 8


def endless() -> Iterator[bytes]:
    """Yield the demo's photographs round and round, never the same bytes twice.

    A strip of squares in the corner spells the number in bits: no memory of bytes or of pixels
    helps, and the model has the same work.
    """
    photographs = [drawn(path) for path in sorted(PHOTOGRAPHS.glob("*.jpg"))]
    for number, photograph in zip(count(), cycle(photographs), strict=False):
        for bit in range(12):
            left = bit * SQUARE
            grey = 255 * (number >> bit & 1)
            photograph.paste((grey, grey, grey), (left, 0, left + SQUARE, SQUARE))
        file = io.BytesIO()
        photograph.save(file, "JPEG", quality=85)
        yield file.getvalue()


def drawn(path: Path) -> Image.Image:
    """Return a photograph as large as the extension draws it."""
    with Image.open(path) as image:
        photograph = image.convert("RGB")
    photograph.thumbnail((SIDE, SIDE))
    return photograph
