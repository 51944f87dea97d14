"""How far a model's confidence can be trusted, with 95% bootstrap intervals over pictures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from altlens_training.metrics import RIGHT, auroc, calibration_error

_RESAMPLES = 1000


class Judged(NamedTuple):
    """A caption, what the host thinks of it, and what it is worth.

    Attributes:
        confidence: From 0 to 1.
        plain: Whether it is said plainly.
        mean: ROUGE-L, the mean over people's captions, 0 to 100.
        best: ROUGE-L against the best of them; RIGHT and more is right.
    """

    confidence: float
    plain: bool
    mean: float
    best: float


def trust(captions: Sequence[Judged], seed: int = 0) -> dict[str, Any]:
    """What a confidence is worth.

    Returns:
        Each as {"value", "interval"}, None where it is not defined: "ece", the expected
        calibration error; "auroc"; "right", the share of all that is right; "plain", the share
        that is said plainly; "plain_right", how much of that is right; "gain_mean" and
        "gain_best", by how much its ROUGE-L is above that of all.

    Raises:
        ValueError: There are no captions.
    """
    if not captions:
        raise ValueError("no captions")
    rng = np.random.default_rng(seed)
    draws = [
        [captions[index] for index in rng.integers(0, len(captions), len(captions))]
        for _ in range(_RESAMPLES)
    ]
    return {name: _with_interval(of, captions, draws) for name, of in _FIGURES.items()}


Figure = Callable[[Sequence[Judged]], float | None]


def _with_interval(
    of: Figure, captions: Sequence[Judged], draws: Sequence[Sequence[Judged]]
) -> dict[str, Any] | None:
    value = of(captions)
    others = [found for some in draws if (found := of(some)) is not None]
    if value is None or not others:
        return None
    low, high = np.percentile(others, (2.5, 97.5))
    return {"value": value, "interval": [float(low), float(high)]}


def _right(captions: Sequence[Judged]) -> list[bool]:
    return [one.best >= RIGHT for one in captions]


def _share(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None


def _gain(captions: Sequence[Judged], of: Callable[[Judged], float]) -> float | None:
    plain = _share([of(one) for one in captions if one.plain])
    whole = _share([of(one) for one in captions])
    return None if plain is None or whole is None else plain - whole


_FIGURES: dict[str, Figure] = {
    "ece": lambda some: calibration_error([one.confidence for one in some], _right(some)),
    "auroc": lambda some: auroc([one.confidence for one in some], _right(some)),
    "right": lambda some: _share(_right(some)),
    "plain": lambda some: _share([one.plain for one in some]),
    "plain_right": lambda some: _share([one.best >= RIGHT for one in some if one.plain]),
    "gain_mean": lambda some: _gain(some, lambda one: one.mean),
    "gain_best": lambda some: _gain(some, lambda one: one.best),
}
