"""The figures of `altlens eval` as Markdown, for a file and for a model's card."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from altlens_training.metrics import RIGHT

NAMES = {
    "rouge1": "ROUGE-1", "rouge2": "ROUGE-2", "rougeL": "ROUGE-L", "rougeLsum": "ROUGE-Lsum",
    "meteor": "METEOR",
}  # fmt: skip


def with_interval(value: float, interval: Sequence[float]) -> str:
    """A figure with its 95% interval."""
    return f"{value:.1f} ({interval[0]:.1f} to {interval[1]:.1f})"


def main_rows(figures: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Each metric's name, mean over references and best reference, with 95% intervals."""
    for key, name in NAMES.items():
        row = figures[key]
        mean, best = (with_interval(row[one], row[f"{one}_interval"]) for one in ("mean", "best"))
        yield name, mean, best
    if figures["cider"]:
        # All references together make one figure; there is no best of them.
        yield "CIDEr-D", with_interval(figures["cider"]["mean"], figures["cider"]["interval"]), "-"


def group_rows(groups: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[str, ...]]:
    """For each group its name, pictures, ROUGE-L, best ROUGE-L, METEOR and CIDEr-D."""
    for name, row in groups.items():
        cider = "-" if row["cider"] is None else f"{row['cider']:.1f}"
        told = with_interval(row["rougeL"], row["rougeL_interval"])
        yield name, str(row["pictures"]), told, f"{row['best']:.1f}", f"{row['meteor']:.1f}", cider


def coverage_rows(abstention: Mapping[str, Any]) -> Iterator[tuple[str, str, str, str]]:
    """For each coverage the share said, least confidence, share wrong, and best ROUGE-L."""
    for point in abstention["points"]:
        yield (
            f"{point['coverage']:.0%}", f"{point['threshold']:.2f}", f"{point['risk']:.0%}",
            f"{point['rougeL']:.1f}",
        )  # fmt: skip


def trust_rows(trust: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What the confidence is worth (`trust.trust`), as name and value."""
    for name, (label, scale, digits) in _TRUST.items():
        found = trust[name]
        if found:
            value, low, high = (f"{scale * one:.{digits}f}" for one in
                                (found["value"], *found["interval"]))  # fmt: skip
            unit = "%" if scale == 100 else ""
            yield label, f"{value}{unit} ({low} to {high})"


_TRUST = {
    "right": ("right, of all", 100, 0),
    "plain": ("said plainly", 100, 0),
    "plain_right": ("right, of what is said plainly", 100, 0),
    "gain_mean": ("its ROUGE-L above that of all, mean", 1, 1),
    "gain_best": ("its ROUGE-L above that of all, best", 1, 1),
    "ece": ("expected calibration error", 1, 3),
    "auroc": ("AUROC of confidence", 1, 3),
}
"""Label, factor and digits of each figure."""

GROUP_COLUMNS = "pictures", "ROUGE-L, mean", "best", "METEOR", "CIDEr-D"
COVERAGE_COLUMNS = "said", "confidence from", "wrong", "ROUGE-L, best"


def notes(figures: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What else there is to say, as name and value."""
    synonyms = "words, stems and synonyms of WordNet"
    if not figures["meteor_synonyms"]:
        synonyms = "words and stems; lower than with WordNet, whose data is not installed"
    yield "METEOR by", synonyms
    card = f"{figures['gen_len_card']:.2f}, as distilvit's card counts"
    yield "mean length", f"{figures['gen_len']:.2f} tokens ({card})"
    yield "captions per second", f"{figures['captions_per_second']:.2f}"
    yield "pictures", f"{figures['pictures']}, of which {figures['failed']} failed"
    yield "references", "as written" if figures["raw_references"] else "debiased"
    yield "text in pictures", "not read"


def markdown(figures: Mapping[str, Any]) -> str:
    """All figures, as Markdown without a title."""
    rows = _table(("0 to 100", "mean over references", "best reference"), main_rows(figures))
    parts = [
        "95% bootstrap intervals over pictures in parentheses.",
        rows,
        "\n".join(f"- {name}: {value}" for name, value in notes(figures)),
        "### By the caption's length",
        _table(("words", *GROUP_COLUMNS), group_rows(figures["by_length"])),
        "### By what is in the picture",
        _table(("class", *GROUP_COLUMNS), group_rows(figures["by_class"])),
    ]
    if figures["abstention"]:
        parts += [
            "### If only surer captions are said",
            f"Right is what has a ROUGE-L of {RIGHT:.0f} or more with its best reference. "
            f"Confidence was {'' if figures['calibrated'] else 'not '}measured for this model.",
            "\n".join(f"- {name}: {value}" for name, value in trust_rows(figures["trust"])),
            _table(COVERAGE_COLUMNS, coverage_rows(figures["abstention"])),
        ]
    return "\n\n".join(parts) + "\n"


def _table(columns: Sequence[str], rows: Iterator[tuple[str, ...]]) -> str:
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', '/') for cell in row)} |" for row in lines)
