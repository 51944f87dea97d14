"""What is guessed goes: colours of clothes, and who stands or sits; what is seen stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from altlens_host.worker.guesses import uncoloured, unplaced
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
    style = Style(sure_of_details=False)

    assert tidy("a person in a blue shirt and black shirt is running", style) == (
        "A person in a shirt is running"
    )
    assert tidy("a person in a blue shirt and a child in a pink shirt", style) == (
        "A person in a shirt and a child in a shirt"
    )


PLACED = [
    ("a dog is standing in the snow", "a dog is in the snow"),
    ("two people are sitting on a bench", "two people are on a bench"),
    ("a child stands in front of a tree", "a child is in front of a tree"),
    ("a person in a shirt sits at a table", "a person in a shirt is at a table"),
    ("a person standing next to a horse", "a person next to a horse"),
]
STANDING = [
    "a dog is standing",
    "a dog is standing on its hind legs",
    "a person is standing on one leg",
    "people in the stands at a game",
    "food stands on a street",
    "a person is sitting down on a chair",
    "a standing ovation",
    "a dog is standing on",
]


@pytest.mark.parametrize(("said", "heard"), PLACED)
def test_who_stands_and_who_sits_is_left_out(said: str, heard: str) -> None:
    """Where they are stays."""
    assert unplaced(said) == heard


@pytest.mark.parametrize("said", STANDING)
def test_standing_and_sitting_stay_where_they_are_what_is_said(said: str) -> None:
    """Without a place nothing would be left of it."""
    assert unplaced(said) == said


def test_a_model_that_is_not_known_to_guess_them_keeps_its_colours() -> None:
    """Nothing is taken away without a reason."""
    assert tidy("a person in a blue shirt is sitting on a bench") == (
        "A person in a blue shirt is sitting on a bench"
    )


WORDS = st.sampled_from(
    "a an red orange dark blue and , shirt outfit wet suit dog is sitting on its in two".split()
)


@given(st.lists(WORDS, max_size=16).map(" ".join))
def test_what_was_taken_out_once_leaves_nothing_to_take_out(text: str) -> None:
    """An answer may pass twice."""
    style = Style(sure_of_details=False)
    tidied = tidy(text, style)

    assert tidy(tidied, style) == tidied
