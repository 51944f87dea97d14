"""Penalties and bans on the next token."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from altlens_host.worker.engines.generation_config import GenerationConfig
from altlens_host.worker.engines.processors import (
    Processor,
    Scores,
    bad_words,
    min_length,
    no_repeat_ngram,
    processors_for,
    repetition_penalty,
)

VOCABULARY = 6
tokens = st.integers(0, VOCABULARY - 1)
captions = st.lists(tokens, min_size=1, max_size=12)


def scores_after(process: Processor, said: list[int], scores: Scores | None = None) -> Scores:
    given_scores = np.zeros(VOCABULARY, np.float32) if scores is None else scores.copy()
    process(said, given_scores)
    return given_scores


def banned(process: Processor, said: list[int]) -> set[int]:
    return set(np.flatnonzero(np.isneginf(scores_after(process, said))).tolist())


@given(captions, st.integers(1, 5))
def test_no_run_of_tokens_is_said_twice_and_nothing_else_is_banned(
    said: list[int], size: int
) -> None:
    """A token is banned exactly if the caption with it would hold a run for the second time."""

    def runs(caption: list[int]) -> list[tuple[int, ...]]:
        return [tuple(caption[at : at + size]) for at in range(len(caption) - size + 1)]

    repeated = {
        token
        for token in range(VOCABULARY)
        if len(said) + 1 >= size and runs([*said, token])[-1] in runs(said)
    }

    assert banned(no_repeat_ngram(size), said) == repeated


@given(captions, st.lists(st.lists(tokens, min_size=1, max_size=3), max_size=5))
def test_a_bad_word_cannot_be_completed(said: list[int], words: list[list[int]]) -> None:
    """A token is banned exactly if it completes a bad word after what was said."""
    completing = {
        word[-1]
        for word in words
        if word != [0] and (len(word) == 1 or said[-len(word) + 1 :] == word[:-1])
        if len(word) == 1 or len(word) <= len(said)
    }

    assert banned(bad_words(words, (0,)), said) == completing


def test_a_bad_word_never_bans_the_end() -> None:
    """A caption that cannot end runs on until it is cut."""
    assert banned(bad_words([[0], [3]], (0,)), [1]) == {3}


@given(captions, st.floats(1.01, 3), st.lists(st.floats(-9, 9, width=32), min_size=6, max_size=6))
def test_a_penalty_lowers_what_was_said_and_nothing_else(
    said: list[int], penalty: float, values: list[float]
) -> None:
    """Once each, however often it was said, whichever sign its score has."""
    before = np.array(values, np.float32)

    after = scores_after(repetition_penalty(penalty), said, before)

    for token in range(VOCABULARY):
        value = float(before[token])
        wanted = value * penalty if value < 0 else value / penalty
        assert after[token] == pytest.approx(wanted if token in said else value, rel=1e-5)


@pytest.mark.parametrize(("length", "ends"), [(1, {0, 2}), (2, {0, 2}), (3, set())])
def test_a_caption_cannot_end_too_early(length: int, ends: set[int]) -> None:
    """The start token counts, as in the settings of transformers."""
    assert banned(min_length(3, (0, 2)), [1] * length) == ends


def test_a_config_that_asks_for_nothing_costs_nothing() -> None:
    """Scores are copied only where something changes them."""
    assert processors_for(GenerationConfig(start=0, ends=(0,))) == []


def test_a_config_gets_all_that_it_asks_for() -> None:
    """Each of the four is at work."""
    config = GenerationConfig(
        start=0, ends=(0,), min_length=5, repetition_penalty=2.0, no_repeat_ngram_size=1,
        bad_words=((4,),),
    )  # fmt: skip
    scores = np.ones(VOCABULARY, np.float32)
    for process in processors_for(config):
        process([3, 1], scores)

    assert np.isneginf(scores).tolist() == [True, True, False, True, True, False]


def test_no_end_token_leaves_nothing_to_ban() -> None:
    """A model without an end token is cut at its longest length."""
    assert processors_for(GenerationConfig(start=0, ends=(), min_length=5)) == []
