"""What self-critical training is rewarded for: mean ROUGE-L, and CIDEr-D against sameness."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from functools import cache

Words = tuple[str, ...]


@cache
def _stem(word: str) -> str:
    from nltk.stem.porter import PorterStemmer

    # rouge-score leaves words of up to three letters as they are.
    return str(PorterStemmer().stem(word)) if len(word) > 3 else word


def words(caption: str) -> Words:
    """The stemmed words of a caption, parted as rouge-score parts them."""
    return tuple(_stem(word) for word in re.sub(r"[^a-z0-9]+", " ", caption.lower()).split())


def common_length(first: Words, second: Words) -> int:
    """Length of the longest common subsequence, bit by bit in one integer."""
    places: dict[str, int] = {}
    for index, word in enumerate(first):
        places[word] = places.get(word, 0) | 1 << index
    full = (1 << len(first)) - 1
    row = full
    for word in second:
        hit = row & places.get(word, 0)
        row = (row + hit) | (row - hit)
    return len(first) - (row & full).bit_count()


def rouge_l(candidate: Words, reference: Words) -> float:
    """ROUGE-L F-measure, 0 to 1."""
    common = common_length(candidate, reference)
    return 2 * common / (len(candidate) + len(reference)) if common else 0.0


def _grams(sentence: Words) -> Counter[Words]:
    return Counter(
        sentence[at : at + n] for n in range(1, 5) for at in range(len(sentence) - n + 1)
    )


class Cider:
    """CIDEr-D (Vedantam et al., 2015) with document frequencies of the training references."""

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
