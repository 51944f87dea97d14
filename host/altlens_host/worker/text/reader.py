"""Which pictures are read, and what is made of what was read."""

from __future__ import annotations

import re
import time
from collections import deque
from collections.abc import Callable, Iterable
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING, NamedTuple

from PIL import Image

from altlens_host.messages import MAX_READ, MAX_TEXT
from altlens_host.settings import READING_SIDE
from altlens_host.worker.text import layout
from altlens_host.worker.text.sayable import sayable
from altlens_host.worker.triage import Kind

if TYPE_CHECKING:
    from altlens_host.worker.text.recognition import Recognizer

WRITTEN = frozenset({Kind.TEXT, Kind.SCREENSHOT, Kind.CHART, Kind.MAP})
"""What is read because of what triage says it is."""

DOCUMENTS = frozenset({Kind.TEXT, Kind.SCREENSHOT})
"""What its text alone describes; of others it is said beside the caption."""

SURE_BESIDE = 0.8
"""Beside a caption text is said only where the reader is at least so sure."""

LEAST_CHARACTERS = 2
"""Letters and digits; a single one is more often a mark than a word."""

MOST_SECONDS = 8.0
"""After so long what was read so far is the answer, with an ellipsis: a dense page on a slow
machine would else have none at all (`Settings.answer_seconds`)."""

_SIGNS = frozenset(
    "sign signs text texts word words letter letters writing written poster posters billboard "
    "billboards banner banners newspaper newspapers magazine book books menu label labels plate "
    "storefront advertisement graffiti chalkboard whiteboard page pages document documents".split()
)


class Reading(NamedTuple):
    """What is written in a picture.

    Attributes:
        text: In reading order, a line for each paragraph; at most MAX_READ characters.
        confidence: How sure the reader is of its characters, from 0 to 1.
        unread: Whether there is more, which was not asked for.
    """

    text: str
    confidence: float
    unread: bool = False


NOTHING = Reading("", 0.0)


def names_writing(caption: str) -> bool:
    """Say whether a caption speaks of something that people write on."""
    return not _SIGNS.isdisjoint(re.findall(r"[a-z]+", caption.lower()))


class Reader:
    """Reads pictures; its models are opened with the first, and go with the process."""

    def __init__(self, threads: int, places: Iterable[Path] = ()) -> None:
        """Open nothing yet.

        Args:
            threads: How many threads may be used; 0 means as many as help.
            places: Where a quicker recognizer may lie.
        """
        self._threads, self._places = threads, tuple(places)
        self._recognizer: Recognizer | None = None
        self._broken = False

    def read(self, image: Image.Image, check: Callable[[], None], *, whole: bool = True) -> Reading:
        """Return what is written in a picture.

        Args:
            image: A picture of mode RGB.
            check: Called now and then; what it raises ends the work.
            whole: Whether it is read to its end. Else reading ends where an answer's text does,
                at MAX_TEXT; not of columns, for what is no text after all may part them, and only
                once it is read nobody takes it for a line.
        """
        last = time.monotonic() + MOST_SECONDS
        recognizer = self._opened()
        if recognizer is None:
            return NOTHING
        if max(image.size) > READING_SIDE:
            image = image.copy()
            image.thumbnail((READING_SIDE, READING_SIDE), Image.Resampling.LANCZOS)
        boxes = recognizer.find(image)
        check()
        left = deque(map(layout.place, boxes))
        lines: list[layout.Line] = []
        length = 0
        ends = not whole and not layout.in_columns(left)
        for line in recognizer.read(image, boxes, check):
            # A page that was read to its end in the last moment is whole.
            if lines and time.monotonic() > last:
                break
            left.popleft()
            if said := sayable(line.text):
                lines.append(line._replace(text=said))
                length += len(said) - 1  # a hyphen may go from its end
            if ends and left and length > MAX_TEXT:
                break
        text = "\n".join(layout.paragraphs([*lines, *left])) + "…" * bool(left)
        unread = bool(left) and not whole
        if sum(map(str.isalnum, text)) < LEAST_CHARACTERS:
            return NOTHING._replace(unread=unread)
        sure = fmean([one.confidence for one in lines], [len(one.text) for one in lines])
        return Reading(shortened(text, MAX_READ), sure, unread)

    def _opened(self) -> Recognizer | None:
        if self._recognizer is None and not self._broken:
            try:
                from altlens_host.worker.text.recognition import Recognizer

                self._recognizer = Recognizer(self._threads, self._places)
            except Exception:
                # Without its libraries a picture has its caption still; doctor says what is wrong.
                self._broken = True
        return self._recognizer


def shortened(text: str, most: int) -> str:
    """Return a text of at most so many characters, cut between words, with an ellipsis."""
    if len(text) <= most:
        return text
    start = text[: most - 1]
    space = max(start.rfind(" "), start.rfind("\n"))
    return (start[:space] if space > most // 2 else start).rstrip() + "…"
