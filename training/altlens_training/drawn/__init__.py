"""Pictures drawn by code of what is no photograph, with their plain captions.

Without them a captioner trained on photographs calls a page of text a dog. Each kind varies as
much as is cheap, so that what is learned holds for drawings by others.
"""

from __future__ import annotations

import io
import random
from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image, ImageFilter

from altlens_training.drawn.blanks import blank
from altlens_training.drawn.charts import bars, dots, lines, pie
from altlens_training.drawn.icons import icon
from altlens_training.drawn.pages import page
from altlens_training.drawn.screens import diagram, screenshot
from altlens_training.drawn.sheet import Sheet, add, new_sheet, noise


@dataclass(frozen=True)
class Kind:
    """How a kind is drawn on a sheet, what is said of it, and how many of each round are such.

    Captions are of about one length, and charts begin alike: beam search divides by the length,
    and chances that part at the second word lose to one that does not.
    """

    draw: Callable[[Sheet], None]
    caption: str
    share: int


KINDS = (
    Kind(page, "a page of text", 5),
    Kind(bars, "a chart with bars", 3),
    Kind(lines, "a chart with lines", 3),
    Kind(dots, "a chart with dots", 2),
    Kind(pie, "a chart with slices", 2),
    Kind(diagram, "a diagram with boxes", 3),
    Kind(screenshot, "a screenshot of a window", 3),
    Kind(icon, "a simple icon", 10),
    Kind(blank, "a blank image", 9),
)
ROUND = tuple(kind for kind in KINDS for _ in range(kind.share))
"""The kinds take turns in this order."""


def kind_of(index: int) -> Kind:
    """The kind of drawn picture number `index`."""
    return ROUND[index % len(ROUND)]


def draw(index: int, seed: int) -> Image.Image:
    """Drawn picture number `index`."""
    rng = random.Random(f"{seed}:{index}")
    sheet = new_sheet(rng)
    kind_of(index).draw(sheet)
    return _sent(rng, sheet.image)


def _sent(rng: random.Random, image: Image.Image) -> Image.Image:
    """What happens to pictures on their way to the web: blur, smaller sizes, grain, JPEG."""
    if rng.random() < 0.2:
        image = image.filter(ImageFilter.GaussianBlur(rng.uniform(0.3, 1.3)))
    if rng.random() < 0.15:
        part = rng.uniform(0.35, 0.8)
        image = image.resize((max(8, int(image.width * part)), max(8, int(image.height * part))))
    if rng.random() < 0.08:
        image = add(image, rng.uniform(1, 9) * noise(rng, image.size))
    if rng.random() < 0.4:
        file = io.BytesIO()
        image.save(file, "JPEG", quality=rng.randrange(15, 96))
        image = Image.open(file).convert("RGB")
    return image
