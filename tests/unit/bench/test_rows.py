"""What the table of the engines says, and which limits hold."""

from __future__ import annotations

from typing import Any

import pytest
from bench.rows import Row, Timing, fastest, limits, table


def measured(name: str, warm: float, cold: float = 1.0, error: float | None = 0.04) -> Any:
    """Return a row as results/latest.json holds it."""
    row = Row(name, [Timing(cold, 0)], [Timing(warm / 1000, 0)], 300.0, 200.0, error, 0.9)
    return row.as_json()


def rows(**changes: Any) -> dict[str, Any]:
    """Return rows in which every limit just holds, with changes of warm medians by row."""
    warm = {
        "torch-pipeline": 600, "nvda-loop-q8": 360, "nvda-loop-q8-tuned": 330,
        "altlens-reference": 350, "altlens-prepared": 237, "altlens-precise": 230,
        "altlens-fast": 208, "optimum-q8-2-beams": 1200, "altlens-prepared-2-beams": 600,
        **{name.replace("_", "-"): value for name, value in changes.items()},
    }  # fmt: skip
    cold = {"nvda-loop-q8": 1.5}
    return {name: measured(name, value, cold.get(name, 0.6)) for name, value in warm.items()}


def test_limits_hold_where_they_are_met() -> None:
    """The figures that just meet all promises pass all of them."""
    held = limits(rows())

    assert [one.what for one in held if not one.passed] == []
    assert len(held) == 8


@pytest.mark.parametrize(
    ("changes", "broken"),
    [
        ({"altlens_prepared": 240}, "altlens-prepared / nvda-loop-q8, warm"),
        ({"altlens_fast": 210, "torch_pipeline": 700}, "(altlens-fast) / nvda-loop-q8, warm"),
        ({"altlens_fast": 215, "nvda_loop_q8": 400}, "/ torch-pipeline, warm"),
        ({"nvda_loop_q8_tuned": 208}, "/ nvda-loop-q8-tuned, warm"),
        ({"altlens_prepared_2_beams": 601}, "two beams"),
    ],
)
def test_a_limit_that_is_missed_fails(changes: dict[str, float], broken: str) -> None:
    """Each promise can be broken alone."""
    held = limits(rows(**changes))

    failed = [one.what for one in held if not one.passed]
    assert len(failed) == 1
    assert broken in failed[0]
    assert "**fail**" in next(one for one in held if not one.passed).line()


def test_a_faster_variant_with_a_larger_error_does_not_count() -> None:
    """Speed that is bought with errors is none."""
    made = rows()
    made["altlens-fast"]["rel_logit_error"] = 0.0421

    best = fastest(made)

    assert best == "altlens-precise"


def test_what_was_not_measured_neither_passes_nor_counts_as_failed() -> None:
    """A run of some rows says of the others' limits that they were not measured."""
    held = limits({"altlens-prepared": measured("altlens-prepared", 200)})

    assert all("**fail**" not in one.line() for one in held)
    assert sum(one.value is None for one in held) == 7


def test_disturbed_measurements_are_left_out() -> None:
    """The median is that of the quiet ones, and the row is marked where most were disturbed."""
    quiet, loud = [Timing(0.2, 0.0)] * 3, [Timing(0.9, 0.5)] * 2

    mostly_quiet = Row("a", [Timing(1, 0)], [*loud, *quiet])
    mostly_loud = Row("b", [Timing(1, 0)], [*loud, *loud, *quiet])

    assert mostly_quiet.warm_ms == pytest.approx(200)
    assert (mostly_quiet.marked, mostly_quiet.busy) == (2, False)
    assert mostly_loud.warm_ms == pytest.approx(900)
    assert mostly_loud.busy
    assert "⚠" in table([mostly_loud.as_json()])[2]
    assert "10%" in table([mostly_loud.as_json()])[-1]


def test_rows_have_the_fields_that_others_read() -> None:
    """results/latest.json is read by name."""
    row = Row("x", [Timing(1.5, 0)], [Timing(0.2, 0)], 300.04, 190.06, 0.0412345, 0.95).as_json()

    wanted = {
        "name": "x", "cold_s": 1.5, "warm_ms": 200.0, "peak_rss_mb": 300.0, "model_mb": 190.1,
        "rel_logit_error": 0.04123,
    }  # fmt: skip
    assert {name: row[name] for name in wanted} == wanted


def test_a_shared_error_is_said_to_be_shared() -> None:
    """A figure that was taken from another row is not passed off as a measurement."""
    row = Row("tuned", [Timing(1, 0)], [Timing(1, 0)], 1, 1, 0.04, 0.9, error_of="default")

    lines = table([row.as_json()])

    assert "0.0400 ¹" in lines[2]
    assert "measured there" in lines[-1]
