"""What a confidence is worth: by hand where a hand can reckon it, else by what must hold."""

from __future__ import annotations

import random

import pytest

from altlens_training.metrics import calibration_error
from altlens_training.report import trust_rows
from altlens_training.trust import Judged, trust


def test_the_calibration_error_is_that_of_the_paper() -> None:
    """Two bins: three captions at 0.9 of which two are right, one at 0.2 that is wrong."""
    found = calibration_error([0.9, 0.9, 0.9, 0.2], [True, True, False, False])

    assert found == pytest.approx((3 * abs(2 / 3 - 0.9) + 0.2) / 4)


def test_certainty_is_in_the_last_bin() -> None:
    """1.0 has no bin above it."""
    assert calibration_error([1.0, 0.95], [False, True]) == pytest.approx((1 - 0.05) / 2)
    with pytest.raises(ValueError, match="no confidences"):
        calibration_error([], [])


CAPTIONS = [
    Judged(0.9, True, 40.0, 60.0),
    Judged(0.8, True, 30.0, 35.0),
    Judged(0.4, False, 20.0, 50.0),
    Judged(0.1, False, 10.0, 15.0),
]


def test_each_figure_is_what_it_says() -> None:
    """Of four captions, two said plainly, two right, one of them plainly."""
    found = {name: one["value"] for name, one in trust(CAPTIONS).items()}

    assert found == pytest.approx(
        {
            "ece": (0.1 + 0.8 + 0.6 + 0.1) / 4,
            "auroc": 0.75,
            "right": 0.5,
            "plain": 0.5,
            "plain_right": 0.5,
            "gain_mean": 35 - 25,
            "gain_best": 47.5 - 40,
        }
    )


def test_intervals_are_narrower_with_more_captions() -> None:
    """And hold the value."""
    rng = random.Random(0)
    widths = []
    for count in (50, 800):
        some = [Judged(rng.random(), rng.random() < 0.5, 30.0, rng.uniform(20, 60))
                for _ in range(count)]  # fmt: skip
        one = trust(some)["plain"]
        assert one["interval"][0] <= one["value"] <= one["interval"][1]
        widths.append(one["interval"][1] - one["interval"][0])

    assert widths[1] < widths[0] / 2


def test_what_is_not_defined_is_left_out() -> None:
    """Nothing said plainly, and nothing wrong."""
    found = trust([one._replace(plain=False, best=80.0) for one in CAPTIONS])

    assert found["gain_mean"] is found["plain_right"] is found["auroc"] is None
    told = dict(trust_rows(found))
    assert told["right, of all"] == "100% (100 to 100)"
    assert "AUROC of confidence" not in told


def test_nothing_is_not_judged() -> None:
    """There is no figure of no captions."""
    with pytest.raises(ValueError, match="no captions"):
        trust([])
