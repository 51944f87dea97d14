"""Searches for the best caption, token by token; knows nothing of any inference library.

Greedy and beam search as transformers' `generate` does them for one picture with
`do_sample=False`, so that a model's published settings mean here what they meant to its author
(docs/decisions/0031-search.md). The one difference is in the work: the first step runs with one
row, not with as many equal rows as there are beams.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from altlens_host.errors import ModelBrokenError
from altlens_host.worker.engines.generation_config import GenerationConfig
from altlens_host.worker.engines.processors import Processor, Scores, processors_for

_ALL_BANNED = "The generation config bans every caption."


class Step(Protocol):
    """Runs the decoder for one more token of each caption that is being followed."""

    def __call__(self, tokens: Sequence[int], origins: Sequence[int]) -> NDArray[np.float32]:
        """Return the scores of the token after these.

        Args:
            tokens: The newest token of each caption.
            origins: For each caption, which of the previous call's captions it continues. The
                first call has one caption, whose origin is 0.

        Returns:
            Logits, shape [captions, vocabulary].
        """
        ...


@dataclass(frozen=True, slots=True)
class Caption:
    """A caption as it grows.

    Attributes:
        tokens: All tokens, the start token first.
        logprobs: The model's own log-probability of each token but the start token.
        score: What the search ranks by.
    """

    tokens: tuple[int, ...]
    logprobs: tuple[float, ...] = ()
    score: float = 0.0

    def extended(self, token: int, logprob: float, score: float) -> Caption:
        """Return this caption with one more token."""
        return Caption((*self.tokens, token), (*self.logprobs, logprob), score)


def generate(step: Step, config: GenerationConfig) -> Caption:
    """Search for the best caption.

    Raises:
        ModelBrokenError: The model's numbers are not finite, or a token that the config names
            is not in its vocabulary.
    """
    processors = processors_for(config)
    if config.num_beams == 1:
        return _greedy(step, config, processors)
    return _beams(step, config, processors)


def _greedy(step: Step, config: GenerationConfig, processors: Sequence[Processor]) -> Caption:
    caption = Caption((config.start,))
    while len(caption.tokens) < config.max_length:
        logits = _logits(step, caption.tokens[-1:], (0,), config)[0]
        scores = _processed(processors, caption.tokens, logits)
        token = int(np.argmax(scores))
        if not np.isfinite(scores[token]):
            raise ModelBrokenError(_ALL_BANNED)
        caption = caption.extended(token, float(log_softmax(logits)[token]), 0.0)
        if token in config.ends:
            break
    return caption


def _beams(step: Step, config: GenerationConfig, processors: Sequence[Processor]) -> Caption:
    running = [Caption((config.start,))]
    origins: list[int] = [0]
    finished: list[Caption] = []
    while running and not _is_over(running, finished, config):
        newest = [one.tokens[-1] for one in running]
        logprobs = log_softmax(_logits(step, newest, origins, config))
        scores = np.stack(
            [
                _processed(processors, one.tokens, row) + np.float32(one.score)
                for one, row in zip(running, logprobs, strict=True)
            ]
        )
        running, origins, ended = _continue(running, logprobs, scores, config)
        finished = sorted(finished + ended, key=lambda one: -one.score)[: config.num_beams]
    if not finished:
        raise ModelBrokenError(_ALL_BANNED)
    return finished[0]


def _logits(
    step: Step, tokens: Sequence[int], origins: Sequence[int], config: GenerationConfig
) -> NDArray[np.float32]:
    logits = step(tokens, origins)
    if not np.isfinite(logits.max(axis=1)).all():
        raise ModelBrokenError("The model's numbers are not finite.")
    if config.highest_token >= logits.shape[1]:
        raise ModelBrokenError("The generation config names a token that the model does not have.")
    return logits


def _continue(
    running: Sequence[Caption],
    logprobs: NDArray[np.float32],
    scores: NDArray[np.float32],
    config: GenerationConfig,
) -> tuple[list[Caption], list[int], list[Caption]]:
    """Return the captions to follow, where each comes from, and those that ended."""
    beams = config.num_beams
    origins: list[int] = []
    following: list[Caption] = []
    ended: list[Caption] = []
    # So many that enough remain to follow if every end token is among the best of every beam.
    most = max(2, 1 + len(config.ends)) * beams
    for rank, flat in enumerate(_best(scores.ravel(), most)):
        row, token = divmod(int(flat), scores.shape[1])
        score = float(scores[row, token])
        grown = running[row].extended(token, float(logprobs[row, token]), score)
        if token in config.ends or len(grown.tokens) >= config.max_length:
            if rank < beams:
                ended.append(_ranked(grown, config))
        elif len(following) < beams:
            following.append(grown)
            origins.append(row)
    return following, origins, ended


def _ranked(caption: Caption, config: GenerationConfig) -> Caption:
    score = caption.score / _length_norm(len(caption.tokens) - 1, config)
    return Caption(caption.tokens, caption.logprobs, score)


def _length_norm(length: int, config: GenerationConfig) -> float:
    return math.pow(length, config.length_penalty)


def _is_over(
    running: Sequence[Caption], finished: Sequence[Caption], config: GenerationConfig
) -> bool:
    if len(finished) < config.num_beams:
        return False
    if config.early_stopping is True:
        return True
    length = len(running[0].tokens) - 1
    if config.early_stopping == "never" and config.length_penalty > 0:
        length = config.max_length - 1
    return running[0].score / _length_norm(length, config) <= finished[-1].score


def _best(scores: NDArray[np.float32], most: int) -> NDArray[np.intp]:
    """Return where the best scores are, best first, the earlier one of equals; no banned ones."""
    most = min(most, scores.size)
    least = np.partition(scores, scores.size - most)[scores.size - most]
    places = np.flatnonzero(scores >= least)
    order = places[np.argsort(-scores[places], kind="stable")][:most]
    return order[np.isfinite(scores[order])]


def _processed(processors: Sequence[Processor], tokens: Sequence[int], scores: Scores) -> Scores:
    if not processors:
        return scores
    changed = scores.copy()
    for process in processors:
        process(tokens, changed)
    return changed


def log_softmax(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the natural logarithm of the softmax over the last axis."""
    shifted = logits - logits.max(axis=-1, keepdims=True)
    logprobs: NDArray[np.float32] = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return logprobs
