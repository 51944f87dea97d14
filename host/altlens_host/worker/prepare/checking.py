"""Compares what prepared graphs say with what they were made from."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from altlens_host.worker.engines.choices import Choices
from altlens_host.worker.engines.generation import generate
from altlens_host.worker.engines.generation_config import GenerationConfig
from altlens_host.worker.engines.onnx import Graphs
from altlens_host.worker.prepare.refusal import RefusedError

PICTURES = 8
MEASURED = 2
"""Of so many pictures the numbers are compared too, though the words be the same."""

FORCED_PICTURES = 6
TOKENS = 12

NEAR_TIE = 1e-3
"""Where the two likeliest tokens are this close, either may win."""

MOST_ERROR = 1.05
"""How much the error of graphs from floats may be of the error of the hub's quantized ones."""

Tell = Callable[[float], None]


def draw_pictures(count: int) -> list[Image.Image]:
    """Draw pictures, no two alike, the same on every machine."""
    random = np.random.default_rng(2077)
    drawn = []
    for _ in range(count):
        colours = random.integers(0, 256, (4, 4, 3)).astype(np.uint8)
        image = Image.fromarray(colours).resize((320, 240), Image.Resampling.BICUBIC)
        x, y, size = (int(value) for value in random.integers(20, 140, 3))
        fill = tuple(int(value) for value in random.integers(0, 256, 3))
        ImageDraw.Draw(image).ellipse((x, y, x + size, y + size), fill=fill)
        drawn.append(image)
    return drawn


def forced(graphs: Graphs, image: Image.Image, tokens: Sequence[int]) -> NDArray[np.float32]:
    """Return the logits [tokens, vocabulary] before each of these tokens, the first aside.

    Args:
        graphs: A model.
        image: What it looks at.
        tokens: What it is made to say, from the start token on.
    """
    step = graphs.start(image)
    rows = []
    for token in tokens:
        made = step([token], [0])
        rows.append(made.completed().logits[0] if isinstance(made, Choices) else made[0])
    return np.array(rows)


def same_tokens(
    prepared: Graphs, reference: Graphs, config: GenerationConfig, tell: Tell
) -> dict[str, Any]:
    """See that prepared graphs say the same as those that they were made from.

    Every second picture is captioned without the words of those before it: a model may say one
    thing of all that is drawn.

    Returns:
        The figures.

    Raises:
        RefusedError: They say something else, and not because two words were equally likely.
    """
    config = dataclasses.replace(config, max_length=min(config.max_length, TOKENS + 1))
    ties, tokens, largest, words = 0, 0, 0.0, set[int]()
    for at, image in enumerate(draw_pictures(PICTURES)):
        asked = config.without(sorted(words)) if at % 2 else config
        said = [generate(one.start(image), asked).tokens for one in (reference, prepared)]
        words |= {*said[0]} - {config.start, *config.ends}
        tokens += len(said[0]) - 1
        if at < MEASURED or said[0] != said[1]:
            largest = max(largest, difference(prepared, reference, image, said))
        if said[0] != said[1]:
            ties += 1
            if largest > NEAR_TIE / 2:
                raise RefusedError(
                    f"The prepared graphs say something else of drawn picture {at + 1} than the "
                    f"original ones; their numbers differ by up to {largest:.2g}."
                )
        tell((at + 1) / PICTURES)
    return {
        "pictures": PICTURES,
        "tokens": tokens,
        "near_ties": ties,
        "largest_difference": largest,
    }


def difference(
    first: Graphs, second: Graphs, image: Image.Image, said: Sequence[Sequence[int]]
) -> float:
    """Return the largest difference of two models' logits along some captions.

    If it is below half of NEAR_TIE, different words can only come from a near-tie.
    """
    return max(
        float(np.abs(forced(first, image, tokens) - forced(second, image, tokens)).max())
        for tokens in set(map(tuple, said))
    )


class Teacher:
    """What the floats say, to measure others against."""

    def __init__(self, floats: Graphs, start: int) -> None:
        """Caption some pictures greedily, without penalties.

        Args:
            floats: The model in 32-bit floats.
            start: Its start token.
        """
        self._cases = []
        plain = GenerationConfig(start, (), max_length=TOKENS + 1)
        for image in draw_pictures(FORCED_PICTURES):
            tokens = generate(floats.start(image), plain).tokens[:-1]
            self._cases.append((image, tokens, forced(floats, image, tokens)))

    def error(self, graphs: Graphs) -> tuple[float, float]:
        """Measure other graphs on the same pictures and tokens.

        Returns:
            The logits' relative error (the norm of the difference over the norm of the floats'
            logits without their mean), and the share of tokens that both find the likeliest.
        """
        errors, same = [], []
        for image, tokens, right in self._cases:
            made = forced(graphs, image, tokens)
            errors.append(np.linalg.norm(made - right) / np.linalg.norm(right - right.mean()))
            same.append((made.argmax(axis=1) == right.argmax(axis=1)).mean())
        return float(np.mean(errors)), float(np.mean(same))
