"""Keeps a model from describing as a photograph what triage knows to be none."""

from __future__ import annotations

import re

from altlens_host.worker.triage import Kind, Seen

NAMES = {
    Kind.ICON: "An icon",
    Kind.CHART: "A chart or diagram",
    Kind.SCREENSHOT: "A screenshot",
    Kind.MAP: "A map",
    Kind.TEXT: "Text document.",
}
"""What is said where the model mistakes a drawing; of text, what distilvit was taught to say."""

MOST_PHOTO = 0.05
"""The model is overruled only where a photograph is less likely than this."""

LEAST_SURE = 0.8
"""A kind is named only where it is likelier than this; below, nothing is said."""

_DRAWN = frozenset(
    "text texts document documents page pages paragraph paragraphs writing chart charts graph "
    "graphs plot plots diagram diagrams icon icons symbol symbols logo pictogram screenshot "
    "screenshots map maps blank empty drawing drawings cartoon illustration poster sign".split()
)


def names_a_drawing(text: str) -> bool:
    """Say whether a caption is of something drawn, written or blank."""
    return not _DRAWN.isdisjoint(re.findall(r"[a-z]+", text.lower()))


def is_drawn(seen: Seen) -> bool:
    """Say whether triage knows a picture to be no photograph."""
    return seen.kind in NAMES and seen.photo <= MOST_PHOTO


def agreed(text: str, seen: Seen) -> str:
    """Return what is said of a picture, after what triage makes of it.

    Args:
        text: The model's caption.
        seen: What triage makes of the picture.

    Returns:
        The caption, unless it is of a photograph and the picture is none; then the picture's
        kind, or nothing where that is not sure either.
    """
    if not is_drawn(seen) or names_a_drawing(text):
        return text
    return NAMES[seen.kind] if seen.sure >= LEAST_SURE else ""
