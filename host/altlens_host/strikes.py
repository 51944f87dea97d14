"""Remembers which pictures ended the worker."""

from __future__ import annotations

MOST_STRIKES = 2
"""A picture that ended the worker so often is not tried again."""

MOST_PICTURES = 1024
"""How many pictures are remembered; the one that did no harm for longest is forgotten first."""


class Strikes:
    """Counts for each picture, by its digest, how often the worker ended at it."""

    def __init__(self, most_pictures: int = MOST_PICTURES) -> None:
        """Start with none."""
        self._most_pictures = most_pictures
        self._strikes: dict[bytes, int] = {}

    def add(self, key: bytes) -> None:
        """Count that the worker ended at a picture."""
        self._strikes[key] = self._strikes.pop(key, 0) + 1
        while len(self._strikes) > self._most_pictures:
            del self._strikes[next(iter(self._strikes))]

    def out(self, key: bytes) -> bool:
        """Say whether a picture is not to be tried again."""
        return self._strikes.get(key, 0) >= MOST_STRIKES

    def forgive(self, key: bytes) -> None:
        """Forget the deaths at a picture: it was answered, so it was chance."""
        self._strikes.pop(key, None)

    def count(self) -> int:
        """Return how many pictures are not to be tried again."""
        return sum(strikes >= MOST_STRIKES for strikes in self._strikes.values())
