"""What a captioner must beat to be worth hearing, and how far people are above it.

Every ROUGE-L here is of one picture: (mean over its references, best of them), 0 to 100. Intervals
are 95% bootstrap intervals over pictures (B. Efron, R. Tibshirani, An Introduction to the
Bootstrap, 1993, chapter 13).
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from altlens_host.wording.neutral import neutral
from altlens_training.data import Picture
from altlens_training.evaluation import Prediction, picture_scores

Pairs = Sequence[tuple[float, float]]

_RESAMPLES = 10_000
_DRAWS = 10
"""How many random captions, and how many shuffles, a picture's score is the average of."""


def interval(values: Sequence[float], seed: int = 0) -> tuple[float, float]:
    """The 95% bootstrap interval of the mean."""
    array = np.asarray(values, float)
    rng = np.random.default_rng(seed)
    means = [array[rng.integers(0, len(array), len(array))].mean() for _ in range(_RESAMPLES)]
    low, high = np.percentile(means, (2.5, 97.5))
    return float(low), float(high)


def share_interval(right: int, total: int) -> tuple[float, float]:
    """The 95% interval of a share (Wilson, 1927); resampling 100 right of 100 would give none."""
    z = 1.959964
    middle = (right + z**2 / 2) / (total + z**2)
    half = z * (right * (total - right) / total + z**2 / 4) ** 0.5 / (total + z**2)
    return max(0.0, middle - half), min(1.0, middle + half)


def rouge_l(predictions: Sequence[Prediction]) -> Pairs:
    """ROUGE-L of each picture."""
    return picture_scores(predictions, kinds=("rougeL",))["rougeL"]


def random_captions(
    references: Sequence[tuple[str, ...]], known: Sequence[str], seed: int
) -> Pairs:
    """ROUGE-L of captions of any training pictures, averaged over some for each picture."""
    rng = random.Random(seed)
    return _averages(
        [[Prediction(c, 0, r) for c in rng.choices(known, k=_DRAWS)] for r in references]
    )


def nearest_neighbours(
    references: Sequence[tuple[str, ...]],
    features: NDArray[np.float32],
    known_features: NDArray[np.float32],
    known_captions: Sequence[tuple[str, ...]],
) -> Pairs:
    """ROUGE-L of the captions of the training picture with the most alike features.

    `features` is [pictures, channels]; the score is the average over the neighbour's captions.
    """
    unit = features / np.linalg.norm(features, axis=1, keepdims=True)
    known = known_features / np.linalg.norm(known_features, axis=1, keepdims=True)
    nearest = (unit @ known.T).argmax(1)
    return _averages([
        [Prediction(caption, 0, refs) for caption in known_captions[index]]
        for refs, index in zip(references, nearest, strict=True)
    ])  # fmt: skip


def person_against_others(references: Sequence[tuple[str, ...]]) -> Pairs:
    """ROUGE-L of each person's caption against the other people's, averaged over the people.

    A person's best is of one reference fewer than a model's.
    """
    return _averages([
        [
            Prediction(neutral(said), 0, (*refs[:i], *refs[i + 1 :]))
            for i, said in enumerate(refs)
        ]
        for refs in references
    ])  # fmt: skip


def shuffled(predictions: Sequence[Prediction], seed: int) -> list[Prediction]:
    """Each picture's references with the caption of another picture, in the pictures' order."""
    order = list(range(len(predictions)))
    random.Random(seed).shuffle(order)
    # A turn by one along a shuffled circle leaves no picture with its own caption.
    other = dict(zip(order, [*order[1:], order[0]], strict=True))
    return [
        Prediction(predictions[other[i]].caption, predictions[other[i]].tokens, own.references)
        for i, own in enumerate(predictions)
    ]


def compare(
    predictions: Sequence[Prediction],
    features: NDArray[np.float32],
    known: Sequence[Picture],
    known_features: NDArray[np.float32],
    seed: int = 0,
) -> dict[str, Any]:
    """Where a model stands.

    Args:
        predictions: What it said of each test picture, with people's captions of it.
        features: What the encoder makes of the test pictures, [pictures, channels].
        known: The training pictures that have captions.
        known_features: What the encoder makes of them.
        seed: Of everything random.

    Returns:
        "rougeL": for each of the five rows {"mean", "mean_interval", "best", "best_interval"};
        "over_nearest_neighbour" and "fall_when_shuffled": {"mean", "interval"} of the paired
        differences of the mean; "different_captions"; "pictures".
    """
    references = [p.references for p in predictions]
    captions = [tuple(map(neutral, p.captions)) for p in known]
    own = rouge_l(predictions)
    turns = [rouge_l(shuffled(predictions, seed + turn)) for turn in range(_DRAWS)]
    rows: dict[str, Pairs] = {
        "random caption": random_captions(references, [c for cs in captions for c in cs], seed),
        "nearest neighbour": nearest_neighbours(references, features, known_features, captions),
        "this model": own,
        "one person against the others": person_against_others(references),
        "this model, pictures shuffled": [_average(pairs) for pairs in zip(*turns, strict=True)],
    }
    return {
        "rougeL": {name: _summary(pairs, seed) for name, pairs in rows.items()},
        "over_nearest_neighbour": _difference(own, rows["nearest neighbour"], seed),
        "fall_when_shuffled": _difference(own, rows["this model, pictures shuffled"], seed),
        "different_captions": len({p.caption for p in predictions}),
        "pictures": len(predictions),
    }


def _summary(pairs: Pairs, seed: int) -> dict[str, Any]:
    mean, best = _average(pairs)
    means, bests = zip(*pairs, strict=True)
    return {
        "mean": mean, "mean_interval": interval(means, seed),
        "best": best, "best_interval": interval(bests, seed),
    }  # fmt: skip


def _difference(first: Pairs, second: Pairs, seed: int) -> dict[str, Any]:
    differences = [a[0] - b[0] for a, b in zip(first, second, strict=True)]
    return {
        "mean": sum(differences) / len(differences),
        "interval": interval(differences, seed),
    }


def _averages(groups: Sequence[Sequence[Prediction]]) -> Pairs:
    """The average ROUGE-L of each group."""
    scores = iter(rouge_l([prediction for group in groups for prediction in group]))
    return [_average([next(scores) for _ in group]) for group in groups]


def _average(pairs: Pairs) -> tuple[float, float]:
    means, bests = zip(*pairs, strict=True)
    return sum(means) / len(means), sum(bests) / len(bests)
