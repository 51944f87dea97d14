"""What becomes of a picture on its way, with an engine that says what it is told to."""

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from altlens_host.models.catalogue import Model
from altlens_host.worker.captioner import Captioner
from altlens_host.worker.engines import Generation, nothing


class Saying:
    """An engine that says one thing."""

    name, device, side, reason = "saying", "cpu", 64, ""

    def __init__(self, text: str) -> None:
        self.text = text

    def caption(self, image: Image.Image, check: Callable[[], None] = nothing) -> Generation:
        return Generation((1,), (-1.0,), self.text)


def photograph() -> bytes:
    """Return something rough, as photographs are."""
    rng = np.random.default_rng(5)
    rough = rng.integers(0, 256, (12, 16, 3)).astype(np.uint8)
    image = Image.fromarray(rough).resize((320, 240), Image.Resampling.BICUBIC)
    grain = rng.integers(-9, 10, (240, 320, 3))
    grainy = np.clip(np.asarray(image).astype(int) + grain, 0, 255).astype(np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(grainy).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("model", "neutral", "heard"),
    [
        ("lite", True, "A person and several dogs"),
        ("lite", False, "A woman and several dogs"),
        ("unknown", True, "A person and three dogs"),
    ],
)
def test_words_are_chosen_by_model_and_user(
    model: str, neutral: bool, heard: str, tmp_path: Path
) -> None:
    """Numbers are softened where the model is known to miscount, people as the user wants."""
    engine = Saying("a picture of a woman and three dogs with a")
    captioner = Captioner(Model(model, "1", "MIT", tmp_path), engine, neutral=neutral)

    answer = captioner.answer(photograph())

    assert (answer.kind, answer.text) == ("described", heard)


def test_a_withheld_caption_is_unsure(tmp_path: Path) -> None:
    """Rather nothing than an insult."""
    captioner = Captioner(Model("m", "1", "MIT", tmp_path), Saying("a slut on a street"))

    answer = captioner.answer(photograph())

    assert (answer.kind, answer.text) == ("unsure", "")
