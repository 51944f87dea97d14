"""Drawn pictures: repeatable, of every kind, and the judges' never the same as the teachers'."""

import random

import pytest
from PIL import Image

from altlens_training import drawn, drawn_check


@pytest.mark.parametrize("index", range(len(drawn.KINDS)))
def test_drawing_is_repeatable(index: int) -> None:
    """The same seed draws the same picture, so that training can be repeated."""
    first, caption = drawn.draw(index, seed=5)
    again, _ = drawn.draw(index, seed=5)
    other, _ = drawn.draw(index, seed=6)

    assert first.tobytes() == again.tobytes()
    assert first.tobytes() != other.tobytes()
    assert first.mode == "RGB"
    assert caption


def test_every_kind_takes_its_turn() -> None:
    """No kind is left out, whatever the number drawn."""
    captions = {drawn.draw(index, seed=0)[1] for index in range(len(drawn.KINDS))}

    assert captions == {
        "text document", "a bar chart", "a line chart", "a scatter plot", "a pie chart",
        "a diagram", "a screenshot", "an icon", "a blank image",
    }  # fmt: skip


@pytest.mark.parametrize("kind", drawn_check.KINDS)
def test_judging_generators_draw(kind: str) -> None:
    """Each judging generator gives pictures that differ from one another."""
    make, _ = drawn_check.KINDS[kind]
    rng = random.Random(0)

    pictures = [make(rng) for _ in range(12)]

    assert all(picture.mode == "RGB" for picture in pictures)
    assert len({picture.tobytes() for picture in pictures}) == 12


def test_check_counts_right_words() -> None:
    """A captioner that always says the same is right about one kind alone."""

    def always(image: Image.Image) -> str:
        return "an icon"

    assert drawn_check.check(always, each=3, seed=0) == {
        "page": 0, "chart": 0, "blank": 0, "icon": 1,
    }  # fmt: skip
