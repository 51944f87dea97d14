"""Every number that training a model of distilvit's family depends on."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Finetune:
    """The default values are those that distilvit was trained with.

    They are in its program (github.com/mozilla/distilvit, `distilvit/train.py`): AdamW at
    transformers' own rate, falling in a line to nothing, without warm-up or weight decay.

    Attributes:
        seed: Of everything random.
        epochs: How often the first stage sees each caption.
        debiased_epochs: How often the second stage does.
        batch: Pairs of picture and caption in a step, on each device.
        accumulation: Steps whose gradients are added up before weights change.
        rate: The learning rate of the first step.
        longest: The most tokens of a caption, with the one that ends it; fewer where the decoder
            has fewer places.
        every: Steps from one checkpoint to the next; the loss on the validation part is
            measured then.
        patience: A stage ends when that loss has not fallen for so many checkpoints.
    """

    seed: int = 42
    epochs: float = 3
    debiased_epochs: float = 3
    batch: int = 50
    accumulation: int = 1
    rate: float = 5e-5
    longest: int = 128
    every: int = 500
    patience: int = 3

    def to_dict(self) -> dict[str, Any]:
        """The recipe as plain values."""
        return asdict(self)
