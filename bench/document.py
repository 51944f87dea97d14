"""Puts the figures of a run into docs/PERFORMANCE.md, so that they are never copied by hand.

The document keeps, between two marks, the tables; and in docs/performance.json what they are
made from. A test makes them again and compares.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bench import splits
from bench.plot import plot
from bench.rows import limits, limits_table, table

DOCS = Path(__file__).resolve().parent.parent / "docs"
DOCUMENT, FIGURES = DOCS / "PERFORMANCE.md", DOCS / "performance.json"
PLOTS = {
    "performance-warm.svg": ("warm_ms", "ms", "One more caption of 12 tokens, median"),
    "performance-cold.svg": ("cold_s", "s", "From starting the process to the first caption"),
}
BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"


def write(said: Mapping[str, Any]) -> None:
    """Write a run's figures into the document, the plots and the file of figures.

    Args:
        said: What results/latest.json holds.

    Raises:
        ValueError: The document has not both marks.
    """
    kept = {name: said[name] for name in ("machine", "rows", "splits")}
    text = inserted(DOCUMENT.read_text(encoding="utf-8"), kept)
    FIGURES.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    for name, (what, unit, title) in PLOTS.items():
        (DOCS / name).write_text(plot(kept["rows"], what, unit, title), encoding="utf-8")
    DOCUMENT.write_text(text, encoding="utf-8")


def inserted(document: str, figures: Mapping[str, Any]) -> str:
    """Return the document with these figures in place of what is between its marks.

    Raises:
        ValueError: It has not both marks, each once.
    """
    if document.count(BEGIN) != 1 or document.count(END) != 1:
        raise ValueError(f"the document needs one {BEGIN} and one {END}")
    before, rest = document.split(BEGIN)
    after = rest.split(END)[1]
    return f"{before}{BEGIN}\n{figures_text(figures)}\n{END}{after}"


def figures_text(figures: Mapping[str, Any]) -> str:
    """Return the tables of a run, and its plots; a sentence where there was none yet."""
    rows = figures["rows"]
    if not rows:
        return "No run on a quiet machine is recorded yet."
    held = limits({row["name"]: row for row in rows})
    machine = ", ".join(f"{name} {value}" for name, value in figures["machine"].items())
    titles = [(name, title) for name, (_, _, title) in PLOTS.items()]
    return "\n".join(
        [
            f"Machine: {machine}.",
            "",
            *table(rows),
            "",
            "Where the time goes, measured in a process without host and sandbox:",
            "",
            *splits.table(figures["splits"]),
            "",
            *limits_table(held),
            *(f"\n![{title}: bars, described in the file]({name})" for name, title in titles),
        ]
    )
