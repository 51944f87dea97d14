"""Where "he runs" becomes "they", the verb follows."""

import pytest

from altlens_host.wording.agreement import with_plural_verbs


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("a child smiles while they stands by a bike", "a child smiles while they stand by a bike"),
        ("They runs and jumps", "They run and jump"),
        ("as they just sits on a bench", "as they just sit on a bench"),
        ("as they catches a ball", "as they catch a ball"),
        ("as they washes a car", "as they wash a car"),
        ("as they crosses a street", "as they cross a street"),
        ("as they fixes a bike", "as they fix a bike"),
        ("as they goes by", "as they go by"),
        ("as they focuses on it", "as they focus on it"),
        ("as they skis and flies", "as they ski and fly"),
        ("as they lies in the sun", "as they lie in the sun"),
        ("as they rides past cars", "as they ride past cars"),
        ("they pass and cars stop", "they pass and cars stop"),
        ("they always run", "they always run"),
        ("they always passes", "they always pass"),
        ("they focus on this", "they focus on this"),
        ("the dog runs and they look", "the dog runs and they look"),
        ("as they runs and has a ball", "as they run and have a ball"),
        ("as they still was there", "as they still were there"),
        ("as they canoes and tiptoes by", "as they canoe and tiptoe by"),
        ("as they then does it", "as they then do it"),
        ("they themselves drive", "they themselves drive"),
        ("as they plays and others listen", "as they play and others listen"),
        ("as they runs and cars pass", "as they run and cars pass"),
        ("as they surfs and waves crash", "as they surf and waves crash"),
        ("as they smiles and waves, happy", "as they smile and wave, happy"),
        ("as they smiles and waves at a child", "as they smile and wave at a child"),
    ],
)
def test_the_verb_agrees(said: str, heard: str) -> None:
    """Other words stay, and so does what is right already."""
    assert with_plural_verbs(said) == heard
    assert with_plural_verbs(heard) == heard
