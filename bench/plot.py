"""The figures of the engines as bars, in plain SVG: it needs no library, and can be read aloud."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape

WIDTH, LINE, NAMES, VALUES, TOP = 760, 26, 210, 90, 64
_BAR = WIDTH - NAMES - VALUES
_OURS, _PEERS, _TEXT = "#0060df", "#8f8f9d", "#15141a"
"""Both bars stand out from white by more than 3:1, and the names say which is which."""


def plot(rows: Sequence[Mapping[str, Any]], what: str, unit: str, title: str) -> str:
    """Draw one bar for each row, the shortest first.

    Args:
        rows: As `Row.as_json` gives them.
        what: The field to draw.
        unit: Of its values.
        title: What the picture shows.

    Returns:
        The text of an SVG file.
    """
    ordered = sorted(rows, key=lambda row: float(row[what]))
    longest = max(float(row[what]) for row in ordered)
    height = TOP + LINE * len(ordered) + 12
    told = "; ".join(f"{row['name']} {_value(row[what], unit)}" for row in ordered)
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
            'aria-labelledby="title desc" font-family="sans-serif" font-size="14">',
            f'<title id="title">{escape(title)}</title>',
            f'<desc id="desc">Bars, the shortest first: {escape(told)}.</desc>',
            f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
            f'<text x="12" y="28" font-size="17" fill="{_TEXT}">{escape(title)}</text>',
            f'<text x="12" y="48" font-size="12" fill="{_TEXT}">Shorter is better.</text>',
            *(
                _bar(number, row["name"], float(row[what]), longest, unit)
                for number, row in enumerate(ordered)
            ),
            "</svg>",
            "",
        ]
    )


def _bar(number: int, name: str, value: float, longest: float, unit: str) -> str:
    top = TOP + LINE * number
    length = max(1.0, _BAR * value / longest)
    colour, weight = (_OURS, "bold") if name.startswith("altlens") else (_PEERS, "normal")
    base = top + LINE - 10
    return (
        f'<text x="{NAMES - 8}" y="{base}" text-anchor="end" font-weight="{weight}" '
        f'fill="{_TEXT}">{escape(name)}</text>'
        f'<rect x="{NAMES}" y="{top}" width="{length:.1f}" height="{LINE - 6}" fill="{colour}"/>'
        f'<text x="{NAMES + length + 8:.1f}" y="{base}" fill="{_TEXT}">'
        f"{escape(_value(value, unit))}</text>"
    )


def _value(value: float, unit: str) -> str:
    return f"{float(value):.2f} {unit}" if unit == "s" else f"{float(value):.0f} {unit}"
