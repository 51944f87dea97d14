"""What is fitted of a confidence: near to what is right, refused where it would tell nothing."""

from __future__ import annotations

import math
import random

import pytest

from altlens_host.worker.confidence import Calibration
from altlens_training.calibration import (
    FEWEST,
    FEWEST_OF_A_KIND,
    PLAIN_SHARE,
    UNSURE,
    Sample,
    cross_validated,
    fit,
)

NAMES = ("opening", "mean", "close_up")


def drawn(count: int, seed: int = 0, *, told: float = 3.0, usual: float = 42.0) -> list[Sample]:
    """Captions whose openings say something of their ROUGE-L, and whose means say nothing."""
    rng = random.Random(seed)
    found = []
    for _ in range(count):
        opening, mean = rng.gauss(-1.5, 1.0), rng.gauss(-0.9, 0.3)
        score = usual + told * 3 * (opening + 1.5) + rng.gauss(0, 10)
        found.append(Sample(dict(zip(NAMES, (opening, mean, 0.0), strict=True)), score))
    return found


def test_a_confidence_is_the_share_that_is_right() -> None:
    """Of many others that it was not fitted to; in each quarter of them."""
    fitted = fit(drawn(400))
    others = sorted((fitted.of(one.measures).confidence, one.right) for one in drawn(4000, seed=1))

    for quarter in range(4):
        some = others[quarter * 1000 : (quarter + 1) * 1000]
        sure = sum(confidence for confidence, _ in some) / 1000
        assert sure == pytest.approx(sum(right for _, right in some) / 1000, abs=0.08)


def test_what_tells_nothing_weighs_nothing_and_what_never_varies_does_no_harm() -> None:
    """Of three measures one tells something, one is noise, one is the same for all."""
    weights = fit(drawn(400)).weights

    assert weights["opening"] > 0.5
    assert abs(weights["mean"]) * 0.3 < 0.2 * weights["opening"]
    assert weights["close_up"] == 0


def test_of_what_is_said_plainly_nine_of_ten_are_right() -> None:
    """Where the measures tell enough for that."""
    fitted = fit(drawn(400, told=8))
    others = drawn(4000, seed=1, told=8)

    plain = [one for one in others if fitted.of(one.measures).level == "plain"]

    assert sum(one.right for one in plain) / len(plain) == pytest.approx(0.9, abs=0.05)


def test_where_that_leaves_too_few_a_good_part_is_said_plainly_all_the_same() -> None:
    """If at least two of three are right: else a hedge would stand before nearly everything."""
    samples = drawn(400, told=1, usual=43)
    fitted = fit(samples)

    levels = [fitted.of(one.measures).level for one in samples]

    assert levels.count("plain") / len(levels) == pytest.approx(PLAIN_SHARE, abs=0.01)


def test_a_model_that_is_seldom_right_says_little_plainly() -> None:
    """There the part that would be said plainly is not right often enough."""
    samples = drawn(400, told=2, usual=34)
    fitted = fit(samples)

    levels = [fitted.of(one.measures).level for one in samples]

    assert levels.count("plain") / len(levels) < PLAIN_SHARE / 2
    assert levels.count("unsure") > 0


def test_what_is_hardly_ever_right_is_not_said() -> None:
    """Below one in five."""
    fitted = fit(drawn(400, told=5))

    assert fitted.hedged == UNSURE
    assert fitted.of({"opening": -6.0, "mean": -0.9, "close_up": 0.0}).level == "unsure"


def test_pictures_it_was_trained_on_help_to_tell_but_not_to_say_how_likely() -> None:
    """A model is right of those far more often."""
    few, seen = drawn(FEWEST), drawn(2000, seed=2, usual=70)

    alone, helped = fit(few), fit(few, seen)

    noise = [abs(one.weights["mean"] / one.weights["opening"]) for one in (helped, alone)]
    assert noise[0] < noise[1]
    sure = sum(helped.of(one.measures).confidence for one in few) / len(few)
    assert sure == pytest.approx(sum(one.right for one in few) / len(few), abs=0.02)
    assert sum(one.right for one in seen) / len(seen) > 0.9


def test_captions_of_models_of_its_kind_help_to_tell_but_not_to_say_how_likely() -> None:
    """Half-trained models are right less often, and know as well which of their captions are."""
    fair, also = drawn(70), drawn(2000, seed=2, usual=30)
    alone, helped = fit(fair), fit(fair, (), also)
    others = drawn(2000, seed=1)

    def off(fitted: Calibration) -> float:
        """How far the measure that is noise turns the ranks."""
        return abs(fitted.weights["mean"] / fitted.weights["opening"])

    assert off(helped) < off(alone)
    sure = sum(helped.of(one.measures).confidence for one in others) / len(others)
    assert sure == pytest.approx(sum(one.right for one in others) / len(others), abs=0.1)


def test_captions_of_which_something_else_was_measured_are_refused() -> None:
    """An older model gives fewer signs; what is not there is not nothing."""
    fewer = [Sample({"opening": -1.0}, 40.0)]

    with pytest.raises(ValueError, match="not the same was measured"):
        fit(drawn(400), (), fewer)


@pytest.mark.parametrize(
    "samples",
    [
        drawn(FEWEST - 1),
        [one._replace(rouge_l=80.0) for one in drawn(FEWEST * 2)],
        [one._replace(rouge_l=80.0 if at < FEWEST_OF_A_KIND - 1 else 10.0)
         for at, one in enumerate(drawn(FEWEST * 2))],
    ],
    ids=["too few", "all right", "hardly any right"],
)  # fmt: skip
def test_too_few_are_refused(samples: list[Sample]) -> None:
    """With how many are needed."""
    with pytest.raises(ValueError, match=f"too few to learn from: {FEWEST} are needed"):
        fit(samples)


def test_a_confidence_that_would_tell_nothing_is_refused() -> None:
    """Where what the measures say of the ROUGE-L is not so of right and wrong."""
    flat = [Sample({"opening": -1.0, "mean": -1.0, "close_up": 0.0}, 80.0 * (at % 2))
            for at in range(FEWEST)]  # fmt: skip

    with pytest.raises(ValueError, match="not right more often"):
        fit(flat)


def test_no_caption_is_judged_by_a_fit_that_knows_it() -> None:
    """Scores that nothing foretells are not foretold; and the same seed gives the same."""
    rng = random.Random(3)
    noise = [one._replace(rouge_l=rng.uniform(20, 60)) for one in drawn(FEWEST * 2)]
    told = drawn(200)

    found = cross_validated(told)

    assert found == cross_validated(told)
    assert [one.calibrated for one in found] == [True] * 200
    right = [one.confidence for one, sample in zip(found, told, strict=True) if sample.right]
    wrong = [one.confidence for one, sample in zip(found, told, strict=True) if not sample.right]
    assert sum(right) / len(right) > sum(wrong) / len(wrong) + 0.15
    blind = cross_validated(noise)
    marked = zip(blind, noise, strict=True)
    apart = math.fsum(one.confidence * (1 if sample.right else -1) for one, sample in marked)
    assert abs(apart) / len(noise) < 0.1
