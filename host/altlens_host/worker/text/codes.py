"""QR codes and barcodes: what kind they are, and what they hold."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple, TypeVar

import numpy as np
from PIL import Image

_Result = TypeVar("_Result")

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


def find_beside(
    image: Image.Image,
    other: Callable[[Callable[[], None]], _Result] | None,
    check: Callable[[], None],
) -> tuple[Code | None, _Result | None]:
    """Look for the codes of a picture in a thread of its own while something else is done.

    Args:
        image: As for `find`.
        other: What to do meanwhile, which is given up where codes are found; it calls what it is
            given now and then. None where there is nothing.
        check: Called with each of these calls; what it raises ends the work.

    Returns:
        The codes, and the other's result; that is None where there are codes.
    """
    if other is None:
        return find(image), None
    with ThreadPoolExecutor(1) as beside:
        looking = beside.submit(find, image)

        def check_both() -> None:
            check()
            if looking.done() and looking.result():
                raise _FoundError

        try:
            result = other(check_both)
        except _FoundError:
            return looking.result(), None
        return (code, None) if (code := looking.result()) else (None, result)


class _FoundError(Exception):
    """There is a code: nothing else is of interest."""


def _sort(name: str) -> str:
    plain = "".join(filter(str.isalnum, name.lower()))
    if "qr" in plain:
        return "qr"
    return "two" if any(one in plain for one in _SQUARE) else "bar"
