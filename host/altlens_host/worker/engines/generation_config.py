"""Reads how a model wants its captions searched for.

The names and meanings are those of transformers' GenerationConfig
(https://huggingface.co/docs/transformers/main_classes/text_generation). Sampling is left out on
purpose: a caption must be repeatable, so `do_sample` and what goes with it is not even read.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from altlens_host.errors import ModelBrokenError

MOST_TOKENS = 1024
"""No caption is longer; guards the user's machine against a typing error in the file."""

MOST_BEAMS = 16

_DEFAULT_NEW_TOKENS = 20

EarlyStopping = bool | Literal["never"]


@dataclass(frozen=True, slots=True)
class GenerationConfig:
    """How to search for a caption.

    Attributes:
        start: The token that every caption starts with.
        ends: The tokens that end a caption; may be empty.
        max_length: Most tokens of a caption, the start token included.
        min_length: No caption ends with fewer tokens, the start token included.
        num_beams: How many captions are followed side by side; 1 is greedy search.
        early_stopping: When beam search ends: True, as soon as there are num_beams captions;
            False, when a better one is unlikely; "never", when a better one is impossible.
        length_penalty: A finished caption's score is divided by its length to this power.
        repetition_penalty: Tokens that were said are this much less likely; 1 is off.
        no_repeat_ngram_size: No run of so many tokens is said twice; 0 is off.
        bad_words: Runs of tokens that are never said.
    """

    start: int
    ends: tuple[int, ...]
    max_length: int = _DEFAULT_NEW_TOKENS + 1
    min_length: int = 0
    num_beams: int = 1
    early_stopping: EarlyStopping = False
    length_penalty: float = 1.0
    repetition_penalty: float = 1.0
    no_repeat_ngram_size: int = 0
    bad_words: tuple[tuple[int, ...], ...] = ()

    @property
    def highest_token(self) -> int:
        """The highest token that is named here; the model's vocabulary must reach as far."""
        return max([self.start, *self.ends, *(token for word in self.bad_words for token in word)])

    def without(self, tokens: Iterable[int]) -> GenerationConfig:
        """Return the same with more tokens that are never said."""
        return replace(self, bad_words=self.bad_words + tuple((one,) for one in tokens))


def read_generation_config(
    generation: Mapping[str, Any], config: Mapping[str, Any]
) -> GenerationConfig:
    """Read generation_config.json, and where it is silent, config.json.

    Args:
        generation: The object in generation_config.json; empty where there is no such file.
        config: The object in config.json. Its own settings come before those of its decoder.

    Raises:
        ModelBrokenError: A setting is out of range, or no start token is named.
    """
    decoder = config.get("decoder")
    values = _Settings(generation, config, decoder if isinstance(decoder, dict) else {})
    start = values.get("decoder_start_token_id", values.get("bos_token_id"))
    if start is None:
        raise ModelBrokenError("The generation config names no start token.")
    longest = values.integer("max_new_tokens", _DEFAULT_NEW_TOKENS, 1, MOST_TOKENS) + 1
    if values.get("max_new_tokens") is None:
        longest = values.integer("max_length", longest, 2, MOST_TOKENS)
    return GenerationConfig(
        start=_token(start, "decoder_start_token_id"),
        ends=_tokens(values.get("eos_token_id", []), "eos_token_id"),
        max_length=longest,
        min_length=values.integer("min_length", 0, 0, MOST_TOKENS),
        num_beams=values.integer("num_beams", 1, 1, MOST_BEAMS),
        early_stopping=_early_stopping(values.get("early_stopping", False)),
        length_penalty=values.number("length_penalty", 1.0, -10.0, 10.0),
        repetition_penalty=values.number("repetition_penalty", 1.0, 0.01, 100.0),
        no_repeat_ngram_size=values.integer("no_repeat_ngram_size", 0, 0, MOST_TOKENS),
        bad_words=_bad_words(values.get("bad_words_ids", [])),
    )


class _Settings:
    """Settings from several files; the first one that says anything counts."""

    def __init__(self, *sources: Mapping[str, Any]) -> None:
        self._sources = sources

    def get(self, name: str, default: Any = None) -> Any:
        said = (source[name] for source in self._sources if source.get(name) is not None)
        return next(said, default)

    def integer(self, name: str, default: int, low: int, high: int) -> int:
        value = self.get(name, default)
        if type(value) is not int or not low <= value <= high:
            raise _broken(name, f"an integer from {low} to {high}")
        return value

    def number(self, name: str, default: float, low: float, high: float) -> float:
        value = self.get(name, default)
        if type(value) not in (int, float) or not low <= value <= high or math.isnan(value):
            raise _broken(name, f"a number from {low} to {high}")
        return float(value)


def _early_stopping(value: object) -> EarlyStopping:
    if value is True or value is False or value == "never":
        return value
    raise _broken("early_stopping", 'true, false or "never"')


def _bad_words(value: object) -> tuple[tuple[int, ...], ...]:
    if not isinstance(value, list) or not all(isinstance(word, list) and word for word in value):
        raise _broken("bad_words_ids", "a list of lists of tokens")
    return tuple(_tokens(word, "bad_words_ids") for word in value)


def _tokens(value: object, name: str) -> tuple[int, ...]:
    return tuple(_token(one, name) for one in (value if isinstance(value, list) else [value]))


def _token(value: object, name: str) -> int:
    if type(value) is not int or value < 0:
        raise _broken(name, "a token")
    return value


def _broken(name: str, wanted: str) -> ModelBrokenError:
    return ModelBrokenError(f"The generation config's {name} is not {wanted}.")
