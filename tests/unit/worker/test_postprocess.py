"""Captions, made fit to be read aloud."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from altlens_host.messages import MAX_TEXT
from altlens_host.worker.postprocess import Style, tidy
from altlens_host.worker.withheld import is_withheld


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("a brown dog", "A brown dog"),
        ("  a  brown\n dog\t", "A brown dog"),
        ("a brown dog .", "A brown dog."),
        ("Text document.", "Text document."),
        ("a BMW by the Thames", "A BMW by the Thames"),
        ("3 dogs", "3 dogs"),
        ("iPhone on a table", "iPhone on a table"),
        ("élan", "Élan"),
        ("a dog\u202egod b\u202c", "A doggod b"),
        ("a picture of a man and his his dog on a", "A person and their dog"),
        ("there is a a", ""),
        ("a\u200b dog\x00\x1b[31m", "A dog[31m"),
        ("a caf\ufffd", "A caf"),
        ("\ud83d a dog", "A dog"),
        ("a\u2028dog\xa0runs", "A dog runs"),
        ("", ""),
        (" \n\x07 ", ""),
        ("x" * (MAX_TEXT + 5), "X" + "x" * (MAX_TEXT - 1)),
    ],
)
def test_a_caption_is_tidied(said: str, heard: str) -> None:
    """Surplus space and what cannot be read aloud go; the words stay."""
    assert tidy(said) == heard


def test_neutral_words_make_no_caption_too_long() -> None:
    """They may be longer than what stood there; what is too long is no answer at all."""
    said = " ".join(f"he w{number}" for number in range(400))[:MAX_TEXT]

    assert MAX_TEXT - 5 < len(tidy(said)) <= MAX_TEXT


@given(st.text(max_size=60))
def test_no_text_brings_control_characters_to_a_page(text: str) -> None:
    """The alt text is written into a stranger's page and read by a braille display."""
    tidied = tidy(text)

    assert not any(unicodedata.category(one) in ("Cc", "Cf", "Cs") for one in tidied)
    assert tidied == " ".join(tidied.split())
    assert tidy(tidied) == tidied


def test_words_stay_as_written_where_the_user_wants_that() -> None:
    """Neutral words are the default, and a choice."""
    assert tidy("an asian woman holds her hat", Style(neutral=False)) == (
        "An asian woman holds her hat"
    )


WORDS = st.sampled_from(
    """
    a an the A man Woman MEN boys girl his her he she is has asian Black white person people child
    male female lion . , ; ! -- dog dogs 's two three 3 dozen group of in on with and next to front
    top picture image there are This showing very so tuk standing looking shirt blue same sex
    """.split()
)


@given(st.lists(WORDS, max_size=24).map(" ".join), st.booleans(), st.sampled_from([None, 2, 3]))
def test_likely_words_are_tidied_once_and_for_all(
    text: str, neutral: bool, first: int | None
) -> None:
    """What is tidied stays as it is: an answer may pass twice, and no rule undoes another."""
    style = Style(neutral, first)
    tidied = tidy(text, style)

    assert tidy(tidied, style) == tidied
    assert not tidied[:1].islower()


@given(st.lists(WORDS, max_size=24).map(" ".join))
def test_tidying_makes_no_caption_longer(text: str) -> None:
    """Mending only takes away; neutral words are at most twice as long as those they replace."""
    assert len(tidy(text, Style(neutral=False))) <= len(text)
    assert len(tidy(text)) <= 2 * len(text)


MEANINGFUL = st.sampled_from("dog tree bicycle snow standing water blue kitchen bread".split())


@given(st.lists(WORDS, max_size=10), MEANINGFUL, st.lists(WORDS, max_size=10))
def test_a_thing_that_was_named_is_still_named(
    before: list[str], thing: str, after: list[str]
) -> None:
    """Nothing is emptied that has a word with a meaning in it, unless a word is withheld."""
    said = " ".join([*before, thing, *after])

    tidied = tidy(said)

    if is_withheld(said):
        assert tidied == ""
    else:
        assert thing in tidied.lower()
