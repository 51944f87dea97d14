"""What was measured, and whether it holds."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure of the table.

    Attributes:
        name: What was measured.
        unit: "ms" or "MB"; empty for counts and ratios.
        values: One value a run.
        limit: What the median may be at most; None where nothing is promised.
    """

    name: str
    unit: str
    values: Sequence[float]
    limit: float | None = None

    @property
    def median(self) -> float:
        """The middle value."""
        return statistics.median(self.values)

    @property
    def passed(self) -> bool:
        """Whether the limit holds; true where there is none."""
        return self.limit is None or self.median <= self.limit

    def row(self) -> str:
        """Return the Markdown table's row."""
        limit = "" if self.limit is None else f"{self.limit:g} {self.unit}"
        verdict = "" if self.limit is None else "pass" if self.passed else "**fail**"
        digits = 1 if self.unit else 2
        spread = f"{min(self.values):.{digits}f} to {max(self.values):.{digits}f}"
        return (
            f"| {self.name} | {limit} | {self.median:.{digits}f} {self.unit} "
            f"| {spread} | {len(self.values)} | {verdict} |"
        )

    def as_json(self) -> dict[str, Any]:
        """Return it for results/latest.json."""
        return {
            "name": self.name,
            "unit": self.unit,
            "limit": self.limit,
            "median": self.median,
            "values": [round(value, 3) for value in self.values],
            "passed": self.passed,
        }


def head() -> list[str]:
    """Return the head of the Markdown table."""
    return ["| what | limit | median | spread | runs | |", "|---|---|---|---|---|---|"]


def milliseconds(action: Callable[[], object]) -> float:
    """Run an action and return how long it took."""
    start = time.perf_counter()
    action()
    return (time.perf_counter() - start) * 1000
