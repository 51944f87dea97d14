"""Pictures as files."""

from __future__ import annotations

import io

from PIL import Image


def encoded(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    """Return a picture's file, in a format and with the options that Pillow has for it."""
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()
