"""CIDEr-D: how much a caption has of what people say of this picture, and not of any."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

Words = tuple[str, ...]


def _grams(sentence: Words) -> Counter[Words]:
    return Counter(
        sentence[at : at + n] for n in range(1, 5) for at in range(len(sentence) - n + 1)
    )


class Cider:
    """CIDEr-D (Vedantam et al., 2015) with document frequencies of `references`."""

    def __init__(self, references: Sequence[Sequence[Words]]) -> None:
        self._documents = Counter(
            gram for picture in references for gram in {g for r in picture for g in _grams(r)}
        )
        self._log_count = math.log(max(2, len(references)))

    def _vector(self, sentence: Words) -> tuple[dict[Words, float], list[float]]:
        vector = {
            gram: count * (self._log_count - math.log(max(1, self._documents[gram])))
            for gram, count in _grams(sentence).items()
        }
        norms = [0.0] * 5
        for gram, weight in vector.items():
            norms[len(gram)] += weight * weight
        return vector, [math.sqrt(norm) for norm in norms]

    def score(self, candidate: Words, references: Sequence[Words]) -> float:
        """Mean over the references and over n-grams of 1 to 4 words; 0 to about 10."""
        ours, our_norms = self._vector(candidate)
        total = 0.0
        for reference in references:
            theirs, their_norms = self._vector(reference)
            sums = [0.0] * 5
            for gram, weight in ours.items():
                if gram in theirs:
                    sums[len(gram)] += min(weight, theirs[gram]) * theirs[gram]
            apart = math.exp(-((len(candidate) - len(reference)) ** 2) / 72)
            for n in range(1, 5):
                if our_norms[n] and their_norms[n]:
                    total += apart * sums[n] / (our_norms[n] * their_norms[n])
        return 10 * total / 4 / len(references)
