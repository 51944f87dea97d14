"""What needs no model."""

import io

import numpy as np
import pytest
from PIL import Image, ImageDraw

from altlens_host.worker.triage import FLAT_SPREAD, is_flat


@pytest.mark.parametrize("quality", [30, 75, 95])
@pytest.mark.parametrize("colour", [(255, 255, 255), (17, 99, 201), (1, 2, 3)])
def test_one_colour_is_flat_after_jpeg(quality: int, colour: tuple[int, int, int]) -> None:
    """A spacer or a plain background is decorative, also as the extension sends it."""
    buffer = io.BytesIO()
    Image.new("RGB", (61, 37), colour).save(buffer, "JPEG", quality=quality)

    assert is_flat(Image.open(buffer))


def test_dither_is_flat() -> None:
    """A canvas that rounds up and down is still one colour to the eye."""
    dither = np.random.default_rng(1).integers(100, 101 + FLAT_SPREAD, (40, 40, 3))

    assert is_flat(Image.fromarray(dither.astype(np.uint8)))


@pytest.mark.parametrize("channel", [0, 1, 2])
def test_a_faint_picture_is_not_flat(channel: int) -> None:
    """One level more in one channel, and the model looks at it."""
    colour = [200, 200, 200]
    image = Image.new("RGB", (64, 64), tuple(colour))
    colour[channel] += FLAT_SPREAD + 1
    image.putpixel((3, 60), tuple(colour))

    assert not is_flat(image)


def test_pale_writing_is_not_flat() -> None:
    """Light grey on white is pale, but people read it."""
    image = Image.new("RGB", (120, 40), "white")
    ImageDraw.Draw(image).text((5, 10), "sold out", fill=(230, 230, 230))

    assert not is_flat(image)
