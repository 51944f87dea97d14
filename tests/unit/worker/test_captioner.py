"""What becomes of a picture on its way, with an engine that says what it is told to."""

import io
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from altlens_host.models.catalogue import CALIBRATION, Model
from altlens_host.worker import triage
from altlens_host.worker.captioner import Captioner
from altlens_host.worker.engines import Generation, nothing


class Saying:
    """An engine that says one thing."""

    name, device, side, reason = "saying", "cpu", 64, ""

    def __init__(self, text: str) -> None:
        self.text = text

    def scaled(self, image: Image.Image) -> Image.Image:
        return image

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
    assert (answer.confidence, answer.level) == (0.0, "unsure")


@pytest.mark.parametrize(
    ("seen", "judged"),
    [
        (triage.Seen(triage.Kind.PHOTO, 0.9, 0.9), (0.5, "hedged", True)),
        (triage.Seen(triage.Kind.MAP, 0.6, 0.3), (0.5, "hedged", True)),
        (triage.Seen(triage.Kind.CHART, 0.97, 0.01), (0.97, "plain", False)),
        (triage.Seen(triage.Kind.CHART, 0.7, 0.01), (0.7, "hedged", False)),
    ],
    ids=["a photograph", "perhaps a photograph", "a drawing", "some drawing"],
)
def test_what_was_measured_on_photographs_does_not_judge_drawings(
    seen: triage.Seen,
    judged: tuple[float, str, bool],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of those triage is the judge."""
    monkeypatch.setattr(triage, "look", lambda *_: seen)
    measured = {"version": 1, "bias": 1.0, "weights": {"mean": 1.0}, "plain": 0.6, "hedged": 0.3}
    (tmp_path / CALIBRATION).write_text(json.dumps(measured))
    captioner = Captioner(Model("m", "1", "MIT", tmp_path), Saying("a chart of sales"))

    answer = captioner.answer(photograph())

    assert (answer.confidence, answer.level, answer.calibrated) == judged
