"""The contract of an engine: a picture in, tokens with their probabilities and words out.

What every engine promises (tests/contract holds them to it):

- Deterministic. It searches, greedily or with beams, as the model's generation config says, and
  never samples, whatever that config says: the same picture gives the same caption.
- Its tokens are those that transformers' `generate` returns with `do_sample=False`, without the
  start token. The token that ends a caption is there if the model made it; a caption that was
  cut at the longest length has none.
- Its log-probabilities are the model's own: the natural logarithm of the softmax over the whole
  vocabulary, before penalties and bans change the scores. They say how sure the model was, not
  how the search ranked (docs/decisions/0030-log-probabilities.md).
- A model that cannot be used is a ModelBrokenError, when it is opened or at the latest when it
  is first run; a file that is not there is a ModelMissingError.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Protocol

from PIL import Image

from altlens_host.worker.engines.generation import Caption

SIGNS = (
    *("kind", "number", "entropy", "class", "concepts"),
    *("person", "child", "dog", "animal", "other"),
)
"""What an encoder may say of how sure it is, if it decides first who or what a caption is about.

The log-probabilities of that, of the number, and (after the entropy of its classes, in nats) of the
likeliest class; the mean of those of the eight likeliest concepts; and 1 for what it decided on, 0
for the others (docs/decisions/0116-who-and-how-many-first.md)."""

SIGNS_OUTPUT = "signs"
"""The output of an encoder's graph that holds them, [1, 10]."""


@dataclass(frozen=True, slots=True)
class Generation:
    """What the model made of one picture.

    Attributes:
        tokens: At least one token, without the start token; the last one ends the caption,
            unless the caption was cut.
        logprobs: For each token the natural logarithm of its probability, at most 0.
        text: The words, as the tokenizer joins them.
        signs: What the encoder says of how sure it is (SIGNS); mostly nothing.
    """

    tokens: tuple[int, ...]
    logprobs: tuple[float, ...]
    text: str
    signs: tuple[float, ...] = ()

    @property
    def mean_logprob(self) -> float:
        """The mean of the log-probabilities."""
        return sum(self.logprobs) / len(self.logprobs)


def generation_of(
    found: Caption,
    ends: Collection[int],
    decode: Callable[[list[int]], str],
    signs: tuple[float, ...] = (),
) -> Generation:
    """Return what a search found.

    Args:
        found: The caption, as it grew.
        ends: The tokens that end one.
        decode: Joins the other tokens.
        signs: What the encoder says beside.
    """
    tokens = found.tokens[1:]
    words = decode([token for token in tokens if token not in ends])
    return Generation(tokens, found.logprobs, words, signs)


def nothing() -> None:
    """Let the search go on."""


class Engine(Protocol):
    """Something that captions pictures with one model.

    Attributes:
        reason: Why it does not run as it was asked to; empty where it does.
    """

    reason: str

    @property
    def name(self) -> str:
        """What runs the model, for example "onnx"."""
        ...

    @property
    def device(self) -> str:
        """Where it runs, for example "cpu"."""
        ...

    @property
    def side(self) -> int:
        """The longer side, in pixels, of what the model looks at."""
        ...

    def scaled(self, image: Image.Image) -> Image.Image:
        """Return the picture in the size that the model looks at, which has the same caption.

        It may be called in another thread than the rest.

        Args:
            image: A picture of mode RGB, of any size.
        """
        ...

    def caption(self, image: Image.Image, check: Callable[[], None] = nothing) -> Generation:
        """Caption a picture.

        Args:
            image: A picture of mode RGB, of any size.
            check: Called before each token; what it raises ends the search.

        Raises:
            ModelBrokenError: The model cannot be run, or its numbers are not finite.
        """
        ...
