"""How sure a plan is, as the host reads it by the names of its signs."""

import math

import pytest

from altlens_host.worker.engines.interface import SIGNS


def test_signs_stand_in_the_order_of_their_names() -> None:
    """A dog, likely; several, a little; of three classes one is as good as sure."""
    torch = pytest.importorskip("torch", reason="needs the extra [train]")
    from altlens_training.planner import signs

    logits = torch.tensor([[0.0, 0.0, math.log(6), 0.0, 0.0, math.log(3)]])
    classes = torch.tensor([[0.25, 0.5, 0.25]])
    concepts = torch.tensor([[math.log(4)] * 8 + [-9.0]])

    (said,) = signs(logits, classes, concepts).tolist()

    assert dict(zip(SIGNS, said, strict=True)) == pytest.approx({
        "kind": math.log(0.6), "number": math.log(0.75), "entropy": 1.5 * math.log(2),
        "class": math.log(0.5), "concepts": math.log(0.8),
        "person": 0, "child": 0, "dog": 1, "animal": 0, "other": 0,
    }, abs=1e-5)  # fmt: skip


def test_signs_are_numbers_where_a_class_has_no_probability_at_all() -> None:
    """Its logarithm is none, and must not become the sum's."""
    torch = pytest.importorskip("torch", reason="needs the extra [train]")
    from altlens_training.planner import signs

    classes = torch.tensor([[1.0, 0.0]])

    assert signs(torch.zeros(1, 6), classes, torch.zeros(1, 8)).isfinite().all()
