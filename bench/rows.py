"""What is measured of each contender, what must hold between them, and how it is told."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from bench.others import MOST


class Timing(NamedTuple):
    """One measurement.

    Attributes:
        seconds: How long it took.
        others: The share of all processors that other programs took meanwhile, 0 to 1.
    """

    seconds: float
    others: float

    @property
    def marked(self) -> bool:
        """Whether others took more than they may."""
        return self.others > MOST


@dataclass
class Row:
    """The measurements of one contender.

    Attributes:
        name: Its name.
        cold: From starting the process to the first caption.
        warm: Of one more caption.
        peak_mb: The most memory resident, in 1e6 bytes, of the process that has the model.
        model_mb: What it needs of the model on the disk, in 1e6 bytes.
        rel_logit_error: The distance of its logits from those in 32-bit floats on the same
            tokens, relative to the latter's distance from their mean; the mean over pictures.
        top1: For which share of the tokens its likeliest is that in 32-bit floats.
        error_of: The row in which the last two were measured, where that is another.
    """

    name: str
    cold: list[Timing] = field(default_factory=list)
    warm: list[Timing] = field(default_factory=list)
    peak_mb: float = 0.0
    model_mb: float = 0.0
    rel_logit_error: float | None = None
    top1: float | None = None
    error_of: str | None = None

    @property
    def cold_s(self) -> float:
        """The median, in seconds."""
        return median(self.cold)

    @property
    def warm_ms(self) -> float:
        """The median, in milliseconds."""
        return median(self.warm) * 1000

    @property
    def marked(self) -> int:
        """How many measurements are marked."""
        return sum(one.marked for one in (*self.cold, *self.warm))

    @property
    def busy(self) -> bool:
        """Whether too few are unmarked for a median of those."""
        return any(not _enough(timings) for timings in (self.cold, self.warm))

    def as_json(self) -> dict[str, Any]:
        """Return it for results/latest.json."""
        return {
            "name": self.name,
            "cold_s": round(self.cold_s, 3),
            "warm_ms": round(self.warm_ms, 1),
            "peak_rss_mb": round(self.peak_mb, 1),
            "model_mb": round(self.model_mb, 1),
            "rel_logit_error": _rounded(self.rel_logit_error),
            "top1": _rounded(self.top1),
            "error_of": self.error_of,
            "cold_runs": [round(one.seconds, 3) for one in self.cold],
            "warm_runs_ms": [round(one.seconds * 1000, 1) for one in self.warm],
            "marked": self.marked,
            "busy": self.busy,
        }


def median(timings: Sequence[Timing]) -> float:
    """Return the median in seconds, of the unmarked ones where they are at least half."""
    clean = [one.seconds for one in timings if not one.marked]
    return statistics.median(clean if _enough(timings) else [one.seconds for one in timings])


def _enough(timings: Sequence[Timing]) -> bool:
    return 2 * sum(not one.marked for one in timings) >= len(timings)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 5)


class Limit(NamedTuple):
    """Something that must hold.

    Attributes:
        what: In words.
        most: The limit.
        value: What was measured; None where a row that it takes is not there.
        strict: Whether it must be below, and not just at most.
    """

    what: str
    most: float
    value: float | None
    strict: bool = False

    @property
    def passed(self) -> bool:
        """Whether it holds; what was not measured does not."""
        if self.value is None:
            return False
        return self.value < self.most if self.strict else self.value <= self.most

    def line(self) -> str:
        """Return the Markdown table's row."""
        sign = "<" if self.strict else "≤"
        value = "not measured" if self.value is None else f"{self.value:.3g}"
        verdict = "pass" if self.passed else "not measured" if self.value is None else "**fail**"
        return f"| {self.what} | {sign} {self.most:g} | {value} | {verdict} |"

    def as_json(self) -> dict[str, Any]:
        """Return it for results/latest.json."""
        return {**self._asdict(), "passed": self.passed}


PREPARED = ("altlens-prepared", "altlens-precise", "altlens-fast")


def fastest(rows: Mapping[str, Mapping[str, Any]]) -> str | None:
    """Return the fastest prepared row whose error is at most 1.05 times that of the hub's q8."""
    hub = (rows.get("altlens-reference") or {}).get("rel_logit_error")
    there = [rows[name] for name in PREPARED if name in rows]
    good = [
        one
        for one in there
        if hub and one["rel_logit_error"] is not None and one["rel_logit_error"] <= 1.05 * hub
    ]
    return min(good, key=lambda one: float(one["warm_ms"]))["name"] if good else None


def limits(rows: Mapping[str, Mapping[str, Any]]) -> list[Limit]:
    """Compare what must hold with what was measured.

    Args:
        rows: By their names, as `Row.as_json` gives them.
    """
    best = fastest(rows)
    prepared, nvda, tuned = "altlens-prepared", "nvda-loop-q8", "nvda-loop-q8-tuned"

    def ratio(name: str | None, peer: str, what: str) -> float | None:
        if name is None or name not in rows or peer not in rows:
            return None
        return float(rows[name][what]) / float(rows[peer][what])

    said = f"the fastest as exact as the hub's q8 ({best or 'none'})"
    peaks = [float(rows[name]["peak_rss_mb"]) for name in PREPARED if name in rows]
    two = ratio("altlens-prepared-2-beams", "optimum-q8-2-beams", "warm_ms")
    return [
        Limit(f"{prepared} / {nvda}, warm", 0.66, ratio(prepared, nvda, "warm_ms")),
        Limit(f"{said} / {nvda}, warm", 0.58, ratio(best, nvda, "warm_ms")),
        Limit(f"{said} / {tuned}, warm", 1.0, ratio(best, tuned, "warm_ms"), strict=True),
        Limit(f"{said} / torch-pipeline, warm", 0.35, ratio(best, "torch-pipeline", "warm_ms")),
        Limit(f"{prepared} / {nvda}, cold", 0.40, ratio(prepared, nvda, "cold_s")),
        Limit(f"{said} / {nvda}, cold", 0.40, ratio(best, nvda, "cold_s")),
        Limit("peak memory of the worker, MB", 350, max(peaks) if peaks else None),
        Limit("two beams: altlens-prepared / optimum-q8, warm", 0.5, two),
    ]


def table(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the Markdown table of the rows, as `Row.as_json` gives them."""
    lines = [
        "| | cold start | warm caption | peak memory | on disk | logit error | same first choice |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    for row in rows:
        mark = " ⚠" if row["busy"] else ""
        error, top1 = row["rel_logit_error"], row["top1"]
        same = "" if row["error_of"] is None else " ¹"
        lines.append(
            f"| {row['name']} | {row['cold_s']:.2f} s{mark} | {row['warm_ms']:.0f} ms{mark} "
            f"| {row['peak_rss_mb']:.0f} MB | {row['model_mb']:.0f} MB "
            f"| {'' if error is None else f'{error:.4f}{same}'} "
            f"| {'' if top1 is None else f'{100 * top1:.1f} %{same}'} |"
        )
    if any(row["error_of"] for row in rows):
        lines += ["", "¹ The same graphs with the same numbers as another row, measured there."]
    if any(row["busy"] for row in rows):
        lines += ["", "⚠ Other programs took more than 10% of the processors most of the time."]
    return lines


def limits_table(held: Sequence[Limit]) -> list[str]:
    """Return the Markdown table of what must hold."""
    head = ["| what must hold | limit | measured | |", "|---|---|---|---|"]
    return head + [one.line() for one in held]
