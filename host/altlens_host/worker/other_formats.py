"""The formats that only somebody at the command line may send: WebP, GIF, BMP and AVIF.

Imported when the first such picture comes: in a worker that serves a browser these decoders are
not there.
"""

from __future__ import annotations

from collections.abc import Callable

from PIL.BmpImagePlugin import BmpImageFile
from PIL.GifImagePlugin import GifImageFile
from PIL.ImageFile import ImageFile
from PIL.WebPImagePlugin import WebPImageFile

from altlens_host.worker.headers import is_webp

_AVIF_BRANDS = (b"avif", b"avis")
"""What an AVIF says it is, right after "ftyp" (AV1 Image File Format, section 6)."""


def reader(data: bytes) -> Callable[..., ImageFile] | None:
    """Return what reads this picture; None where it is none of these formats."""
    if is_webp(data):
        return WebPImageFile
    if data.startswith((b"GIF87a", b"GIF89a")):
        return GifImageFile
    if data.startswith(b"BM"):
        return BmpImageFile
    if data[4:8] == b"ftyp" and data[8:12] in _AVIF_BRANDS:
        return _avif()
    return None


def _avif() -> Callable[..., ImageFile] | None:
    try:
        from PIL.AvifImagePlugin import AvifImageFile
    except ImportError:  # Pillow before 11.3
        return None
    return AvifImageFile
