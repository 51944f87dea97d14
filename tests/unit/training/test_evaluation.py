"""ROUGE as the model card has it, on cases small enough to reckon by hand."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from altlens_training.baselines import (
    compare,
    interval,
    nearest_neighbours,
    person_against_others,
    share_interval,
    shuffled,
)
from altlens_training.cider import Cider
from altlens_training.data import Picture
from altlens_training.evaluation import Prediction, score

pytest.importorskip("rouge_score", reason="needs the extra [eval]")


def test_mean_and_best_over_references() -> None:
    """One reference fits wholly and one by half: the mean is between, the best is whole."""
    prediction = Prediction("a dog runs", 5, ("a dog runs", "a cat sits"))

    report = score([prediction])

    assert report["rouge1"] == pytest.approx({"mean": (100 + 100 / 3) / 2, "best": 100})
    assert report["rouge2"] == pytest.approx({"mean": 50, "best": 100})
    assert report["rougeL"] == pytest.approx({"mean": (100 + 100 / 3) / 2, "best": 100})
    assert report["gen_len"] == 5


def test_averages_over_pictures_not_references() -> None:
    """A picture with many references counts as much as one with a single one."""
    whole = Prediction("a dog", 2, ("a dog",) * 4)
    nothing = Prediction("a dog", 4, ("the cat",))

    report = score([whole, nothing])

    assert report["rougeL"] == pytest.approx({"mean": 50, "best": 50})
    assert report["gen_len"] == 3


def test_longest_common_subsequence_needs_no_neighbours() -> None:
    """ROUGE-L counts words in order, with gaps: 3 of 4 and 3 of 5 give 2/3."""
    report = score([Prediction("a dog is running", 4, ("a big dog quickly running",))])

    assert report["rougeL"]["mean"] == pytest.approx(100 * 2 * 3 / (4 + 5))


def test_stemmed() -> None:
    """Endings do not matter: "running dogs" is as good as "run dog"."""
    assert score([Prediction("running dogs", 2, ("run dog",))])["rouge1"]["best"] == 100


def test_references_are_debiased_unless_raw() -> None:
    """A caption that says "person" is not marked down for not saying "woman"."""
    predictions = [Prediction("a person sits", 3, ("a woman sits",))]

    assert score(predictions)["rougeL"]["mean"] == 100
    assert score(predictions, raw_references=True)["rougeL"]["mean"] == pytest.approx(200 / 3)


@pytest.mark.parametrize("predictions", [[], [Prediction("a dog", 2, ())]])
def test_nothing_to_score_is_an_error(predictions: list[Prediction]) -> None:
    """An average of nothing would be a made-up figure."""
    with pytest.raises(ValueError, match=r"no predictions|no references"):
        score(predictions)


def test_cider_prefers_the_telling_words() -> None:
    """A word that every picture's captions have is worth less than one that few have."""
    known = [[tuple(said.split())] for said in ("a dog runs", "a cat sits", "a bird sings")]
    cider = Cider(known)

    right, empty = (cider.score(tuple(said.split()), known[0]) for said in ("the dog", "a"))

    assert cider.score(("a", "dog", "runs"), known[0]) > right > empty


def test_nearest_neighbour_is_found_by_angle() -> None:
    """The neighbour's captions are scored, whatever the length of its features."""
    features = np.array([[1.0, 0.0]], np.float32)
    known = np.array([[0.0, 1.0], [9.0, 0.1]], np.float32)

    scores = nearest_neighbours([("a dog",)], features, known, [("the sea",), ("a dog", "the cow")])

    assert scores == [(pytest.approx(50), pytest.approx(50))]


def test_people_are_judged_without_their_own_caption() -> None:
    """A person who agrees with nobody scores nothing."""
    ((mean, best),) = person_against_others([("a man", "a person", "red")])

    assert mean == pytest.approx(100 * (0.5 + 0.5 + 0) / 3)
    assert best == pytest.approx(200 / 3)


def test_shuffled_leaves_no_picture_with_its_own_caption() -> None:
    """Otherwise shuffling would not show that the model looks at its picture."""
    predictions = [Prediction(str(i), i, (str(i),)) for i in range(9)]

    moved = shuffled(predictions, seed=3)

    assert {p.caption for p in moved} == {p.caption for p in predictions}
    assert [p.references for p in moved] == [p.references for p in predictions]
    assert all(p.references != (p.caption,) for p in moved)


def test_interval_is_that_of_the_mean() -> None:
    """Of many values with a known spread it is near the textbook's, and the same each time."""
    values = list(np.random.default_rng(1).normal(30, 10, 400))

    low, high = interval(values)

    half = 1.96 * np.std(values) / 20
    assert (low, high) == interval(values)
    assert (low, high) == pytest.approx((np.mean(values) - half, np.mean(values) + half), abs=0.1)
    assert interval([5.0] * 20) == (5, 5)


def test_interval_of_a_share_stays_within_bounds() -> None:
    """Even 100 right of 100 may be 96 of 100 in truth."""
    assert share_interval(100, 100) == pytest.approx((0.963, 1), abs=1e-3)
    assert share_interval(50, 100) == pytest.approx((0.404, 0.596), abs=1e-3)
    assert share_interval(0, 10)[0] == 0


def test_a_model_that_looks_stands_above_its_own_shuffled_captions() -> None:
    """Each picture has a word of its own; who says it is right, and wrong once shuffled."""
    words = "dog cat cow owl fox hen".split()
    said = [Prediction(f"a {word}", 2, (f"a {word}", f"the {word}")) for word in words]
    known = [Picture(Path(word), (f"a {word}",)) for word in ("cow", "elk")]

    found = compare(said, np.eye(6, 2, dtype=np.float32) + 0.1, known, np.eye(2, dtype=np.float32))

    rows = found["rougeL"]
    assert rows["this model"]["mean"] == pytest.approx(75)
    assert rows["this model"]["best"] == 100
    assert rows["this model, pictures shuffled"]["mean"] == pytest.approx(25)
    assert found["fall_when_shuffled"]["mean"] == pytest.approx(50)
    assert found["over_nearest_neighbour"]["mean"] == pytest.approx(
        75 - rows["nearest neighbour"]["mean"]
    )
    assert rows["one person against the others"]["mean"] == pytest.approx(50)
    assert (found["different_captions"], found["pictures"]) == (6, 6)


def test_light_imports() -> None:
    """`altlens eval` starts without loading torch or numpy through these modules."""
    code = (
        "import sys, altlens_training.evaluation, altlens_training.cli\n"
        "assert not {'torch', 'numpy', 'rouge_score', 'PIL', 'onnxruntime'} & set(sys.modules)"
    )

    subprocess.run([sys.executable, "-c", code], check=True)
