"""Captions claim neither gender, nor origin, nor faith, and lose nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from altlens_training.debias import debias

CASES = {
    "A man rides a horse.": "A person rides a horse.",
    "a woman and her dog": "a person and their dog",
    "TWO MEN RUN": "TWO PEOPLE RUN",
    "Boys and girls play": "Children play",
    "A boy throws his ball to him": "A child throws their ball to them",
    "She is smiling": "They are smiling",
    "the fireman has a hose": "the firefighter has a hose",
    "A man and a woman walk": "Two people walk",
    "a boy and a girl run": "two children run",
    "An Asian man sits": "A person sits",
    "a group of Asian women": "a group of people",
    "a black man in a white shirt": "a person in a white shirt",
    "a young african american boy": "a young child",
    "a black dog and a white cat": "a black dog and a white cat",
    "a snowman in a mansion": "a snowman in a mansion",
    "Chinese food on a plate": "Chinese food on a plate",
    "the woman's hat": "the person's hat",
    "a tree": "a tree",
    "": "",
}


@pytest.mark.parametrize(("caption", "expected"), CASES.items())
def test_rule(caption: str, expected: str) -> None:
    """Each rule does what it says, to whole words, in the caption's letter case."""
    assert debias(caption) == expected


WORDS = """
a an the A man Woman MEN boys and girl his her he is has she was asian Black white brown young
person people child . , dog 's two muslim dark-skinned lady snowman one
"""
words = st.sampled_from(WORDS.split())


@given(st.lists(words, max_size=14).map(" ".join))
def test_idempotent_on_likely_words(caption: str) -> None:
    """A debiased caption is left as it is, so references may pass twice without harm."""
    once = debias(caption)

    assert debias(once) == once


@given(st.text(max_size=60))
def test_idempotent_on_any_text(caption: str) -> None:
    """No text at all makes the rules crash or disagree with themselves."""
    once = debias(caption)

    assert debias(once) == once
