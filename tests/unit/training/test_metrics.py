"""METEOR, CIDEr-D, lengths and abstention, against what papers and their programs give."""

from __future__ import annotations

import random

import pytest

from altlens_training import metrics
from altlens_training.assessment import assess, class_of, length_of
from altlens_training.evaluation import Prediction
from altlens_training.report import markdown

pytest.importorskip("rouge_score", reason="needs the extra [eval]")

GUIDE = (
    "It is a guide to action which ensures that the military always obeys the commands of the party"
)
GUIDE_REFERENCES = (
    "It is a guide to action that ensures that the military will forever heed Party commands",
    "It is the guiding principle which guarantees the military forces always being under the "
    "command of the Party",
    "It is the practical guide for the army always to heed the directions of the party",
)
"""The example of NLTK's own documentation of METEOR."""

PICTURES = [
    Prediction("a dog running on grass", 6, ("a dog runs on the grass",
                                             "a brown dog running in a field"), 0.9),
    Prediction("two people on a bench", 6, ("two children sit on a bench",
                                            "kids on a wooden bench"), 0.5),
    Prediction("a bus parked on the street", 7, ("a red bus in the street",
                                                 "a bus drives down a city street"), 0.7),
]  # fmt: skip


def said(caption: str, *references: str) -> Prediction:
    """A caption and what people said."""
    return Prediction(caption, len(caption.split()) + 1, references)


def test_meteor_is_that_of_nltks_example(monkeypatch: pytest.MonkeyPatch) -> None:
    """0.6944 with the best of three references; no synonym takes part in it."""
    monkeypatch.setattr(metrics, "wordnet", lambda: None)

    ((_, best),) = metrics.meteor([said(GUIDE, *GUIDE_REFERENCES)], raw_references=True)

    assert best == pytest.approx(69.44, abs=0.005)


