"""Our search against transformers' `generate`, over the same decoder: the same tokens."""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from contract.tiny_model import SIDE, VOCABULARY
from contract.tiny_torch import START, make

from altlens_host.worker.engines.generation import Step, generate
from altlens_host.worker.engines.generation_config import read_generation_config

MOST = 14


def step_over(torch: Any, model: Any, hidden: Any) -> Step:
    """Run the decoder on whole captions, without past key values: no shared mistake with ours."""
    said: list[list[int]] = [[]]

    def step(tokens: Sequence[int], origins: Sequence[int]) -> np.ndarray:
        said[:] = [[*said[o], t] for o, t in zip(origins, tokens, strict=True)]
        with torch.no_grad():
            out = model.decoder(
                input_ids=torch.tensor(said),
                encoder_hidden_states=hidden.repeat(len(said), 1, 1),
            )
        return out.logits[:, -1].float().numpy()

    return step


def settings() -> list[dict[str, Any]]:
    """Every kind of search, each with a seeded draw of the other settings."""
    draw = random.Random(3)
    drawn: list[dict[str, Any]] = []
    for beams, penalty, ngram, early in itertools.product(
        (1, 2, 3, 4), (1.0, 1.2), (0, 2), (False, True, "never")
    ):
        words = [[draw.randrange(1, VOCABULARY)] for _ in range(4)]
        words += [[draw.randrange(VOCABULARY), draw.randrange(VOCABULARY)] for _ in range(300)]
        words += [[draw.randrange(VOCABULARY) for _ in range(3)] for _ in range(50)] + [[START]]
        drawn.append({
            "num_beams": beams,
            "repetition_penalty": penalty,
            "no_repeat_ngram_size": ngram,
            "early_stopping": early,
            "length_penalty": draw.choice([0.0, 0.6, 1.0, 1.5, -0.5]),
            "bad_words_ids": draw.choice([None, words]),
            "min_length": draw.choice([0, 6]),
            "max_length": MOST,
            "eos_token_id": draw.choice([START, [START, 7], [START, *range(5, VOCABULARY, 7)]]),
        })  # fmt: skip
    return drawn


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_search_finds_the_tokens_that_transformers_finds() -> None:
    """Greedy and 2 to 4 beams, with every processor and every way to stop, on five pictures."""
    torch = pytest.importorskip("torch", reason="the extra [torch] is not installed")
    pytest.importorskip("transformers", reason="[torch] is not installed")
    torch.set_num_threads(1)  # the tensors are tiny
    model = make()
    pictures = torch.randn(5, 3, SIDE, SIDE, generator=torch.Generator().manual_seed(1)) * 3
    captions: set[tuple[int, ...]] = set()

    for chosen, picture in itertools.product(settings(), pictures):
        with torch.no_grad():
            hidden = model.encoder(pixel_values=picture[None]).last_hidden_state
        config = read_generation_config({**chosen, "decoder_start_token_id": START}, {})
        ours = generate(step_over(torch, model, hidden), config).tokens
        theirs = model.generate(
            picture[None], do_sample=False, decoder_start_token_id=START, pad_token_id=START,
            **{name: value for name, value in chosen.items() if value is not None},
        )[0].tolist()  # fmt: skip

        assert list(ours) == theirs, chosen
        captions.add(ours)

    # The draw must not be one in which everything says the same, or nothing ever ends early.
    assert len(captions) > 100
    assert sum(len(caption) < MOST for caption in captions) > 20
