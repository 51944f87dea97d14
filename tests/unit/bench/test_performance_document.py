"""The document of the figures and the plots: made from one run, and never by hand."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest
from bench import document
from bench.lineup import NAMES
from bench.measure import Measure
from bench.plot import plot
from bench.rows import Row, Timing

EMPTY = "\n".join([document.BEGIN, "kept", document.END, *document.ANSWERS, ""])
SVG = "{http://www.w3.org/2000/svg}"


def test_the_document_holds_the_figures_of_its_run() -> None:
    """Between the marks stands what the kept figures make, to the letter: all rows, or no run."""
    text = document.DOCUMENT.read_text(encoding="utf-8")
    figures = json.loads(document.FIGURES.read_text(encoding="utf-8"))

    made = document.inserted(text, figures)

    assert made == text
    assert [row["name"] for row in figures["rows"]] in ([], list(NAMES))


@pytest.mark.parametrize("name", document.PLOTS)
def test_the_plots_are_those_of_the_run(name: str) -> None:
    """A plot of other figures than the table's would be believed; where no run is, none is."""
    what, unit, title = document.PLOTS[name]
    rows = json.loads(document.FIGURES.read_text(encoding="utf-8"))["rows"]
    wanted = plot(rows, what, unit, title) if rows else None

    path = document.DOCS / name
    kept = path.read_text(encoding="utf-8") if path.exists() else None

    assert kept == wanted
    assert (name in document.DOCUMENT.read_text(encoding="utf-8")) == bool(rows)


def test_a_run_is_written_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tables, plots and figures of a run come from one place, and say the same."""
    for name in ("DOCS", "DOCUMENT", "FIGURES"):
        place = tmp_path if name == "DOCS" else tmp_path / getattr(document, name).name
        monkeypatch.setattr(document, name, place)
    document.DOCUMENT.write_text(EMPTY)
    document.FIGURES.write_text('{"machine": {}, "rows": [], "splits": []}')
    timings = [Timing(0.25, 0)]
    rows = [Row(name, timings, timings, 300, 200, 0.04, 0.9).as_json() for name in NAMES]
    parts = [{"name": "altlens-fast", "picture": 4.0, "encoder": 130.0, "decoder": 60.0}]

    document.write({"machine": {"cores": 2}, "rows": rows, "splits": parts, "limits": []})

    text = document.DOCUMENT.read_text()
    assert text == document.inserted(text, json.loads(document.FIGURES.read_text()))
    assert "| altlens-fast | 0.25 s | 250 ms |" in text
    assert "| altlens-fast | 4 ms | 130 ms | 60 ms |" in text
    assert all((tmp_path / name).exists() and f"({name})" in text for name in document.PLOTS)


def test_a_plot_can_be_read_without_seeing_it() -> None:
    """Title and description say all that the bars show; names are text and escaped."""
    rows = [{"name": "a & b", "warm_ms": 200}, {"name": "altlens-fast", "warm_ms": 100.4}]

    root = ElementTree.fromstring(plot(rows, "warm_ms", "ms", "Warm"))

    bars = root.findall(f"{SVG}rect")[1:]
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == "title desc"
    assert root.findtext(f"{SVG}title") == "Warm"
    told = root.findtext(f"{SVG}desc")
    assert told is not None
    assert told.endswith("altlens-fast 100 ms; a & b 200 ms.")
    assert float(bars[1].get("width") or 0) == pytest.approx(
        float(bars[0].get("width") or 0) * 200 / 100.4, abs=0.2
    )


def test_new_figures_take_the_old_ones_place(tmp_path: Path) -> None:
    """What stands around the marks is kept; a document without them is refused."""
    figures = {"machine": {}, "rows": [], "splits": []}

    made = document.inserted(f"before\n{EMPTY.replace('kept', 'stale')}after\n", figures)

    assert made.startswith(f"before\n{document.BEGIN}\nNo run")
    assert made.endswith(
        f"No run on a quiet machine is recorded yet.\n{document.ANSWERS[1]}\nafter\n"
    )
    assert "stale" not in made
    with pytest.raises(ValueError, match="figures: begin"):
        document.inserted("no marks", figures)


def test_each_section_is_written_without_the_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run of the answers takes a minute, one of all engines ten; each keeps the other's."""
    for name in ("DOCS", "DOCUMENT", "FIGURES"):
        place = tmp_path if name == "DOCS" else tmp_path / getattr(document, name).name
        monkeypatch.setattr(document, name, place)
    document.DOCUMENT.write_text(EMPTY)
    document.FIGURES.write_text('{"machine": {"cores": 8}, "rows": [], "splits": []}')
    missed = Measure("triage of a photograph", "ms", [4.0, 5.0, 6.0], 3)

    document.write({"machine": {"cores": 2}, "answers": [missed.as_json()]})

    kept = json.loads(document.FIGURES.read_text())
    text = document.DOCUMENT.read_text()
    assert kept["machine"] == {"cores": 8}
    assert "| triage of a photograph | 3 ms | 5.0 ms | 4.0 to 6.0 | 3 | **fail** |" in text
    assert text == document.inserted(text, kept)
    assert list(tmp_path.glob("*.svg")) == []
