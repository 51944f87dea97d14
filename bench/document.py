"""Puts the figures of a run into docs/PERFORMANCE.md, so that they are never copied by hand.

The document keeps, between marks, the tables of each section; and in docs/performance.json what
they are made from. A test makes them again and compares.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bench import splits
from bench.measure import Measure, head
from bench.plot import plot
from bench.rows import limits, limits_table, table

DOCS = Path(__file__).resolve().parent.parent / "docs"
DOCUMENT, FIGURES = DOCS / "PERFORMANCE.md", DOCS / "performance.json"
PLOTS = {
    "performance-warm.svg": ("warm_ms", "ms", "One more caption of 12 tokens, median"),
    "performance-cold.svg": ("cold_s", "s", "From starting the process to the first caption"),
}
BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"
ANSWERS = "<!-- answers: begin -->", "<!-- answers: end -->"

NO_RUN = "No run on a quiet machine is recorded yet."


def write(said: Mapping[str, Any]) -> None:
    """Write a run's figures into the document, the plots and the file of figures.

    What the run did not measure stays as it was.

    Args:
        said: What results/latest.json holds.

    Raises:
        ValueError: The document has not all marks.
    """
    kept = json.loads(FIGURES.read_text(encoding="utf-8"))
    if "rows" in said:
        kept |= {name: said[name] for name in ("machine", "rows", "splits")}
    if "answers" in said:
        kept["answers"] = {"machine": said["machine"], "measures": said["answers"]}
    text = inserted(DOCUMENT.read_text(encoding="utf-8"), kept)
    FIGURES.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    for name, (what, unit, title) in PLOTS.items():
        if kept["rows"]:
            (DOCS / name).write_text(plot(kept["rows"], what, unit, title), encoding="utf-8")
    DOCUMENT.write_text(text, encoding="utf-8")


def inserted(document: str, figures: Mapping[str, Any]) -> str:
    """Return the document with these figures in place of what is between its marks.

    Raises:
        ValueError: It has not all marks, each once.
    """
    document = _between(document, (BEGIN, END), figures_text(figures))
    return _between(document, ANSWERS, answers_text(figures.get("answers")))


def answers_text(figures: Mapping[str, Any] | None) -> str:
    """Return the table of what surrounds the model; a sentence where there was no run yet."""
    if not figures:
        return NO_RUN
    names = ("name", "unit", "values", "limit")
    rows = [Measure(*(one[name] for name in names)).row() for one in figures["measures"]]
    return "\n".join([_machine(figures), "", *head(), *rows])


def figures_text(figures: Mapping[str, Any]) -> str:
    """Return the tables of a run, and its plots; a sentence where there was none yet."""
    rows = figures["rows"]
    if not rows:
        return NO_RUN
    held = limits({row["name"]: row for row in rows})
    titles = [(name, title) for name, (_, _, title) in PLOTS.items()]
    return "\n".join(
        [
            _machine(figures),
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


def _machine(figures: Mapping[str, Any]) -> str:
    return f"Machine: {', '.join(f'{name} {value}' for name, value in figures['machine'].items())}."


def _between(document: str, marks: tuple[str, str], text: str) -> str:
    begin, end = marks
    if document.count(begin) != 1 or document.count(end) != 1:
        raise ValueError(f"the document needs one {begin} and one {end}")
    before, rest = document.split(begin)
    after = rest.split(end)[1]
    return f"{before}{begin}\n{text}\n{end}{after}"
