"""The drawn pictures that training sees: repeatable, of every kind, and what they are called."""

import numpy as np
import pytest

from altlens_training import drawn

FIRST_OF_KIND = [drawn.ROUND.index(kind) for kind in drawn.KINDS]


@pytest.mark.parametrize("index", FIRST_OF_KIND)
def test_drawing_is_repeatable(index: int) -> None:
    """The same seed draws the same pictures of a kind, so that training can be repeated."""
    for turn in range(4):
        number = index + turn * len(drawn.ROUND)
        first, again, other = (drawn.draw(number, seed) for seed in (5, 5, 6))

        assert first.tobytes() == again.tobytes()
        assert first.tobytes() != other.tobytes()
        assert first.mode == "RGB"
        assert min(first.size) >= 8


def test_every_kind_takes_its_turn() -> None:
    """No kind is left out of a round, and each is called by one plain name."""
    captions = {drawn.kind_of(index).caption for index in range(len(drawn.ROUND))}

    assert captions == {
        "a page of text", "a chart with bars", "a chart with lines", "a chart with dots",
        "a chart with slices", "a diagram with boxes", "a screenshot of a window",
        "a simple icon", "a blank image",
    }  # fmt: skip


def test_only_blank_pictures_are_without_edges() -> None:
    """What is drawn stands out from its ground; nothing stands out in most blank pictures."""
    sharp: dict[str, list[float]] = {}
    for index in range(4 * len(drawn.ROUND)):
        grey = np.asarray(drawn.draw(index, seed=9).convert("L").resize((64, 64)), np.float32)
        steps = np.abs(np.diff(grey, axis=0))[:, 1:] + np.abs(np.diff(grey, axis=1))[1:]
        sharp.setdefault(drawn.kind_of(index).caption, []).append(float(np.quantile(steps, 0.98)))
    middles = {caption: float(np.median(values)) for caption, values in sharp.items()}

    assert middles.pop("a blank image") < 25
    assert min(middles.values()) > 25
