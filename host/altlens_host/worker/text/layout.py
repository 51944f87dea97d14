"""Puts lines that were read into the order in which a person reads them.

Rows that lie over each other form a band as long as one gap runs through all of them. A band of
two or more blocks of prose is read block by block, anything else (tables, menus, captions of a
chart) row by row. Broken words are joined. Boxes only: no dictionary, no language.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import Any, NamedTuple

from numpy.typing import NDArray

GUTTER = 1.0
"""What separates columns is at least so many line heights wide."""

PROSE = 6.0
"""A column whose lines are, in the median, so many times as wide as high is read for itself."""

PARAGRAPH = 0.9
"""A distance of so many line heights between two lines begins a new paragraph."""

LARGER = 1.4
"""So does a line that is so many times as high as the one before, or as low."""

_HYPHENS = "-\N{HYPHEN}\N{SOFT HYPHEN}"


class Line(NamedTuple):
    """One line; its box in pixels, y downwards.

    Attributes:
        left: Where it begins.
        top: Its upper edge.
        right: Where it ends.
        bottom: Its lower edge.
        text: What it says; empty where it was not read.
        confidence: How sure the reader is, from 0 to 1.
    """

    left: float
    top: float
    right: float
    bottom: float
    text: str = ""
    confidence: float = 1.0

    @property
    def height(self) -> float:
        """How high the line is."""
        return self.bottom - self.top


def place(box: NDArray[Any]) -> Line:
    """Return a line that was not read yet.

    Args:
        box: Its corners in pixels: [4, 2].
    """
    left, top, right, bottom = map(float, (*box.min(axis=0), *box.max(axis=0)))
    return Line(left, top, right, bottom)


def order(lines: Sequence[Line]) -> list[int]:
    """Return in which order lines are read, as their positions in what is given."""
    positions = {id(line): at for at, line in enumerate(lines)}
    return [positions[id(line)] for block in blocks(lines) for line in block]


def in_columns(lines: Sequence[Line]) -> bool:
    """Say whether some are read column by column: not row by row, from top to bottom.

    Args:
        lines: In reading order.
    """
    return [line for row in _rows(lines) for line in row] != list(lines)


def paragraphs(lines: Sequence[Line]) -> list[str]:
    """Return the text of lines in reading order, one string a paragraph.

    Args:
        lines: In any order; those that were not read have their place in the layout alone.
    """
    said: list[str] = []
    for block in blocks(lines):
        before: Line | None = None
        for line in block:
            if not line.text:
                continue
            if before is not None and _belongs(before, line):
                said[-1] = joined(said[-1], line.text)
            else:
                said.append(line.text)
            before = line
    return said


def blocks(lines: Sequence[Line]) -> list[list[Line]]:
    """Return the lines in reading order, apart where a column or a band ends."""
    found: list[list[Line]] = []
    for band in _bands(lines):
        columns = _columns(band)
        if len(columns) > 1 and all(map(_is_prose, columns)):
            for column in columns:
                # A column may itself hold a heading over two narrower ones.
                found += blocks(column)
        else:
            found.append([line for row in _rows(band) for line in row])
    return found


def joined(before: str, after: str) -> str:
    """Join two lines: a word that was broken becomes one, others are parted by a space."""
    last, first = before[-1:], after[:1]
    if last in _HYPHENS and before[-2:-1].isalpha() and first.isalpha() and first.islower():
        return before[:-1] + after
    return before + after if _unspaced(last) and _unspaced(first) else f"{before} {after}"


def _rows(lines: Sequence[Line]) -> list[list[Line]]:
    """Return rows from top to bottom, each from left to right.

    Lines are in one row where the middle of one is within the other.
    """
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda one: (one.top + one.bottom, one.left)):
        middle = (line.top + line.bottom) / 2
        first = rows[-1][0] if rows else None
        if first and first.top <= middle <= first.bottom:
            rows[-1].append(line)
        else:
            rows.append([line])
    return [sorted(row, key=lambda one: one.left) for row in rows]


def _bands(lines: Sequence[Line]) -> list[list[Line]]:
    bands: list[list[Line]] = []
    for row in _rows(lines):
        if bands:
            together = [*bands[-1], *row]
            apart = len(_columns(bands[-1])) > 1 or len(_columns(row)) > 1
            if not apart or len(_columns(together)) > 1:
                bands[-1] = together
                continue
        bands.append(list(row))
    return bands


def _columns(lines: Sequence[Line]) -> list[list[Line]]:
    """Return the lines parted at each gap that runs through all of them, left to right."""
    if not lines:
        return []
    gap = GUTTER * median(line.height for line in lines)
    columns: list[list[Line]] = []
    end = 0.0
    for line in sorted(lines, key=lambda one: one.left):
        if columns and line.left - end < gap:
            columns[-1].append(line)
            end = max(end, line.right)
        else:
            columns.append([line])
            end = line.right
    return columns


def _is_prose(column: Sequence[Line]) -> bool:
    return (
        len(column) > 1
        and median((line.right - line.left) / max(line.height, 1.0) for line in column) >= PROSE
    )


def _belongs(before: Line, line: Line) -> bool:
    """Say whether a line goes on with what the one before began."""
    low, high = sorted((max(before.height, 1.0), max(line.height, 1.0)))
    return high < LARGER * low and line.top - before.bottom < PARAGRAPH * low


def _unspaced(character: str) -> bool:
    """Say whether a character is of a script that is written without spaces (CJK, kana)."""
    return "\u2e80" <= character <= "\u9fff" or "\uf900" <= character <= "\ufaff"
