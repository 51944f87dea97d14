"""Fits how likely a model's captions are right, from captions that people can be compared with.

Two steps, so that few pictures do. Which way the measures point is learned by ridge regression of
ROUGE-L itself (A. Hoerl, R. Kennard, Ridge Regression, 1970), which says more of a caption than
right or wrong. Captions by other models of the same kind may help with that, and pictures that the
model was trained on. How likely "right" is, they cannot say; that is Platt scaling on the others
alone (J. Platt, Probabilistic Outputs for Support Vector Machines, 1999).
"""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from altlens_host.worker.confidence import Calibration, Verdict
from altlens_training.metrics import RIGHT

FEWEST, FEWEST_OF_A_KIND = 60, 15
"""Pictures, and right and wrong captions among them, below which nothing is fitted."""

PLAIN_RIGHT = 0.9
"""How many of the captions that are said plainly shall be right."""

PLAIN_SHARE, PLAIN_AT_LEAST = 0.4, 2 / 3
"""Where these would be fewer than this share of all: so many, if at least so many are right. A
hedge before nearly everything would tell nothing."""

UNSURE = 0.05
"""What is less likely right than this is not said. Much of what is no good sentence still names
what is there, so a hedge does for the rest."""

_RIDGE = 40.0
"""How many captions it takes to move a weight half of the way."""

_FOLDS = 10
_NEWTON_STEPS = 50

Numbers = NDArray[np.float64]


class Sample(NamedTuple):
    """A caption of a picture that people captioned.

    Attributes:
        measures: What the host measured of it (`altlens_host.worker.confidence.measures`).
        rouge_l: Against the best of people's captions, 0 to 100.
    """

    measures: Mapping[str, float]
    rouge_l: float

    @property
    def right(self) -> bool:
        """Whether it counts as right."""
        return self.rouge_l >= RIGHT


def fit(
    fair: Sequence[Sample], seen: Sequence[Sample] = (), also: Sequence[Sample] = ()
) -> Calibration:
    """Fit a model's calibration.

    Args:
        fair: Of pictures that the model was not trained on.
        seen: Of pictures that it was trained on; none are needed.
        also: By models of its kind, of pictures that they were not trained on; none are needed.

    Raises:
        ValueError: The fair ones are too few, or the measures do not tell right from wrong.
    """
    right = sum(one.right for one in fair)
    if len(fair) < FEWEST or min(right, len(fair) - right) < FEWEST_OF_A_KIND:
        raise ValueError(
            f"{len(fair)} captions, {right} of them right, are too few to learn from: "
            f"{FEWEST} are needed, with {FEWEST_OF_A_KIND} right and {FEWEST_OF_A_KIND} wrong ones"
        )
    return _fitted(fair, seen, also)


def cross_validated(
    fair: Sequence[Sample],
    seen: Sequence[Sample] = (),
    also: Sequence[Sample] = (),
    *,
    seed: int = 0,
) -> list[Verdict]:
    """The confidence and the level of each fair caption, by a fit of the others.

    Raises:
        ValueError: As `fit`.
    """
    order = random.Random(seed).sample(range(len(fair)), len(fair))
    found: dict[int, Verdict] = {}
    for fold in range(_FOLDS):
        left_out = set(order[fold::_FOLDS])
        fitted = _fitted([one for at, one in enumerate(fair) if at not in left_out], seen, also)
        found |= {at: fitted.of(fair[at].measures) for at in left_out}
    return [found[at] for at in range(len(fair))]


def _fitted(fair: Sequence[Sample], seen: Sequence[Sample], also: Sequence[Sample]) -> Calibration:
    names = sorted(fair[0].measures)
    if any(sorted(one.measures) != names for one in (*fair, *seen, *also)):
        raise ValueError("not the same was measured of all captions")
    weights = _slopes((*fair, *also), seen, names)
    ranks = _table(fair, names) @ weights
    bias, scale = _platt(ranks, np.array([one.right for one in fair]))
    if scale <= 0:
        raise ValueError("what this model is surer of is not right more often; nothing is fitted")
    said = {name: float(scale * weight) for name, weight in zip(names, weights, strict=True)}
    plain = _plain(_sigmoid(bias + scale * ranks))
    return Calibration(bias, said, plain, min(UNSURE, plain), measured=True)


def _table(samples: Sequence[Sample], names: Sequence[str]) -> Numbers:
    return np.array([[one.measures[name] for name in names] for one in samples])


def _slopes(fair: Sequence[Sample], seen: Sequence[Sample], names: Sequence[str]) -> Numbers:
    """What each measure adds to ROUGE-L: as the fair captions say, drawn to what the seen say."""
    before = _ridge(seen, names, np.zeros(len(names))) if seen else np.zeros(len(names))
    return _ridge(fair, names, before)


def _ridge(samples: Sequence[Sample], names: Sequence[str], before: Numbers) -> Numbers:
    x, y = _table(samples, names), np.array([one.rouge_l for one in samples])
    x, y = x - x.mean(0), y - y.mean()
    spread = x.std(0)
    spread[spread == 0] = 1.0
    x, drawn_to = x / spread, before * spread
    normal = x.T @ x + _RIDGE * np.eye(len(names))
    solved: Numbers = drawn_to + np.linalg.solve(normal, x.T @ (y - x @ drawn_to))
    return solved / spread


def _platt(ranks: Numbers, right: NDArray[np.bool_]) -> tuple[float, float]:
    """Bias and scale of the logistic function, by Newton's method on Platt's softened targets."""
    count = int(right.sum())
    targets = np.where(right, (count + 1) / (count + 2), 1 / (len(right) - count + 2))
    middle, spread = ranks.mean(), ranks.std() or 1.0
    x = np.stack([np.ones(len(ranks)), (ranks - middle) / spread], 1)
    weights = np.zeros(2)
    for _ in range(_NEWTON_STEPS):
        chances = _sigmoid(x @ weights)
        curvature = x.T @ (x * (chances * (1 - chances))[:, None]) + 1e-9 * np.eye(2)
        weights -= np.linalg.solve(curvature, x.T @ (chances - targets))
    scale = weights[1] / spread
    return float(weights[0] - scale * middle), float(scale)


def _plain(confidences: Numbers) -> float:
    """The confidence from which captions are said plainly."""
    surest = np.sort(confidences)[::-1]
    right = np.cumsum(surest) / np.arange(1, len(surest) + 1)  # falls with each that is added
    count = int((right >= PLAIN_RIGHT).sum())
    wished = math.ceil(PLAIN_SHARE * len(surest))
    if count < wished and right[wished - 1] >= PLAIN_AT_LEAST:
        count = wished
    return float(surest[count - 1]) if count else 1.0


def _sigmoid(total: Numbers) -> Numbers:
    chances: Numbers = 1 / (1 + np.exp(-np.clip(total, -500, 500)))
    return chances
