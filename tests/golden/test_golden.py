"""Awkward inputs and the answers they are known to get."""

from golden import record


def test_sentences_are_heard_as_recorded() -> None:
    """A change of the rules changes these on purpose: run `make golden` and read what it prints."""
    before = record.CAPTIONS.read_text("utf-8")

    assert record.written(record.captions()) == before


def test_the_corpus_is_large_and_without_doubles() -> None:
    """It holds at least 300 inputs, each once."""
    said = [row["said"] for row in record.captions()]

    assert len(said) == len(set(said)) >= 300


def test_drawn_pictures_are_taken_for_what_is_recorded() -> None:
    """Here mistakes are recorded too: a change of triage shows which come and which go."""
    before = record.PICTURES.read_text("utf-8")

    assert record.written(record.pictures()) == before
