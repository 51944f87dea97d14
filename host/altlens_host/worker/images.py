"""Bytes from the web in, an upright RGB picture out, within the limits.

Pillow's JPEG and PNG readers are called by their classes, never through Image.open, which looks
at every format that was ever registered: no other decoder can be reached from here.
"""

from __future__ import annotations

import io

import numpy as np
from PIL import Image
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile

from altlens_host.errors import (
    ImageEmptyError,
    ImageNotRecognisedError,
    ImageTooManyBytesError,
    ImageTooManyPixelsError,
    ImageTruncatedError,
)
from altlens_host.settings import MAX_IMAGE_BYTES, MAX_IMAGE_PIXELS
from altlens_host.worker.headers import JPEG_START, PNG_START, declared_size

ORIENTATION_TAG = 0x0112
"""The EXIF tag that says how the camera was held (Exif 3.0, section 4.6.5)."""

_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

_WHITE = (255, 255, 255, 255)


def decode(data: bytes, side: int) -> Image.Image:
    """Decode the first frame of a JPEG or a PNG.

    Transparent parts are shown on white, the orientation that a camera noted is applied, and
    16 bits a channel become 8.

    Args:
        data: The bytes of the picture, from an untrusted source.
        side: The longest side, in pixels, that the model looks at. A JPEG at least four times
            as large in both directions is decoded at a half, a quarter or an eighth of its size,
            never below twice this side.

    Returns:
        A picture of mode RGB.

    Raises:
        ImageEmptyError: There are no bytes, or no pixels.
        ImageTooManyBytesError: There are more bytes than the limit.
        ImageNotRecognisedError: It is neither a JPEG nor a PNG.
        ImageTooManyPixelsError: It declares more pixels than the limit; it was not decoded.
        ImageTruncatedError: It breaks off or is damaged.
    """
    _check(data)
    try:
        image = _load(data, side)
    except MemoryError:
        raise
    except Exception as error:
        # Pillow raises a dozen different types for damaged data.
        raise ImageTruncatedError(f"Damaged or cut short: {type(error).__name__}.") from None
    return _flatten(_turn(image))


def _check(data: bytes) -> None:
    if not data:
        raise ImageEmptyError("The picture has no bytes.")
    if len(data) > MAX_IMAGE_BYTES:
        raise ImageTooManyBytesError(f"{len(data)} bytes; the limit is {MAX_IMAGE_BYTES}.")
    if not data.startswith((JPEG_START, PNG_START)):
        raise ImageNotRecognisedError("Neither a JPEG nor a PNG; only these are read.")
    size = declared_size(data)
    if size is None:
        raise ImageTruncatedError("The header breaks off or is damaged.")
    width, height = size
    if width * height == 0:
        raise ImageEmptyError(f"The picture is {width} by {height} pixels.")
    if width * height > MAX_IMAGE_PIXELS:
        raise ImageTooManyPixelsError(
            f"{width} by {height} pixels; the limit is {MAX_IMAGE_PIXELS} pixels."
        )


def _load(data: bytes, side: int) -> ImageFile:
    kind = PngImageFile if data.startswith(PNG_START) else JpegImageFile
    image: ImageFile = kind(io.BytesIO(data))
    if image.size != declared_size(data):
        raise ValueError("two sizes")
    # The RGB asked for here changes nothing: only L and YCbCr have a meaning to the reader.
    image.draft("RGB", (2 * side, 2 * side))
    image.load()
    return image


def _turn(image: Image.Image) -> Image.Image:
    try:
        turn = _UPRIGHT.get(int(image.getexif().get(ORIENTATION_TAG, 1)))
    except Exception:
        # A damaged note on how the camera was held is no reason to lose the picture.
        return image
    return image if turn is None else image.transpose(turn)


def _flatten(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I"):
        # Pillow clips 16 bits to 8 when it converts, which turns most of the picture white.
        return Image.fromarray((np.asarray(image) >> 8).astype(np.uint8)).convert("RGB")
    if not image.has_transparency_data:
        return image.convert("RGB")
    over = image.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", over.size, _WHITE), over).convert("RGB")
