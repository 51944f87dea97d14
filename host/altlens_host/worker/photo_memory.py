"""Remembers what was said of photographs, for when they come in another size or encoding.

In the worker's memory alone, and gone with it. There is a worker for private windows and one for
the others, so neither learns from it what the other saw.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable

from altlens_host.messages import Answer
from altlens_host.worker.photo_print import PhotoPrint

MOST = 500
"""Photographs that are remembered, of about 10 kB each."""


class PhotoMemory:
    """Answers by the prints of photographs; what was not used for longest goes first."""

    def __init__(self, most: int = MOST) -> None:
        """Remember nothing yet.

        Args:
            most: How many photographs to remember.
        """
        self._most = most
        self._answers: OrderedDict[int, tuple[PhotoPrint, Answer]] = OrderedDict()
        self._found: dict[bytes, set[int]] = {}
        self._next = 0

    def __len__(self) -> int:
        """Return how many photographs are remembered."""
        return len(self._answers)

    def may_know(self, digests: Iterable[bytes]) -> bool:
        """Say whether there is anything to compare a photograph with, by its digests."""
        return any(self._found.get(digest) for digest in digests)

    def get(self, wanted: PhotoPrint) -> Answer | None:
        """Return what was said of this photograph, if it was seen."""
        number = self._number(wanted)
        if number is None:
            return None
        self._answers.move_to_end(number)
        return self._answers[number][1]

    def put(self, seen: PhotoPrint, answer: Answer) -> None:
        """Remember what was said of a photograph, in place of what was said before."""
        known = self._number(seen)
        if known is not None:
            self._answers[known] = self._answers[known][0], answer
            self._answers.move_to_end(known)
            return
        self._answers[self._next] = seen, answer
        for digest in seen.digests:
            self._found.setdefault(digest, set()).add(self._next)
        self._next += 1
        if len(self._answers) > self._most:
            number, (gone, _) = self._answers.popitem(last=False)
            for digest in gone.digests:
                self._found[digest].remove(number)
                if not self._found[digest]:
                    del self._found[digest]

    def _number(self, wanted: PhotoPrint) -> int | None:
        near = {one for digest in wanted.digests for one in self._found.get(digest, ())}
        return next((one for one in near if self._answers[one][0].agrees(wanted)), None)
