"""Writing captions with the torch model: beam search as the host does it."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from altlens_training.model import Cache
from altlens_training.recipe import Recipe
from altlens_training.tokenizer import END_ID

Step = Callable[[Tensor, Tensor, Cache | None], tuple[Tensor, Cache]]
"""Ids [batch, length], memory and cache to logits [batch, length, vocabulary] and a grown cache."""


@torch.no_grad()
def beam_search(decoder: Step, memory: Tensor, recipe: Recipe) -> list[list[int]]:
    """The best caption of each memory [batch, tokens, width], ids with start and end token.

    A finished caption's score is the sum of its log-probabilities over its length, end token
    included, to the power `length_penalty`; a batch item ends when no open beam can do better.
    """
    return [_search(decoder, row[None], recipe) for row in memory]


def _search(decoder: Step, memory: Tensor, recipe: Recipe) -> list[int]:
    beams, longest, power = recipe.beams, recipe.max_length, recipe.length_penalty
    ids = torch.full((1, 1), END_ID)
    totals = torch.zeros(1)
    logits, cache = decoder(ids, memory, None)
    finished: list[tuple[float, list[int]]] = []
    for length in range(1, longest):
        scores = totals[:, None] + logits[:, -1].log_softmax(-1)
        for row, sentence in enumerate(ids.tolist()):
            scores[row, repeating(sentence, recipe.no_repeat_ngram_size)] = -torch.inf
        best, flat = scores.flatten().topk(2 * beams)
        rows, tokens = flat // scores.shape[1], flat % scores.shape[1]
        kept: list[int] = []
        for rank, (score, token) in enumerate(zip(best.tolist(), tokens.tolist(), strict=True)):
            if token == END_ID or length == longest - 1:
                if rank < beams:
                    sentence = [*ids[rows[rank]].tolist(), token]
                    finished.append((score / length**power, sentence))
            elif len(kept) < beams:
                kept.append(rank)
        finished = sorted(finished, key=lambda item: -item[0])[:beams]
        if not kept:
            break
        hope = best[kept[0]].item() / length**power
        if len(finished) == beams and finished[-1][0] >= hope:
            break
        parents, totals = rows[kept], best[kept]
        ids = torch.cat([ids[parents], tokens[kept, None]], 1)
        cache = [(k[parents], v[parents]) for k, v in cache]
        logits, cache = decoder(ids[:, -1:], memory.expand(len(kept), -1, -1), cache)
    return finished[0][1]


def repeating(sentence: list[int], size: int) -> list[int]:
    """Tokens that would end a run of `size` tokens which the sentence already has; 0 allows all."""
    if not size or len(sentence) < size:
        return []
    last = sentence[len(sentence) - size + 1 :]
    return [
        sentence[at + size - 1]
        for at in range(len(sentence) - size + 1)
        if sentence[at : at + size - 1] == last
    ]
