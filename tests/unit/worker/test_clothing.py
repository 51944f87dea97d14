"""Colours of clothes go, all other colours stay."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from altlens_host.worker.clothing import uncoloured
from altlens_host.worker.postprocess import Style, tidy

COLOURED = [
    ("a person in a blue shirt", "a person in a shirt"),
    ("a child wearing an orange jacket runs", "a child wearing a jacket runs"),
    ("a red outfit", "an outfit"),
    ("Red shirts hang on a line", "shirts hang on a line"),
    ("A green coat", "A coat"),
    ("a person in a red and white helmet", "a person in a helmet"),
    ("a person in a red, white and blue uniform", "a person in a uniform"),
    ("two people in dark blue jackets", "two people in jackets"),
    ("a white baseball uniform", "a baseball uniform"),
    ("a person in a black wet suit", "a person in a wet suit"),
    ("a light-blue t-shirt", "a t-shirt"),
    ("a child with blue swim trunks", "a child with swim trunks"),
]
KEPT = [
    "a brown dog in the snow",
    "a black and white dog with a red ball",
    "a person in red",
    "a green top of a mountain",
    "a red leather seat",
    "a white shirt-sleeve",
    "a brown horse and a person in a shirt",
    "a red car and a shirt",
    "a blue boat",
    "an orange",
    "a bored child in a shirt",
]


@pytest.mark.parametrize(("said", "heard"), COLOURED)
def test_the_colour_of_clothes_is_left_out(said: str, heard: str) -> None:
    """Also two of them, and with the kind of clothes between."""
    assert uncoloured(said) == heard


@pytest.mark.parametrize("said", KEPT)
def test_other_colours_stay(said: str) -> None:
    """Those of animals and things are mostly right."""
    assert uncoloured(said) == said


def test_clothes_that_are_told_apart_by_colour_alone_are_said_once() -> None:
    """As the model says of one person; of two it stays."""
    style = Style(coloured_clothes=False)

    assert tidy("a person in a blue shirt and black shirt is running", style) == (
        "A person in a shirt is running"
    )
    assert tidy("a person in a blue shirt and a child in a pink shirt", style) == (
        "A person in a shirt and a child in a shirt"
    )


def test_a_model_that_is_not_known_to_guess_them_keeps_its_colours() -> None:
    """Nothing is taken away without a reason."""
    assert tidy("a person in a blue shirt") == "A person in a blue shirt"


WORDS = st.sampled_from(
    "a an red orange dark blue and , white shirt outfit wet suit dog top of t long in two".split()
)


@given(st.lists(WORDS, max_size=16).map(" ".join))
def test_what_was_taken_out_once_leaves_nothing_to_take_out(text: str) -> None:
    """An answer may pass twice."""
    style = Style(coloured_clothes=False)
    tidied = tidy(text, style)

    assert tidy(tidied, style) == tidied
