"""Says whether captions make sense: the demonstration fails if they do not."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

PICTURES = Path(__file__).resolve().parent / "pictures"

NEEDED = 2 / 3
"""The part of the pictures whose caption must name what they show."""

DIFFERENT = 4
"""How many captions must differ."""

Heard = Mapping[str, str]
"""What is heard for each element of the page, by its id."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A photograph of the demonstration.

    Attributes:
        id: Its element on the page.
        file: Its file in the folder of pictures.
        source: Who made it, and where it was taken from.
        licence: Its terms.
        nouns: The words of which a caption must have one; written before any caption was seen.
    """

    id: str
    file: str
    source: str
    licence: str
    nouns: tuple[str, ...]

    @property
    def path(self) -> Path:
        """Its file."""
        return PICTURES / self.file


def load(folder: Path = PICTURES) -> list[Picture]:
    """Return the photographs, in the order of the page."""
    entries = json.loads((folder / "pictures.json").read_text(encoding="utf-8"))
    return [
        Picture(
            id=Path(entry["file"]).stem,
            file=entry["file"],
            source=entry["source"],
            licence=entry["licence"],
            nouns=tuple(entry["nouns"]),
        )
        for entry in entries
    ]


def hits(caption: str, nouns: Sequence[str]) -> bool:
    """Say whether a caption has one of the nouns as a word, in the singular or the plural."""
    words = set(re.findall(r"[a-z]+", caption.lower()))
    singular = {word.removesuffix(end) for word in words for end in ("s", "es")}
    return not (words | singular).isdisjoint(nouns)


def pair(pictures: Sequence[Picture], heard: Heard) -> tuple[str, str] | None:
    """Return the ids of the first two pictures whose captions differ: those to exchange."""
    for one in pictures:
        for other in pictures:
            if heard.get(one.id, "") != heard.get(other.id, ""):
                return one.id, other.id
    return None


def faults(
    pictures: Sequence[Picture],
    heard: Heard,
    exchanged: tuple[str, str] | None,
    heard_then: Heard,
) -> list[str]:
    """Return why the captions do not make sense; nothing if they do.

    Args:
        pictures: The photographs.
        heard: What was heard.
        exchanged: The two elements whose pictures were then exchanged, if any two differed.
        heard_then: What was heard after that.
    """
    found = []
    count = sum(hits(heard.get(one.id, ""), one.nouns) for one in pictures)
    if count < NEEDED * len(pictures):
        found.append(f"only {count} of {len(pictures)} captions name what their picture shows")
    silent = [one.id for one in pictures if not heard.get(one.id)]
    if silent:
        found.append(f"nothing is heard for: {', '.join(silent)}")
    different = len({text for text in heard.values() if text})
    if different < DIFFERENT:
        found.append(f"only {different} captions differ; at least {DIFFERENT} must")
    if exchanged is None:
        found.append("no two captions differ, so that exchanging pictures shows nothing")
    elif not _follow(exchanged, heard, heard_then):
        found.append(f"exchanging {' and '.join(exchanged)} did not exchange their captions")
    return found


def _follow(exchanged: tuple[str, str], heard: Heard, heard_then: Heard) -> bool:
    one, other = exchanged
    return (heard_then.get(one), heard_then.get(other)) == (heard.get(other), heard.get(one))
