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
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from altlens_host.errors import ModelBrokenError
from altlens_host.worker.engines.choices import Choices, all_of
from altlens_host.worker.engines.generation_config import GenerationConfig
from altlens_host.worker.engines.processors import Processor, processors_for

_ALL_BANNED = "The generation config bans every caption."


class Step(Protocol):
    """Runs the decoder for one more token of each caption that is being followed."""

    def __call__(
        self, tokens: Sequence[int], origins: Sequence[int]
    ) -> NDArray[np.float32] | Choices:
        """Return the scores of the token after these.

        Args:
            tokens: The newest token of each caption.
            origins: For each caption, which of the previous call's captions it continues. The
                first call has one caption, whose origin is 0.

        Returns:
            Logits, shape [captions, vocabulary]; or the likeliest of them.
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
        choices = _choices(step, caption.tokens[-1:], (0,), config)
        choices, scores = _scored(choices, [caption], processors, 1, greedy=True)
        at = int(np.argmax(scores[0]))
        if not np.isfinite(scores[0, at]):
            raise ModelBrokenError(_ALL_BANNED)
        token = int(choices.tokens[0, at])
        caption = caption.extended(token, float(choices.logprobs[0, at]), 0.0)
        if token in config.ends:
            break
    return caption


def _beams(step: Step, config: GenerationConfig, processors: Sequence[Processor]) -> Caption:
    running = [Caption((config.start,))]
    origins: list[int] = [0]
    finished: list[Caption] = []
    while running and not _is_over(running, finished, config):
        newest = [one.tokens[-1] for one in running]
        choices = _choices(step, newest, origins, config)
        choices, scores = _scored(choices, running, processors, _most(config), greedy=False)
        running, origins, ended = _continue(running, choices, scores, config)
        finished = sorted(finished + ended, key=lambda one: -one.score)[: config.num_beams]
    if not finished:
        raise ModelBrokenError(_ALL_BANNED)
    return finished[0]


def _most(config: GenerationConfig) -> int:
    """So many that enough remain to follow if every end token is among the best of every beam."""
    return max(2, 1 + len(config.ends)) * config.num_beams


def choices_needed(config: GenerationConfig) -> int | None:
    """Return how many of the likeliest tokens of each caption are nearly always enough.

    None means all: a repetition penalty below 1 can lift any token that was said.
    """
    if config.repetition_penalty < 1.0:
        return None
    return (_most(config) if config.num_beams > 1 else 1) + (16 if processors_for(config) else 0)


def _choices(
    step: Step, tokens: Sequence[int], origins: Sequence[int], config: GenerationConfig
) -> Choices:
    made = step(tokens, origins)
    choices = made if isinstance(made, Choices) else all_of(made)
    if not np.isfinite(choices.totals).all():
        raise ModelBrokenError("The model's numbers are not finite.")
    if config.highest_token >= choices.vocabulary:
        raise ModelBrokenError("The generation config names a token that the model does not have.")
    return choices


def _scored(
    choices: Choices,
    captions: Sequence[Caption],
    processors: Sequence[Processor],
    most: int,
    *,
    greedy: bool,
) -> tuple[Choices, NDArray[np.float32]]:
    """Return scores of all tokens that may be among the `most` best, and those tokens.

    Penalties and bans only ever lower a score. So the best of the tokens that are at hand are
    the best of all, unless one that was left out could score as high even untouched.
    """
    given = choices.logits if greedy else choices.logprobs
    bases = np.array([0.0 if greedy else one.score for one in captions], np.float32)[:, None]
    scores = given
    if processors:
        rows = zip(captions, choices.tokens, given, strict=True)
        changed = [_processed(processors, one.tokens, row, choices) for one, *row in rows]
        scores = np.stack(changed)
    scores = scores + bases
    if choices.whole is None:
        return choices, scores
    left_out = (given.min(axis=1, keepdims=True) + bases).max()
    if scores.size >= most and np.partition(scores, -most, axis=None)[-most] > left_out:
        return choices, scores
    return _scored(choices.completed(), captions, processors, most, greedy=greedy)


def _continue(
    running: Sequence[Caption],
    choices: Choices,
    scores: NDArray[np.float32],
    config: GenerationConfig,
) -> tuple[list[Caption], list[int], list[Caption]]:
    """Return the captions to follow, where each comes from, and those that ended."""
    beams = config.num_beams
    origins: list[int] = []
    following: list[Caption] = []
    ended: list[Caption] = []
    for rank, flat in enumerate(_best(scores.ravel(), _most(config))):
        row, at = divmod(int(flat), scores.shape[1])
        token, score = int(choices.tokens[row, at]), float(scores[row, at])
        grown = running[row].extended(token, float(choices.logprobs[row, at]), score)
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


def _processed(
    processors: Sequence[Processor],
    said: Sequence[int],
    row: Sequence[NDArray[Any]],
    choices: Choices,
) -> NDArray[np.float32]:
    """Let the processors change one caption's scores; they know tokens by their number."""
    tokens, given = row
    scores = np.full(choices.vocabulary, -np.inf, np.float32)
    scores[tokens] = given
    for process in processors:
        process(said, scores)
    changed: NDArray[np.float32] = scores[tokens]
    return changed
