"""Concepts: the common content words of captions, and how much a caption says of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

_EMPTY = """
a an the of on in at to is are and with his her their its it that this while be by for from as has
have there into up down out over some or who which them they near next other another very each
being off through along 's
"""


def choose(captions: Iterable[str], count: int) -> list[str]:
    """The `count` most frequent words that carry meaning."""
    frequency = Counter(word for caption in captions for word in caption.split())
    empty = frozenset(_EMPTY.split())
    ranked = sorted((-n, word) for word, n in frequency.items() if word not in empty)
    return [word for _, word in ranked[:count]]


def said(captions: Sequence[str], concepts: dict[str, int]) -> NDArray[np.float32]:
    """The share of `captions` that say each concept, [concepts]."""
    shares = np.zeros(len(concepts), np.float32)
    for caption in captions:
        for word in set(caption.split()):
            if word in concepts:
                shares[concepts[word]] += 1 / len(captions)
    return shares


def blurred(
    shares: NDArray[np.float32], common: NDArray[np.float32], rng: np.random.Generator
) -> NDArray[np.float32]:
    """Concepts of one caption made as unsure as those read from a picture, [batch, concepts].

    Some said words are lost, the others believed by halves, and common words are believed a
    little without having been said.
    """
    believed = shares * rng.uniform(0.1, 0.9, shares.shape) * (rng.random(shares.shape) < 0.75)
    noise = common * rng.exponential(1.0, shares.shape)
    return np.clip(believed + noise, 1e-4, 0.99).astype(np.float32)
