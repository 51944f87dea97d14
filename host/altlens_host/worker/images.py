"""Bytes from the web in, an upright RGB picture out, within the limits.

Pillow's readers are called by their classes, never through Image.open, which looks at every
format that was ever registered: of a picture from the web, only the JPEG and PNG decoders see
anything.
"""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
from PIL import Image
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile

from altlens_host.errors import (
    ImageEmptyError,
    ImageError,
    ImageNotRecognisedError,
    ImageTooComplexError,
    ImageTooManyBytesError,
    ImageTooManyPixelsError,
    ImageTruncatedError,
)
from altlens_host.settings import MAX_IMAGE_BYTES, MAX_IMAGE_PIXELS
from altlens_host.worker.headers import (
    JPEG_START,
    PNG_START,
    declared_size,
    is_webp,
    scan_count,
)

MAX_SCANS = 500
"""Of a JPEG; encoders write about ten where they write more than one."""

MAX_SCANNED_PIXELS = 16 * MAX_IMAGE_PIXELS
"""Pixels times scans: what a decoder goes over altogether."""

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

_Reader = Callable[..., ImageFile]


def decode(data: bytes, side: int, *, any_format: bool = False) -> Image.Image:
    """Decode the first frame of a picture.

    Transparent parts are shown on white, the orientation that a camera noted is applied, and
    16 bits a channel become 8.

    Args:
        data: The bytes of the picture, from an untrusted source.
        side: The longest side, in pixels, that the model looks at. A JPEG at least four times
            as large in both directions is decoded at a half, a quarter or an eighth of its size,
            never below twice this side.
        any_format: Take WebP, GIF, BMP and AVIF too.

    Returns:
        A picture of mode RGB.

    Raises:
        ImageEmptyError: There are no bytes, or no pixels.
        ImageTooManyBytesError: There are more bytes than the limit.
        ImageNotRecognisedError: It is in none of the formats that are taken.
        ImageTooManyPixelsError: It declares more pixels than the limit; it was not decoded.
        ImageTooComplexError: It has more scans than the limit, or needs more memory than the
            worker may use.
        ImageTruncatedError: It breaks off or is damaged.
    """
    reader = _reader(data, any_format=any_format)
    if data.startswith((JPEG_START, PNG_START)) or is_webp(data):
        # These decoders reserve memory for the whole picture as soon as they open it.
        _check_size(declared_size(data))
    if data.startswith(JPEG_START):
        _check_scans(data)
    try:
        return _flatten(_turn(_load(reader, data, side)))
    except ImageError:
        raise
    except MemoryError:
        raise ImageTooComplexError("It needs more memory than the worker may use.") from None
    except Exception as error:
        # Pillow raises a dozen different types for damaged data.
        raise ImageTruncatedError(f"Damaged or cut short: {type(error).__name__}.") from None


def _reader(data: bytes, *, any_format: bool) -> _Reader:
    if not data:
        raise ImageEmptyError("The picture has no bytes.")
    if len(data) > MAX_IMAGE_BYTES:
        raise ImageTooManyBytesError(f"{len(data)} bytes; the limit is {MAX_IMAGE_BYTES}.")
    if data.startswith(JPEG_START):
        return JpegImageFile
    if data.startswith(PNG_START):
        return PngImageFile
    if not any_format:
        raise ImageNotRecognisedError("Neither a JPEG nor a PNG; only these are read.")
    from altlens_host.worker import other_formats

    reader = other_formats.reader(data)
    if reader is None:
        raise ImageNotRecognisedError("Not a JPEG, PNG, WebP, GIF, BMP or AVIF.")
    return reader


def _check_size(size: tuple[int, int] | None) -> None:
    if size is None:
        raise ImageTruncatedError("The header breaks off or is damaged.")
    width, height = size
    if width * height == 0:
        raise ImageEmptyError(f"The picture is {width} by {height} pixels.")
    if width * height > MAX_IMAGE_PIXELS:
        raise ImageTooManyPixelsError(
            f"{width} by {height} pixels; the limit is {MAX_IMAGE_PIXELS} pixels."
        )


def _check_scans(data: bytes) -> None:
    width, height = declared_size(data) or (0, 0)
    scans = scan_count(data)
    if scans > MAX_SCANS or scans * width * height > MAX_SCANNED_PIXELS:
        raise ImageTooComplexError(f"{scans} scans over {width} by {height} pixels.")


def _load(reader: _Reader, data: bytes, side: int) -> ImageFile:
    image = reader(io.BytesIO(data))
    # A second size may stand further inside, where only the decoder looks.
    _check_size(image.size)
    if isinstance(image, (JpegImageFile, PngImageFile)) and image.size != declared_size(data):
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
    over = image if image.mode == "RGBA" else image.convert("RGBA")
    under = Image.new("RGB", over.size, "white")
    under.paste(over, mask=over)
    return under
