"""What is wrong with a picture: 3xx."""

from __future__ import annotations

from altlens_host.errors.base import AltlensError


class ImageError(AltlensError):
    """The picture cannot be used."""


class ImageNotRecognisedError(ImageError):
    """The bytes are no picture that is known."""

    code = 301
    name = "image_not_recognised"
    hint = "Send a JPEG or a PNG."


class ImageTruncatedError(ImageError):
    """The picture starts well and then breaks off or is damaged."""

    code = 302
    name = "image_truncated"
    hint = "Load the picture again and send it whole."


class ImageEmptyError(ImageError):
    """The picture has no pixels, or no bytes."""

    code = 303
    name = "image_empty"
    hint = "Wait until the picture has loaded."


class ImageTooManyPixelsError(ImageError):
    """The picture declares more pixels than the limit. It was not decoded."""

    code = 304
    name = "image_too_many_pixels"
    hint = "Scale the picture down; welcome.limits.max_image_pixels is the limit."


class ImageTooManyBytesError(ImageError):
    """The picture has more bytes than the limit."""

    code = 305
    name = "image_too_many_bytes"
    hint = "Scale the picture down; welcome.limits.max_image_bytes is the limit."


class ImageTooComplexError(ImageError):
    """The picture would take too long or too much memory to decode."""

    code = 306
    name = "image_too_complex"
    hint = "Save the picture again, smaller or with common settings."
