"""The tokens that may come next, with their logits: all of them, or only the likeliest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Choices:
    """What the decoder says of the next token of each caption.

    Attributes:
        tokens: int64 [captions, choices], each row in ascending order.
        logits: float32 [captions, choices].
        totals: float32 [captions], the logarithm of the sum of the exponentials of all logits
            of the vocabulary, also of those that are left out.
        vocabulary: How many tokens there are.
        whole: Returns all logits [captions, vocabulary]; None where none is left out. Where
            there is one, no token that is left out has a higher logit than any of these.
    """

    tokens: NDArray[np.int64]
    logits: NDArray[np.float32]
    totals: NDArray[np.float32]
    vocabulary: int
    whole: Callable[[], NDArray[np.float32]] | None = None

    @property
    def logprobs(self) -> NDArray[np.float32]:
        """The logarithms of the softmax over the whole vocabulary."""
        return self.logits - self.totals[:, None]

    def completed(self) -> Choices:
        """Return the same with nothing left out."""
        return self if self.whole is None else all_of(self.whole())


def all_of(logits: NDArray[np.float32]) -> Choices:
    """Return every token of the vocabulary.

    Args:
        logits: [captions, vocabulary].
    """
    largest = logits.max(axis=1)
    with np.errstate(invalid="ignore"):  # where a number is not finite, the total says so
        totals = largest + np.log(np.exp(logits - largest[:, None]).sum(axis=1))
    tokens = np.broadcast_to(np.arange(logits.shape[1]), logits.shape)
    return Choices(tokens, logits, totals, logits.shape[1])
