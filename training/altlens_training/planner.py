"""Reads plans from pictures: a regression of what captions are about."""

from __future__ import annotations

import torch
from torch import Tensor

from altlens_training.plan import KINDS, PLAN

_LIKELIEST = 8


def decided(logits: Tensor) -> Tensor:
    """The plan [batch, PLAN] for logits [batch, PLAN]: the likeliest kind; several where likely."""
    kinds = torch.nn.functional.one_hot(logits[:, :-1].argmax(1), len(KINDS))
    return torch.cat([kinds.to(logits.dtype), (logits[:, -1:] > 0).to(logits.dtype)], 1)


def signs(logits: Tensor, classes: Tensor, concepts: Tensor) -> Tensor:
    """How sure a plan is, [batch, 10]: the host's SIGNS (`worker.engines.interface`).

    Args:
        logits: Of the plan, [batch, PLAN].
        classes: Probabilities, [batch, 1000].
        concepts: Their logits, [batch, concepts].
    """
    kinds = logits[:, :-1].log_softmax(1).max(1).values
    number = torch.nn.functional.logsigmoid(logits[:, -1].abs())
    logs = (classes + 1e-9).log()
    likely = torch.nn.functional.logsigmoid(
        concepts.topk(min(_LIKELIEST, concepts.shape[1])).values
    )
    sure = [kinds, number, -(classes * logs).sum(1), logs.max(1).values, likely.mean(1)]
    return torch.cat([torch.stack(sure, 1), decided(logits)[:, :-1]], 1)


def fit(
    seen: Tensor, plans: Tensor, weights: Tensor, decay: float, several_from: float
) -> tuple[Tensor, Tensor]:
    """Weights [PLAN, features] and bias [PLAN] that read plans from features, by regression.

    Softmax regression for the kind and logistic regression for several, with the squares of the
    weights (of features of variance 1) as a penalty; the optimum is the only one.

    Args:
        seen: Features, [rows, features].
        plans: The mean plan of each row's captions, [rows, PLAN]; several is NaN where unknown.
        weights: How much a row counts, [rows].
        decay: Of the penalty.
        several_from: From which probability on several are spoken of.
    """
    mean, spread = seen.mean(0), seen.std(0) + 1e-3
    scaled = (seen - mean) / spread
    known = ~plans[:, -1].isnan()
    shares = weights / weights.sum(), weights[known] / weights[known].sum()
    weight = torch.zeros(PLAN, seen.shape[1], requires_grad=True)
    bias = torch.zeros(PLAN, requires_grad=True)
    solver = torch.optim.LBFGS([weight, bias], max_iter=200, line_search_fn="strong_wolfe")

    def loss() -> Tensor:
        solver.zero_grad()
        logits = scaled @ weight.T + bias
        kinds = -(plans[:, :-1] * logits[:, :-1].log_softmax(1)).sum(1)
        of_several = torch.nn.functional.binary_cross_entropy_with_logits(
            logits[known, -1], plans[known, -1], reduction="none"
        )
        total = (shares[0] * kinds).sum() + (shares[1] * of_several).sum()
        total = total + decay * weight.square().sum()
        total.backward()  # type: ignore[no-untyped-call]
        return total

    solver.step(loss)
    weight, bias = weight.detach() / spread, bias.detach()
    bias = bias - weight @ mean
    bias[-1] -= torch.logit(torch.tensor(several_from))
    return weight, bias
