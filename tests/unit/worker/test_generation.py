"""The search, over chains of probabilities whose best caption is known."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from altlens_host.errors import ModelBrokenError
from altlens_host.worker.engines.choices import all_of
from altlens_host.worker.engines.generation import generate
from altlens_host.worker.engines.generation_config import GenerationConfig

END, A, B, C = range(4)

# Greedy takes A (0.5) and is then unsure; B (0.4) goes on with certainty.
TRAP = {
    END: [0.05, 0.5, 0.4, 0.05],
    A: [0.3, 0.3, 0.2, 0.2],
    B: [0.01, 0.01, 0.01, 0.97],
    C: [0.97, 0.01, 0.01, 0.01],
}


class Chain:
    """A Step in which the next token depends on the last one alone; notes what was asked."""

    def __init__(self, table: dict[int, list[float]]) -> None:
        self.logits = {k: np.log(np.array(v, np.float32)) + 7 for k, v in table.items()}
        self.captions: list[tuple[int, ...]] = [()]
        self.seen: set[tuple[int, ...]] = set()
        self.calls: list[tuple[list[int], list[int]]] = []

    def __call__(self, tokens: Sequence[int], origins: Sequence[int]) -> np.ndarray:
        self.calls.append((list(tokens), list(origins)))
        self.captions = [(*self.captions[o], t) for o, t in zip(origins, tokens, strict=True)]
        self.seen.update(self.captions)
        return np.stack([self.logits[token] for token in tokens])


def config(**changes: Any) -> GenerationConfig:
    return GenerationConfig(**{"start": END, "ends": (END,), "max_length": 8, **changes})


def test_greedy_takes_the_likeliest_token_each_time() -> None:
    """And stops at the end token, which it keeps."""
    table = {END: [0.1, 0.6, 0.2, 0.1], A: [0.1, 0.1, 0.7, 0.1], B: [0.8, 0.1, 0.05, 0.05]}

    caption = generate(Chain(table), config())

    assert caption.tokens == (END, A, B, END)
    assert caption.logprobs == pytest.approx([math.log(p) for p in (0.6, 0.7, 0.8)], abs=1e-5)


def test_beams_find_the_caption_that_greedy_misses() -> None:
    """The likelier caption begins with the less likely word."""
    greedy = generate(Chain(TRAP), config())
    beams = generate(Chain(TRAP), config(num_beams=2))

    assert greedy.tokens == (END, A, END)
    assert beams.tokens == (END, B, C, END)
    assert sum(beams.logprobs) > sum(greedy.logprobs)


@pytest.mark.parametrize("beams", [1, 3])
def test_the_longest_length_is_kept(beams: int) -> None:
    """A caption that does not end by itself is cut, and has no end token."""
    table = {token: [0.01, 0.33, 0.32, 0.34] for token in range(4)}

    caption = generate(Chain(table), config(max_length=5, num_beams=beams))

    assert len(caption.tokens) == 5
    assert END not in caption.tokens[1:]


def test_log_probabilities_are_the_models_own() -> None:
    """A penalty changes what is said, not how sure the model was of it."""
    sure = {token: [0.1, 0.5, 0.3, 0.1] for token in range(4)}

    for beams in (1, 2):
        caption = generate(
            Chain(sure), config(no_repeat_ngram_size=1, num_beams=beams, max_length=4)
        )

        wanted = [math.log(sure[END][token]) for token in caption.tokens[1:]]
        assert caption.logprobs == pytest.approx(wanted, abs=1e-5)
        assert len(set(caption.tokens)) == len(caption.tokens)


def test_a_step_is_told_which_caption_each_beam_continues() -> None:
    """An engine that reorders its past by this runs on the right words."""
    chain = Chain(TRAP)

    caption = generate(chain, config(num_beams=3))

    assert chain.calls[0] == ([END], [0])
    assert max(len(tokens) for tokens, _ in chain.calls) == 3
    assert caption.tokens == (END, B, C, END)
    assert caption.tokens[:-1] in chain.seen
    assert (END, A, B) in chain.seen


def likeliest(table: dict[int, list[float]], longest: int, said: tuple[int, ...]) -> float:
    """Try every way to go on; return the log-probability of the likeliest."""
    if len(said) == longest or (len(said) > 1 and said[-1] == END):
        return 0.0
    return max(
        math.log(share) + likeliest(table, longest, (*said, token))
        for token, share in enumerate(table[said[-1]])
    )


shares = st.lists(st.integers(1, 50), min_size=4, max_size=4).map(
    lambda given_shares: [share / sum(given_shares) for share in given_shares]
)


@given(st.tuples(shares, shares, shares, shares), st.integers(2, 4))
def test_wide_beams_find_the_likeliest_caption_of_all(
    rows: tuple[list[float], ...], longest: int
) -> None:
    """With room for every caption and no length penalty, beam search is exhaustive search."""
    table = dict(enumerate(rows))
    wide = config(max_length=longest, num_beams=16, length_penalty=0.0, early_stopping="never")

    caption = generate(Chain(table), wide)

    best = likeliest(table, longest, (END,))
    assert sum(caption.logprobs) == pytest.approx(best, abs=1e-4)


@given(st.tuples(shares, shares, shares, shares), st.integers(1, 4))
def test_the_search_repeats_itself(rows: tuple[list[float], ...], beams: int) -> None:
    """The same picture has the same caption tomorrow."""
    chosen = config(num_beams=beams, repetition_penalty=1.2)

    once = generate(Chain(dict(enumerate(rows))), chosen)
    again = generate(Chain(dict(enumerate(rows))), chosen)

    assert once == again


@pytest.mark.parametrize(("penalty", "words"), [(-1.0, (END, END)), (3.0, (END, A, A, A, END))])
def test_a_length_penalty_chooses_between_short_and_long(
    penalty: float, words: tuple[int, ...]
) -> None:
    """A positive one divides the loss of a long caption by more."""
    table = {END: [0.5, 0.49, 0.005, 0.005], A: [0.45, 0.53, 0.01, 0.01],
             B: [0.25] * 4, C: [0.25] * 4}  # fmt: skip

    caption = generate(Chain(table), config(num_beams=3, length_penalty=penalty, max_length=5))

    assert caption.tokens[:2] == words[:2]
    assert len(caption.tokens) == len(words)


@pytest.mark.parametrize(("early", "steps"), [(True, 2), (False, 2), ("never", 7)])
def test_early_stopping_says_how_long_to_look(early: Any, steps: int) -> None:
    """True and False stop once better is not to be expected; never looks to the end."""
    table = {token: [0.6, 0.3, 0.06, 0.04] for token in range(4)}
    chain = Chain(table)

    generate(chain, config(num_beams=2, early_stopping=early, length_penalty=2.0))

    assert len(chain.calls) == steps


@pytest.mark.parametrize(("early", "words"), [(True, (END, A, END)), (False, (END, A, C, END))])
def test_true_is_content_with_the_first_captions_that_end(
    early: bool, words: tuple[int, ...]
) -> None:
    """Two short captions are there before the long one that the length penalty prefers."""
    table = {
        END: [0.40, 0.35, 0.20, 0.05],
        A: [0.60, 0.001, 0.001, 0.398],
        B: [0.25] * 4,
        C: [0.97, 0.01, 0.01, 0.01],
    }

    caption = generate(Chain(table), config(num_beams=2, early_stopping=early, length_penalty=2.0))

    assert caption.tokens == words


def test_false_stops_when_the_worst_that_is_kept_cannot_be_beaten() -> None:
    """Not when the best cannot: a second caption that is better may still come."""
    table = {
        END: [0.50, 0.49, 0.005, 0.005],
        A: [0.30, 0.60, 0.05, 0.05],
        B: [0.25] * 4,
        C: [0.25] * 4,
    }
    chain = Chain(table)

    generate(chain, config(num_beams=2, length_penalty=0.0, max_length=6))

    # Kept: 0.5 and 0.49 * 0.3 = 0.147; followed: 0.294, 0.176, then 0.106, which is below.
    assert len(chain.calls) == 4


def test_a_caption_that_ends_below_the_best_is_not_kept() -> None:
    """Only an end among the best num_beams counts; others merely make room."""
    table = {
        END: [0.02, 0.50, 0.44, 0.04],
        A: [0.20, 0.40, 0.20, 0.20],
        B: [0.05, 0.05, 0.05, 0.85],
        C: [0.40, 0.20, 0.20, 0.20],
    }
    chain = Chain(table)

    generate(chain, config(num_beams=2, early_stopping=True, length_penalty=0.0))

    assert len(chain.calls) > 2


@pytest.mark.parametrize("beams", [1, 2])
@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_numbers_that_are_none_are_a_broken_model(beams: int, value: float) -> None:
    """They must not reach the page as a confidence, nor end in babble."""

    def step(tokens: Sequence[int], origins: Sequence[int]) -> np.ndarray:
        return np.full((len(tokens), 4), value, np.float32)

    with pytest.raises(ModelBrokenError, match="finite"):
        generate(step, config(num_beams=beams))


@pytest.mark.parametrize("changes", [{"ends": (0, 4)}, {"bad_words": ((1, 9),)}, {"start": 17}])
def test_a_token_that_the_model_does_not_have_is_a_broken_model(changes: dict[str, Any]) -> None:
    """A config of another model lies beside the graphs."""

    def step(tokens: Sequence[int], origins: Sequence[int]) -> np.ndarray:
        return np.zeros((len(tokens), 4), np.float32)

    with pytest.raises(ModelBrokenError, match="does not have"):
        generate(step, config(**changes))


@pytest.mark.parametrize("beams", [1, 2])
def test_bans_that_leave_no_caption_are_a_broken_model(beams: int) -> None:
    """With every token banned there is nothing to say."""
    nothing = config(num_beams=beams, min_length=9, bad_words=((A,), (B,), (C,)))

    with pytest.raises(ModelBrokenError, match="bans"):
        generate(Chain(TRAP), nothing)


@given(st.lists(st.floats(-50, 50, width=32), min_size=2, max_size=9))
def test_log_probabilities_are_a_distribution(values: list[float]) -> None:
    """The probabilities add up to one, and are in the order of the scores."""
    logprobs = all_of(np.array([values], np.float32)).logprobs[0]

    assert np.exp(logprobs).sum() == pytest.approx(1, abs=1e-5)
    assert logprobs[values.index(max(values))] == logprobs.max()
