"""What needs no model: nothing to see, and what kind of picture it is."""

import io
import random
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from altlens_host.worker.blankness import FLAT_SPREAD, is_decoration, is_flat
from altlens_host.worker.picture_features import NAMES, features
from altlens_host.worker.triage import Kind, look
from altlens_training.drawn_check import KINDS
from altlens_training.drawn_check.canvas import as_sent, font
from altlens_training.drawn_check.maps import map_
from altlens_training.drawn_check.ornaments import ORNAMENTS


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
    """One level more in one channel, and it is looked at further."""
    colour = [200, 200, 200]
    image = Image.new("RGB", (64, 64), tuple(colour))
    colour[channel] += FLAT_SPREAD + 1
    image.putpixel((3, 60), tuple(colour))

    assert not is_flat(image)


def written(text: str, size: tuple[int, int], ink: int = 0) -> Image.Image:
    image = Image.new("RGB", size, "white")
    pen = ImageDraw.Draw(image)
    pen.text((5, size[1] // 4), text, fill=(ink,) * 3, font=font("sans", size[1] // 2))
    return image


def bars(seed: int) -> Image.Image:
    """Return a barcode: the same all down, and never twice the same across."""
    widths = random.Random(seed).choices((2, 4, 6), k=60)
    across = np.concatenate([[255 * (k % 2)] * wide for k, wide in enumerate(widths)])
    return Image.fromarray(np.tile(across.astype(np.uint8), (90, 1))).convert("RGB")


def squares(seed: int) -> Image.Image:
    """Return something like a QR code."""
    cells = np.random.default_rng(seed).integers(0, 2, (25, 25)).astype(np.uint8) * 255
    return Image.fromarray(cells.repeat(6, 0).repeat(6, 1)).convert("RGB")


def dot_on_a_ramp() -> Image.Image:
    image = Image.linear_gradient("L").convert("RGB")
    ImageDraw.Draw(image).ellipse((120, 120, 128, 128), "red")
    return image


@pytest.mark.parametrize(
    "image",
    [
        written("sold out", (120, 40), ink=230),
        written("A headline over the whole page", (460, 24)),
        written("Chapter one", (300, 60)),
        bars(1),
        bars(2),
        squares(1),
        dot_on_a_ramp(),
    ],
)
def test_what_says_something_is_no_decoration(image: Image.Image) -> None:
    """Pale writing, a line of text as slender as a rule, codes, a dot on a ramp."""
    assert not is_decoration(image)


@pytest.mark.parametrize(
    ("kind", "least"),
    [("fill", 0.95), ("gradient", 0.95), ("spacer", 0.95), ("divider", 0.95), ("tiles", 0.75)],
)
def test_decorations_are_known(kind: str, least: float) -> None:
    """Nearly all fills, gradients, spacers and rules, and most wallpapers, as they are sent."""
    hits = 0
    for number in range(40):
        rng = random.Random(f"triage:{number}")
        image = Image.open(io.BytesIO(as_sent(ORNAMENTS[kind](rng), rng))).convert("RGB")
        hits += look(image).kind is Kind.DECORATIVE

    assert hits >= least * 40


@pytest.mark.parametrize("kind", ["page", "chart", "icon", "map"])
def test_drawings_are_seldom_taken_for_photographs(kind: str) -> None:
    """Of pictures that nothing was fitted to; docs/QUALITY.md has the figures."""
    draw = {**KINDS, "map": map_}[kind]
    taken = []
    for number in range(40):
        rng = random.Random(f"triage:{number}")
        image = Image.open(io.BytesIO(as_sent(draw(rng), rng))).convert("RGB")
        taken.append(look(image).kind)

    assert taken.count(Kind.PHOTO) <= 6
    assert Kind.DECORATIVE not in taken


PHOTOGRAPHS = sorted(
    (Path(__file__).parents[3] / "installer/altlens_installer/demo/pictures").glob("*.jpg")
)


@pytest.mark.parametrize("path", PHOTOGRAPHS, ids=lambda path: path.stem)
@pytest.mark.parametrize("side", [512, 160])
def test_photographs_are_photographs(path: Path, side: int) -> None:
    """None is taken for a decoration, which would be silence, nor for a drawing."""
    image = Image.open(path).convert("RGB")
    image.thumbnail((side, side))

    assert look(image).kind is Kind.PHOTO


@pytest.mark.parametrize("size", [(1, 1), (2, 1), (1, 400), (4, 5), (3000, 7), (513, 2)])
def test_every_size_can_be_measured(size: tuple[int, int]) -> None:
    """A web page has them all."""
    noise = np.random.default_rng(1).integers(0, 256, (size[1], size[0], 3)).astype(np.uint8)
    image = Image.fromarray(noise)

    measured = features(image)
    seen = look(image)

    assert measured.shape == (len(NAMES),)
    assert np.isfinite(measured).all()
    assert 0 <= seen.sure <= 1


def test_a_huge_picture_is_made_smaller_first() -> None:
    """A picture of many megapixels, slender too, takes neither seconds nor memory beyond it."""
    seconds = []
    for size in ((1000, 95), (12_000, 1_150)):
        image = Image.effect_noise(size, 90).convert("RGB")
        began = time.thread_time()
        look(image)
        seconds.append(time.thread_time() - began)

    assert seconds[1] < 60 * seconds[0]  # it has 145 times the pixels
