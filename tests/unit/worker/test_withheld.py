"""Words that nobody shall hear of a picture, and the many that only look like them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.worker.innocent_captions import innocent_captions

from altlens_host.worker.postprocess import tidy
from altlens_host.worker.withheld import entries, is_withheld

WORDS, EXCEPTIONS = entries()


@pytest.mark.parametrize("entry", WORDS)
def test_every_entry_is_withheld(entry: str) -> None:
    """Of one word or several, alone, in the plural, in capitals, hyphenated, and in a sentence."""
    for said in (
        entry,
        f"{entry}s",
        entry.upper(),
        entry.replace(" ", "-"),
        f"a dog and a {entry}.",
    ):
        assert is_withheld(said)
        assert tidy(said) == ""


@pytest.mark.parametrize("entry", EXCEPTIONS)
def test_exceptions_are_said(entry: str) -> None:
    """An exception without an entry inside would do nothing; beside one, entries count."""
    assert any(f" {word} " in f" {entry} " for word in WORDS)
    assert not is_withheld(f"a {entry} here")
    assert is_withheld(f"a {entry} and a {WORDS[0]}")


@pytest.mark.parametrize(
    "said", ["a bÍtch", "a w\u00f6g", "a blow\u2010job", "a blow_job", "bitches"]
)
def test_accents_and_hyphens_hide_nothing(said: str) -> None:
    """However it is spelled, it would be heard the same."""
    assert is_withheld(said)


def test_a_word_that_comes_together_while_tidying_is_withheld() -> None:
    """Half a character or a control character in its middle does not save it."""
    assert tidy("a bit\u200bch runs") == ""
    assert not is_withheld("a half male caste")
    assert tidy("a half male caste") == ""


def test_an_exception_is_of_whole_words() -> None:
    """What only begins like one is none."""
    assert not is_withheld("a chink in a wall")
    assert is_withheld("a chink indoors")


def test_no_innocent_caption_is_withheld() -> None:
    """A caption that is lost for a word inside a word is a picture that nobody hears of."""
    captions = innocent_captions()

    assert len(set(captions)) == 500
    assert [one for one in captions if is_withheld(one)] == []
    assert [one for one in captions if not tidy(one)] == []


@given(st.sampled_from(WORDS), st.text("abcdefghijklmnopqrstuvwxyz", min_size=3, max_size=6))
def test_letters_around_an_entry_make_another_word(entry: str, letters: str) -> None:
    """Only whole words count."""
    assert not is_withheld(f"{letters}{entry.replace(' ', '')}{letters}")
