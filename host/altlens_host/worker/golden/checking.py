"""Compares what a model says on this machine with what was recorded of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from altlens_host.worker.engines.onnx import OnnxEngine
from altlens_host.worker.golden.captions import Golden, Recording, search, vocabulary_of
from altlens_host.worker.golden.pictures import digest_of
from altlens_host.worker.golden.recording import difference, words_of


class DifferentError(Exception):
    """The model says something else than was recorded; the text is a sentence."""


def compare(
    recording: Recording, engine: OnnxEngine, tell: Callable[[float], None]
) -> dict[str, Any]:
    """See that a model says what was recorded of it: the same tokens, about as surely.

    Args:
        recording: What was recorded.
        engine: The model, loaded as it is used.
        tell: Called with how much is done, from 0 to 1.

    Returns:
        The figures.

    Raises:
        DifferentError: It says something else.
        ModelBrokenError: It cannot be run.
    """
    if digest_of(sorted({one.picture for one in recording.captions})) != recording.pictures:
        raise DifferentError("The pictures are drawn otherwise here than where it was recorded.")
    if vocabulary_of(engine.tokenizer) != recording.vocabulary:
        raise DifferentError("The words of its tokens are others than those that were recorded.")
    largest = 0.0
    for at, one in enumerate(recording.captions):
        largest = max(largest, _checked(one, recording.tolerance, engine))
        tell((at + 1) / len(recording.captions))
    return {
        "captions": len(recording.captions),
        "tokens": sum(len(one.said.tokens) for one in recording.captions),
        "largest_difference": largest,
    }


def _checked(one: Golden, tolerance: float, engine: OnnxEngine) -> float:
    """Return by how much the log-probabilities differ, where the words are the same."""
    now = words_of(engine, search(engine.graphs, engine.generation, one.picture, one.without))
    where = f"Of drawn picture {one.picture}"
    if (now.tokens, now.text) != (one.said.tokens, one.said.text):
        raise DifferentError(f"{where} it says {now.text!r}; recorded is {one.said.text!r}.")
    off = difference(now.logprobs, one.said.logprobs)
    if off > tolerance:
        raise DifferentError(
            f"{where} it says {now.text!r}, as recorded, but its numbers are off by {off:.2g}; "
            f"{tolerance:.2g} would be usual between machines."
        )
    return off
