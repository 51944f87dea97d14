"""Captions, made fit to be read aloud."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from altlens_host.messages import MAX_TEXT
from altlens_host.worker.postprocess import tidy


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("a brown dog", "A brown dog"),
        ("  a  brown\n dog\t", "A brown dog"),
        ("a brown dog .", "A brown dog ."),
        ("Text document.", "Text document."),
        ("a BMW by the Thames", "A BMW by the Thames"),
        ("3 dogs", "3 dogs"),
        ("élan", "Élan"),
        ("a dog\u202egod a\u202c", "A doggod a"),
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


@given(st.text(max_size=60))
def test_no_text_brings_control_characters_to_a_page(text: str) -> None:
    """The alt text is written into a stranger's page and read by a braille display."""
    tidied = tidy(text)

    assert not any(unicodedata.category(one) in ("Cc", "Cf", "Cs") for one in tidied)
    assert tidied == " ".join(tidied.split())
    assert tidy(tidied) == tidied
