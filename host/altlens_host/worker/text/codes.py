"""QR codes and barcodes: what kind they are, and what they hold."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from PIL import Image

MOST_CHARACTERS = 4000
"""A QR code holds at most 4,296 (ISO/IEC 18004)."""

_NAMES = {"qr": "A QR code.", "two": "A two-dimensional code.", "bar": "A barcode."}
_SQUARE = ("aztec", "datamatrix", "maxicode", "pdf417", "dxfilmedge")


class Code(NamedTuple):
    """Codes that were found.

    Attributes:
        name: What is said of them.
        content: What they hold, a line each; for the user alone, on demand.
    """

    name: str
    content: str


def find(image: Image.Image) -> Code | None:
    """Return the codes of a picture; None where there is none, or nothing to look with."""
    try:
        import zxingcpp
    except ImportError:
        return None
    found = zxingcpp.read_barcodes(np.ascontiguousarray(np.asarray(image)))
    valid = [one for one in found if one.valid and one.text]
    if not valid:
        return None
    content = "\n".join(one.text for one in valid)[:MOST_CHARACTERS]
    return Code(_NAMES[_sort(str(valid[0].format))], content)


def _sort(name: str) -> str:
    plain = "".join(filter(str.isalnum, name.lower()))
    if "qr" in plain:
        return "qr"
    return "two" if any(one in plain for one in _SQUARE) else "bar"
