"""Changes the scores of the next token: penalties and bans.

Each does what transformers' processor of that name does, for the same settings, on a copy of the
scores; the search tests compare both (tests/contract/test_generation_reference.py). A processor
sees the tokens said so far with the start token in front, and so treats that one as said too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from altlens_host.worker.engines.generation_config import GenerationConfig

Scores = NDArray[np.float32]
Processor = Callable[[Sequence[int], Scores], None]
"""Takes the tokens so far and the scores [vocabulary] of the next one, and changes the scores."""


def repetition_penalty(penalty: float) -> Processor:
    """Make tokens that were said less likely (Keskar et al., "CTRL", 2019, section 4.1)."""

    def process(tokens: Sequence[int], scores: Scores) -> None:
        said = np.unique(tokens)
        given = scores[said]
        scores[said] = np.where(given < 0, given * np.float32(penalty), given / np.float32(penalty))

    return process


def no_repeat_ngram(size: int) -> Processor:
    """Ban each token that would complete a run of `size` tokens that was said already."""

    def process(tokens: Sequence[int], scores: Scores) -> None:
        last = list(tokens[len(tokens) + 1 - size :])
        for at in range(len(tokens) + 1 - size):
            if list(tokens[at : at + size - 1]) == last:
                scores[tokens[at + size - 1]] = -np.inf

    return process


def bad_words(words: Sequence[Sequence[int]], ends: Sequence[int]) -> Processor:
    """Ban each token that would complete one of these runs; ending the caption is never banned.

    As in transformers, a run as long as everything said so far, or longer, is let through.
    """
    single = [word[0] for word in words if len(word) == 1 and word[0] not in ends]
    longer = [tuple(word) for word in words if len(word) > 1]

    def process(tokens: Sequence[int], scores: Scores) -> None:
        scores[single] = -np.inf
        for word in longer:
            if len(word) <= len(tokens) and tuple(tokens[1 - len(word) :]) == word[:-1]:
                scores[word[-1]] = -np.inf

    return process


def min_length(least: int, ends: Sequence[int]) -> Processor:
    """Ban ending the caption before it has `least` tokens, the start token included."""

    def process(tokens: Sequence[int], scores: Scores) -> None:
        if len(tokens) < least:
            scores[list(ends)] = -np.inf

    return process


def processors_for(config: GenerationConfig) -> list[Processor]:
    """Return what the config asks for, in the order of transformers."""
    wanted: list[Processor] = []
    if config.repetition_penalty != 1.0:
        wanted.append(repetition_penalty(config.repetition_penalty))
    if config.no_repeat_ngram_size:
        wanted.append(no_repeat_ngram(config.no_repeat_ngram_size))
    if config.bad_words:
        wanted.append(bad_words(config.bad_words, config.ends))
    if config.min_length and config.ends:
        wanted.append(min_length(config.min_length, config.ends))
    return wanted