def test_meteor_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two words of three in one chunk, a stem among them: F 10PR/(R+9P), penalty 0.5 (1/2)^3."""
    monkeypatch.setattr(metrics, "wordnet", lambda: None)

    ((mean, _),) = metrics.meteor([said("dogs run fast", "a dog running")])

    precision = recall = 2 / 3
    harmonic = 10 * precision * recall / (recall + 9 * precision)
    assert mean == pytest.approx(100 * harmonic * (1 - 0.5 * (1 / 2) ** 3))
    assert metrics.meteor([said("", "a dog")]) == [(0, 0)]


def test_meteor_takes_synonyms_where_wordnet_is() -> None:
    """Whatever gives them: a stand-in, as the data cannot be had by everybody."""

    class Lemma:
        def name(self) -> str:
            return "dog"

    class Synset:
        def lemmas(self) -> list[Lemma]:
            return [Lemma()]

    class Words:
        def synsets(self, word: str) -> list[Synset]:
            return [Synset()] if word == "hound" else []

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(metrics, "wordnet", lambda: None)
        without = metrics.meteor([said("a hound", "a dog")])[0][0]
        patch.setattr(metrics, "wordnet", Words)
        with_them = metrics.meteor([said("a hound", "a dog")])[0][0]

    assert with_them > without


def test_cider_is_that_of_the_coco_program() -> None:
    """Of pycocoevalcap 1.2 on the same words, for each picture."""
    expected = [1.99565596, 2.40370377, 1.90058017]

    found = metrics.cider(PICTURES, raw_references=True)

    assert found == pytest.approx([100 * value for value in expected], rel=1e-6)


def test_one_picture_alone_has_no_cider() -> None:
    """Which words are telling cannot be told."""
    assert metrics.cider(PICTURES[:1]) is None
    assert assess(PICTURES[:1])["cider"] is None


def test_gen_len_leaves_out_what_begins_and_ends() -> None:
    """Padding, start and end are one token for GPT-2, and the card counts what is none of them."""
    assert metrics.gen_len([*PICTURES, Prediction("", 0, ("a",))]) == (5 + 5 + 6 + 0) / 4


def test_auroc_by_hand() -> None:
    """Pairs of right and wrong: 5 of 6 in order, one of them tied."""
    assert metrics.auroc([0.9, 0.8, 0.3, 0.3, 0.1], [True, False, True, False, False]) == (
        pytest.approx((3 + 1.5) / 6)
    )
    assert metrics.auroc([1, 2], [True, True]) is None


def test_auroc_agrees_with_counting_pairs() -> None:
    """Of random values with ties."""
    chance = random.Random(4)
    sure = [chance.randrange(8) / 8 for _ in range(200)]
    right = [chance.random() < 0.3 + 0.4 * value for value in sure]

    pairs = [(a > b) + (a == b) / 2 for a, x in zip(sure, right, strict=True) if x
             for b, y in zip(sure, right, strict=True) if not y]  # fmt: skip

    assert metrics.auroc(sure, right) == pytest.approx(sum(pairs) / len(pairs))


def test_risk_falls_where_confidence_tells() -> None:
    """Four captions, of which the least sure two are wrong."""
    found = metrics.risk_coverage([0.2, 0.9, 0.4, 0.8], [10, 90, 20, 50], steps=4)

    assert [point["risk"] for point in found["points"]] == [0, 0, pytest.approx(1 / 3), 0.5]
    assert [point["coverage"] for point in found["points"]] == [0.25, 0.5, 0.75, 1]
    assert [point["threshold"] for point in found["points"]] == [0.9, 0.8, 0.4, 0.2]
    assert [point["rougeL"] for point in found["points"]] == [90, 70, pytest.approx(160 / 3), 42.5]
    assert found["aurc"] == pytest.approx((0 + 0 + 1 / 3 + 0.5) / 4)
    assert found["auroc"] == 1


@pytest.mark.parametrize(
    ("references", "expected"),
    [
        (("A man runs.", "a person running", "a red wall"), "people"),
        (("a dog with a boy", "two dogs", "a puppy"), "animals"),
        (("a wall", "a dog", "blue"), "other"),
        (("Text document.",), "documents"),
    ],
)
def test_classes_are_told_from_what_most_people_said(
    references: tuple[str, ...], expected: str
) -> None:
    """More than half of the references name it."""
    assert class_of(Prediction("x", 1, references)) == expected
    assert class_of(Prediction("x", 1, references, label="tabby")) == "tabby"


def test_every_picture_is_in_one_row_of_each_table() -> None:
    """And the rows' means, weighted, are the whole's."""
    found = assess([*PICTURES, Prediction("", 0, ("a cat",))])

    for table in ("by_length", "by_class"):
        rows = found[table].values()
        assert sum(row["pictures"] for row in rows) == 4
        mean = sum(row["pictures"] * row["rougeL"] for row in rows) / 4
        assert mean == pytest.approx(found["rougeL"]["mean"])
    assert [length_of(said("a " * count, "b")) for count in (6, 7, 12, 13)] == [
        "up to 6 words", "7 to 9", "10 to 12", "13 and more",
    ]  # fmt: skip


def test_a_missing_caption_is_the_least_sure() -> None:
    """An answer without words is never in the first part of the curve."""
    found = assess([*PICTURES, Prediction("", 0, ("a cat",), confidence=0.99, plain=True)])

    assert found["abstention"]["points"][-1]["threshold"] == 0
    assert found["trust"]["plain"]["value"] == 0
    assert found["abstention"]["points"][0]["threshold"] == 0.9


def test_intervals_hold_the_mean() -> None:
    """Of each figure that has one."""
    found = assess(PICTURES)

    for kind in ("rouge1", "rouge2", "rougeL", "rougeLsum", "meteor"):
        low, high = found[kind]["mean_interval"]
        assert low <= found[kind]["mean"] <= high
    low, high = found["cider"]["interval"]
    assert low <= found["cider"]["mean"] <= high


def test_the_report_has_every_table_and_says_how_meteor_was_made(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """In Markdown whose rows have as many cells as their heads."""
    monkeypatch.setattr(metrics, "wordnet", lambda: None)
    more = {"captions_per_second": 2.0, "pictures": 3, "failed": 0, "raw_references": False,
            "calibrated": False}  # fmt: skip

    text = markdown(assess(PICTURES) | more)

    for told in ("ROUGE-Lsum", "CIDEr-D", "words and stems; lower", "### By the caption's length",
                 "| animals | 1 |", "| said | confidence from | wrong |",
                 "Confidence was not measured for this model.", "- said plainly: 0%"):  # fmt: skip
        assert told in text
    blocks = [block.splitlines() for block in text.split("\n\n") if block.startswith("|")]
    assert len(blocks) == 4
    assert all(len({line.count("|") for line in block}) == 1 for block in blocks)
