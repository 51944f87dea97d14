"""Compares the quicker recognizer with the original; what is worse is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from altlens_host.models.recognizer import Graphs
from altlens_host.worker.prepare import text_samples
from altlens_host.worker.prepare.refusal import RefusedError
from altlens_host.worker.text import detector, line_reader

MOST_WORSE = 0.01
"""Of the characters of drawn lines may be wrong beyond what the original gets wrong."""

MOST_LOST = 0.05
"""Of the lines of drawn pages may be lost, or found where the original finds none."""

ALIKE = 0.6
"""Two boxes are of one line if they have so much of what they cover in common."""


def compare(source: Graphs, made: Graphs) -> dict[str, Any]:
    """See that a recognizer is as good as the original; return the figures.

    Raises:
        RefusedError: It is not.
        ModelBrokenError: A graph cannot be opened.
    """
    return {**_finds(source.detector, made.detector), **_reads(source.reader, made.reader)}


def _finds(source: Path, made: Path) -> dict[str, int]:
    pages = [text_samples.page(seed) for seed in range(100, 104)]
    opened = (detector.open_one(one, 1) for one in (source, made))
    before, after = ([one.find(page) for page in pages] for one in opened)
    found = sum(map(len, before))
    lost, new = (
        sum(_alone(one, others) for one, others in zip(of, beside, strict=True))
        for of, beside in ((before, after), (after, before))
    )
    if lost + new > MOST_LOST * found:
        raise RefusedError(
            f"Of {found} drawn lines the quicker detector loses {lost}, and finds {new} others."
        )
    return {"lines": found, "lost": lost, "new": new}


def _alone(boxes: NDArray[Any], others: NDArray[Any]) -> int:
    """Return how many boxes, [lines, 4, 2], have no other that covers about the same."""
    low, high = boxes.min(axis=1)[:, None], boxes.max(axis=1)[:, None]
    other_low, other_high = others.min(axis=1)[None], others.max(axis=1)[None]
    common = (np.minimum(high, other_high) - np.maximum(low, other_low)).clip(0).prod(axis=2)
    every = (high - low).prod(axis=2) + (other_high - other_low).prod(axis=2) - common
    return int((common < ALIKE * every).all(axis=1).sum())


def _reads(source: Path, made: Path) -> dict[str, int]:
    lines = list(text_samples.lines(16, 1))
    characters = sum(len(one.says) for one in lines)
    readers = line_reader.open_one(source), line_reader.open_one(made)
    before, after = (
        sum(_distance(reader.read(one.line, lowest=True)[0], one.says) for one in lines)
        for reader in readers
    )
    if after > before + MOST_WORSE * characters:
        raise RefusedError(
            f"The quicker recognizer reads {after} of {characters} drawn characters wrongly, the "
            f"original {before}."
        )
    return {"characters": characters, "wrong": after, "wrong_before": before}


def _distance(said: str, wanted: str) -> int:
    """Return how many characters have to be changed, added or left out (Levenshtein)."""
    row = list(range(len(wanted) + 1))
    for count, one in enumerate(said, 1):
        before, row = row, [count]
        for at, other in enumerate(wanted):
            row.append(min(row[at] + 1, before[at + 1] + 1, before[at] + (one != other)))
    return row[-1]
