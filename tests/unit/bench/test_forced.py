"""The two figures that say how exact an engine is."""

from __future__ import annotations

import numpy as np
import pytest
from bench.forced import agreement, distance


def test_distance_is_relative_to_what_the_right_logits_say() -> None:
    """None for equal logits, 1 for logits that say nothing, whatever is added to all."""
    random = np.random.default_rng(1)
    right = random.normal(3, 2, (12, 50)).astype(np.float32)

    assert distance(right, right) == 0
    assert distance(np.full_like(right, right.mean()), right) == pytest.approx(1)
    assert distance(right * 1.1, right) == pytest.approx(distance(right * 0.9, right), rel=1e-4)


def test_agreement_counts_first_choices() -> None:
    """One token of four differs."""
    right = np.eye(4, 6, dtype=np.float32)
    made = right.copy()
    made[2, 5] = 2

    assert agreement(made, right) == 0.75
