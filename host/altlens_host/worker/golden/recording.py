"""Records golden captions: those that small differences of arithmetic do not change."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from altlens_host.errors import ModelBrokenError
from altlens_host.models.catalogue import Model
from altlens_host.worker.engines.choices import Choices
from altlens_host.worker.engines.generation import Caption, Step, generate
from altlens_host.worker.engines.generation_config import GenerationConfig
from altlens_host.worker.engines.interface import Generation
from altlens_host.worker.engines.onnx import Graphs, OnnxEngine
from altlens_host.worker.golden.captions import (
    Golden,
    Recording,
    search,
    vocabulary_of,
)
from altlens_host.worker.golden.pictures import digest_of, draw

PICTURES = 16
ROUNDS = 3
"""Of each picture so many captions, each without the words of those before it."""

NOISE = 0.2
"""The words stay the same if each logit is off by up to so much, either way."""

USUAL = 4
"""So many times what the other order of arithmetic makes of the log-probabilities is usual
between machines (docs/decisions/0111-golden-self-test.md)."""

LEAST_TOLERANCE = 0.001
"""A hundred times what was seen between processors; a damage of 64 bytes makes twice as much."""

TRIES = 4
"""How often that is tried with each caption."""

LEAST = 12
"""So few captions would prove little."""


def record(
    model: Model,
    engine: OnnxEngine,
    again: OnnxEngine,
    called: str,
    tell: Callable[[float], None],
) -> Recording:
    """Record what a model says.

    Args:
        model: It.
        engine: It, loaded, in the layout that is known to be right.
        again: The same with the other order of arithmetic.
        called: What that is called in the recording.
        tell: Called with how much is done, from 0 to 1.

    Raises:
        ModelBrokenError: It cannot be run, or hardly anything it says is sure enough.
    """
    kept: list[Golden] = []
    off = 0.0
    for number in range(PICTURES):
        for one in _of_picture(engine, number):
            now = search(again.graphs, again.generation, one.picture, one.without)
            if now.tokens[1:] == one.said.tokens:
                kept.append(one)
                off = max(off, difference(now.logprobs, one.said.logprobs))
        tell((number + 1) / PICTURES)
    if len(kept) < LEAST:
        raise ModelBrokenError(
            f"Of {PICTURES * ROUNDS} captions, {len(kept)} stay the same where the numbers "
            f"are off by up to {NOISE}; {LEAST} are needed."
        )
    return Recording(
        model.id,
        model.revision,
        called,
        NOISE,
        round(max(LEAST_TOLERANCE, USUAL * off), 4),
        digest_of(sorted({one.picture for one in kept})),
        vocabulary_of(engine.tokenizer),
        tuple(kept),
    )


def _of_picture(engine: OnnxEngine, number: int) -> Iterator[Golden]:
    config, without = engine.generation, set[int]()
    for _ in range(ROUNDS):
        banned = tuple(sorted(without))
        said = search(engine.graphs, config, number, banned)
        if _withstands(engine.graphs, config.without(banned), number, said):
            yield Golden(number, banned, words_of(engine, said))
        without |= {*said.tokens} - {config.start, *config.ends}


def difference(first: Sequence[float], second: Sequence[float]) -> float:
    """Return the largest difference of two captions' log-probabilities."""
    return max(abs(one - other) for one, other in zip(first, second, strict=True))


def words_of(engine: OnnxEngine, said: Caption) -> Generation:
    """Return a caption of the search with its words, as the engine answers."""
    tokens = said.tokens[1:]
    words = [token for token in tokens if token not in engine.generation.ends]
    return Generation(tokens, said.logprobs, engine.tokenizer.decode(words))


def _withstands(graphs: Graphs, config: GenerationConfig, number: int, said: Caption) -> bool:
    image = Image.fromarray(draw(number))
    for attempt in range(TRIES):
        step = _noisy(graphs.start(image), np.random.default_rng((number, attempt)))
        if generate(step, config).tokens != said.tokens:
            return False
    return True


def _noisy(step: Step, random: np.random.Generator) -> Step:
    """Return a decoder whose numbers are off."""

    def noisy(tokens: Sequence[int], origins: Sequence[int]) -> NDArray[np.float32]:
        made = step(tokens, origins)
        logits = made.completed().logits if isinstance(made, Choices) else made
        noise = random.uniform(-NOISE, NOISE, logits.shape)
        return (logits + noise).astype(np.float32)

    return noisy
