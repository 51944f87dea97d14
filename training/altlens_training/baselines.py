"""What a captioner must beat to be worth hearing, and how far people are above it."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from altlens_training.evaluation import Prediction, picture_scores

Pairs = Sequence[tuple[float, float]]


def interval(values: Sequence[float], seed: int = 0) -> tuple[float, float]:
    """The 95% bootstrap interval of the mean, from 2,000 resamplings."""
    array = np.asarray(values)
    picks = np.random.default_rng(seed).integers(0, len(array), (2000, len(array)))
    low, high = np.percentile(array[picks].mean(1), (2.5, 97.5))
    return float(low), float(high)


def rouge_l(predictions: Sequence[Prediction]) -> Pairs:
    """ROUGE-L of each picture: (mean over references, best reference)."""
    return picture_scores(predictions)["rougeL"]


def random_captions(
    references: Sequence[tuple[str, ...]], known: Sequence[str], seed: int
) -> list[Prediction]:
    """A caption of some training picture for each picture."""
    rng = random.Random(seed)
    return [Prediction(rng.choice(known), 0, refs) for refs in references]


def nearest_neighbours(
    references: Sequence[tuple[str, ...]],
    features: NDArray[np.float32],
    known_features: NDArray[np.float32],
    known_captions: Sequence[tuple[str, ...]],
) -> Pairs:
    """ROUGE-L of the captions of the training picture with the most alike pooled features.

    `features` is [pictures, channels]; the score is the average over the neighbour's captions.
    """
    unit = features / np.linalg.norm(features, axis=1, keepdims=True)
    known = known_features / np.linalg.norm(known_features, axis=1, keepdims=True)
    nearest = (unit @ known.T).argmax(1)
    scores = []
    for refs, index in zip(references, nearest, strict=True):
        pairs = rouge_l([Prediction(c, 0, refs) for c in known_captions[index]])
        scores.append(_average(pairs))
    return scores


def person_against_others(
    references: Sequence[tuple[str, ...]], debias: Callable[[str], str]
) -> Pairs:
    """ROUGE-L of each person's caption against the other people's, averaged over the people."""
    scores = []
    for refs in references:
        turns = [
            Prediction(debias(said), 0, (*refs[:i], *refs[i + 1 :])) for i, said in enumerate(refs)
        ]
        scores.append(_average(rouge_l(turns)))
    return scores


def shuffled(predictions: Sequence[Prediction], seed: int) -> list[Prediction]:
    """Each caption against the references of another picture."""
    order = list(range(len(predictions)))
    random.Random(seed).shuffle(order)
    # A turn by one along a shuffled circle leaves no picture with its own references.
    return [
        Prediction(predictions[a].caption, predictions[a].tokens, predictions[b].references)
        for a, b in zip(order, [*order[1:], order[0]], strict=True)
    ]


def _average(pairs: Pairs) -> tuple[float, float]:
    means, bests = zip(*pairs, strict=True)
    return sum(means) / len(means), sum(bests) / len(bests)
