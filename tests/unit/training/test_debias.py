"""The captions of the second stage: what the rules promise, whatever is written."""

import re
import sys
import types
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from altlens_host.wording.people import MARKERS, WORDS
from altlens_training.debias import by_rules, load_rewriter, rewriter

GENDERED = {
    word
    for new, old in WORDS.items()
    for word in old.split()
    if new in ("person", "people", "child", "children")
}
PIECES = [
    "a man", "A woman", "two girls", "an African American boy", "the", "is", "are", "riding",
    "a bike", "in the snow", "There is", "This is a picture of", "her", "he", "a black dog",
    "Muslim women", "sits", "near", "and", "with", ",", ".", "!", "on a horse", "male", "red",
]  # fmt: skip
captions = st.lists(st.sampled_from(PIECES), max_size=9).map(" ".join)
DATA = Path(__file__).resolve().parents[4] / "shared/data/captions/flickr8k-text.txt"


@pytest.mark.parametrize(
    ("written", "debiased"),
    [
        ("A man is riding a bike .", "A person riding a bike."),
        ("There are two women in the snow.", "Two people in the snow."),
        ("This is a picture of a girl and her dog.", "A child and their dog."),
        ("Two dogs are on the grass", "Two dogs on the grass"),
        ("A chinese woman is eating some kind of desert.", "A person eating some kind of desert."),
        ("A black dog runs. It is wet.", "A black dog runs."),
        ("a boy in a red shirt was near a wall", "A child in a red shirt near a wall"),
        ("A dog that is running has a stick.", "A dog that is running has a stick."),
        ("There is nobody here.", "There is nobody here."),
        ("The sign says U.S. Army.", "The sign says U.S. Army."),
        ("Text document.", "Text document."),
        ("", ""),
    ],
)
def test_examples(written: str, debiased: str) -> None:
    """One sentence, a noun phrase where that is sure, and of nobody's gender, origin or faith."""
    assert by_rules(written) == debiased


@given(captions)
def test_twice_is_once(caption: str) -> None:
    """So that captions which were rewritten may be given again."""
    assert by_rules(by_rules(caption)) == by_rules(caption)


@given(captions)
def test_nobody_has_a_gender_and_no_caption_loses_all(caption: str) -> None:
    """Words of gender go; something stays."""
    said = by_rules(caption)

    assert not GENDERED & set(re.findall(r"[a-z]+", said.lower()))
    assert bool(said) == bool(caption.strip())


@given(captions, st.sampled_from(MARKERS), st.sampled_from(["person", "people", "child"]))
def test_no_marker_stands_before_a_person(before: str, marker: str, who: str) -> None:
    """Wherever it stood."""
    assert f"{marker} {who}" not in by_rules(f"{before} {marker} {who} sits").lower()


@given(captions)
def test_no_word_is_made_up(caption: str) -> None:
    """Every word was there, or stands for one that was."""
    replaced = {word for new in WORDS for word in new.split()}
    known = replaced | {"a", "an", "two", "several", "people", "children", "have", "do", "are"}

    added = set(re.findall(r"[a-z]+", by_rules(caption).lower())) - set(
        re.findall(r"[a-z]+", caption.lower())
    )

    assert added <= known | {"newlyweds", "parents"}


@pytest.mark.skipif(not DATA.exists(), reason="../shared/data/captions is absent")
def test_of_what_people_wrote_one_sentence_is_left() -> None:
    """Of 3,000 captions; and hardly any is shorter than three words that was not before."""
    written = [line for line in DATA.read_text(encoding="utf-8").splitlines() if line][:3000]

    said = [by_rules(line) for line in written]

    assert not [s for s in said if re.search(r"[a-z]{2}[.!?] [A-Z]", s)]
    short = sum(len(s.split()) < 3 <= len(w.split()) for s, w in zip(said, written, strict=True))
    assert short <= 3


def test_a_function_of_the_users_writes_and_the_rules_watch_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A model may forget its instructions, say nothing, or tell a story."""
    answers = {
        "A lady on a bench.": "A woman resting on a bench.",
        "A boy.": "",
        "A girl runs.": "A girl runs and " + "runs and " * 20,
    }
    module = types.ModuleType("my_model")
    module.write = answers.__getitem__  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "my_model", module)

    write = rewriter(load_rewriter("my_model:write"))

    assert [write(one) for one in answers] == [
        "A person resting on a bench.", "A child.", "A child runs.",
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["", "nowhere:f", "json:nothing", "json", "json:__name__"])
def test_a_rewriter_that_is_none(name: str) -> None:
    """Named before anything is trained."""
    with pytest.raises(ValueError, match=r"no rewriter|no function"):
        load_rewriter(name)
