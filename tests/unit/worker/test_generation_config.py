"""How a model wants its captions searched for."""

from typing import Any

import pytest

from altlens_host.errors import ModelBrokenError
from altlens_host.worker.engines.generation_config import (
    MOST_TOKENS,
    GenerationConfig,
    read_generation_config,
)


def test_the_published_settings_are_all_read() -> None:
    """What distilvit's file says is what is done; that it wants to sample is left out."""
    config = read_generation_config({
        "decoder_start_token_id": 50256, "eos_token_id": 50256, "pad_token_id": 50256,
        "max_length": 50, "min_length": 3, "num_beams": 2, "early_stopping": True,
        "length_penalty": 0.8, "repetition_penalty": 1.2, "no_repeat_ngram_size": 2,
        "bad_words_ids": [[7], [8, 9]], "do_sample": True, "temperature": 0.3,
        "transformers_version": "4.36",
    }, {})  # fmt: skip

    assert config == GenerationConfig(
        start=50256, ends=(50256,), max_length=50, min_length=3, num_beams=2, early_stopping=True,
        length_penalty=0.8, repetition_penalty=1.2, no_repeat_ngram_size=2,
        bad_words=((7,), (8, 9)),
    )  # fmt: skip


def test_the_first_file_that_says_anything_counts() -> None:
    """generation_config.json, then config.json, then its decoder; null says nothing."""
    config = read_generation_config(
        {"num_beams": 2, "max_length": None},
        {
            "num_beams": 3,
            "max_length": 30,
            "eos_token_id": None,
            "decoder": {"max_length": 40, "eos_token_id": [5, 6], "bos_token_id": 4},
        },
    )

    assert (config.num_beams, config.max_length) == (2, 30)
    assert (config.start, config.ends) == (4, (5, 6))


def test_silence_means_greedy_search_for_twenty_tokens() -> None:
    """The defaults are those of transformers."""
    config = read_generation_config({"bos_token_id": 1}, {"decoder": None})

    assert config == GenerationConfig(start=1, ends=(), max_length=21)
    assert (config.num_beams, config.length_penalty, config.early_stopping) == (1, 1.0, False)


def test_a_number_of_new_tokens_goes_before_a_length() -> None:
    """The start token is not new."""
    said = {"bos_token_id": 1, "max_new_tokens": 8, "max_length": 50}

    assert read_generation_config(said, {}).max_length == 9


@pytest.mark.parametrize(
    "changes",
    [
        {"decoder_start_token_id": None},
        {"decoder_start_token_id": -1},
        {"decoder_start_token_id": "0"},
        {"eos_token_id": [0, "1"]},
        {"eos_token_id": True},
        {"max_length": 1},
        {"max_length": MOST_TOKENS + 1},
        {"max_new_tokens": 0},
        {"min_length": -1},
        {"num_beams": 0},
        {"num_beams": 10**9},
        {"num_beams": 2.0},
        {"early_stopping": "sometimes"},
        {"early_stopping": 1},
        {"length_penalty": float("nan")},
        {"length_penalty": "1"},
        {"repetition_penalty": 0},
        {"no_repeat_ngram_size": -2},
        {"bad_words_ids": [[]]},
        {"bad_words_ids": [3]},
        {"bad_words_ids": [[-3]]},
        {"bad_words_ids": "damn"},
    ],
)
def test_a_setting_out_of_range_is_refused(changes: dict[str, Any]) -> None:
    """A typing error in the file must not become a search that never ends."""
    with pytest.raises(ModelBrokenError):
        read_generation_config({"decoder_start_token_id": 0, "eos_token_id": 0, **changes}, {})
