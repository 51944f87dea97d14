"""A search over the likeliest tokens alone finds what a search over all tokens finds."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from altlens_host.worker.engines.choices import Choices, all_of
from altlens_host.worker.engines.generation import choices_needed, generate
from altlens_host.worker.engines.generation_config import GenerationConfig

VOCABULARY = 40


class Model:
    """Logits that depend on the last two tokens, drawn from a seed."""

    def __init__(self, seed: int, most: int | None) -> None:
        """Return only the `most` likeliest of each caption, or all."""
        self._seed, self._most = seed, most
        self._said: list[list[int]] = [[]]
        self.completed = 0

    def __call__(self, tokens: Sequence[int], origins: Sequence[int]) -> np.ndarray | Choices:
        self._said = [[*self._said[o], t] for o, t in zip(origins, tokens, strict=True)]
        logits = np.stack([self._row(said) for said in self._said])
        if self._most is None:
            return logits
        order = np.sort(np.argsort(-logits, axis=1, kind="stable")[:, : self._most], axis=1)

        def whole() -> np.ndarray:
            self.completed += 1
            return logits

        few = np.take_along_axis(logits, order, 1)
        return Choices(order, few, all_of(logits).totals, VOCABULARY, whole)

    def _row(self, said: list[int]) -> np.ndarray:
        random = np.random.default_rng([self._seed, *said[-2:]])
        return (random.normal(size=VOCABULARY) * 3).astype(np.float32)


configs = st.builds(
    GenerationConfig,
    start=st.just(0),
    ends=st.sampled_from([(), (0,), (0, 7)]),
    max_length=st.just(9),
    min_length=st.sampled_from([0, 5]),
    num_beams=st.sampled_from([1, 2, 4]),
    repetition_penalty=st.sampled_from([1.0, 1.3, 3.0]),
    no_repeat_ngram_size=st.sampled_from([0, 1, 2]),
    bad_words=st.sampled_from([(), tuple((n,) for n in range(1, 28)), ((3, 4), (5,))]),
)


@settings(max_examples=300, deadline=None)
@given(configs, st.integers(0, 10**6), st.sampled_from([1, 2, 9, VOCABULARY]))
def test_the_same_caption_from_the_likeliest_alone(
    config: GenerationConfig, seed: int, most: int
) -> None:
    """Tokens and log-probabilities, whatever is banned and however few there are."""
    every, few = generate(Model(seed, None), config), generate(Model(seed, most), config)

    assert few.tokens == every.tokens
    assert np.allclose(few.logprobs, every.logprobs, atol=1e-5)


@pytest.mark.parametrize("beams", [1, 2, 4])
def test_so_many_as_are_asked_for_are_nearly_always_enough(beams: int) -> None:
    """Otherwise the whole vocabulary would be copied at each token after all."""
    config = GenerationConfig(0, (0,), 9, num_beams=beams, repetition_penalty=1.2)
    needed = choices_needed(config)
    models = [Model(seed, needed) for seed in range(50)]

    for model in models:
        generate(model, config)

    assert needed is not None
    assert needed < VOCABULARY
    assert sum(model.completed for model in models) == 0


def test_a_penalty_that_lifts_scores_asks_for_all() -> None:
    """A token that was said could come from anywhere."""
    assert choices_needed(GenerationConfig(0, (0,), repetition_penalty=0.9)) is None
