"""Finds and reads lines with the PP-OCR models that rapidocr's wheel carries.

Quicker ones that were made of those there take their place (`models/recognizer.py`).

Of rapidocr only the files of the models, and the steps after and between them are used: its own
class would look for models to download, and choose threads and logs of its own. The sessions are
opened like those of the captioning model.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from altlens_host.errors import ModelBrokenError
from altlens_host.models import recognizer
from altlens_host.worker.engines.threads import thread_count
from altlens_host.worker.text import detector, layout, line_reader
from altlens_host.worker.text.detector import Detector
from altlens_host.worker.text.layout import Line
from altlens_host.worker.text.line_reader import LineReader, is_usual

LEAST_SURE = 0.5
"""A line that is read with less is no text (rapidocr's `text_score`)."""

FIRST = 2
"""So many lines tell which letters a page has, and how the others are looked at: what is read does
not depend on the number of threads."""

_Opened = TypeVar("_Opened")


class Recognizer:
    """The two models, opened."""

    def __init__(self, threads: int, places: Iterable[Path] = ()) -> None:
        """Open the models.

        Args:
            threads: How many threads may be used; 0 means as many as help.
            places: Where a quicker recognizer may lie.

        Raises:
            ImportError: rapidocr is not installed, or not whole.
            ModelBrokenError: A model cannot be opened.
        """
        self._threads = thread_count(threads)
        self._detector, self._reader = open_parts(self._threads, places)
        # After the detector, which keeps rapidocr from opening a socket.
        from rapidocr.utils.process_img import get_rotate_crop_image

        self._cut = get_rotate_crop_image

    def find(self, image: Image.Image) -> NDArray[Any]:
        """Return where lines are, in the order in which a person reads them.

        Args:
            image: A picture of mode RGB.

        Returns:
            The corners of each, clockwise from its left upper one, in pixels: [lines, 4, 2].
        """
        found = self._detector.find(image)
        return found[layout.order([layout.place(box) for box in found])]

    def read(
        self, image: Image.Image, boxes: NDArray[Any], check: Callable[[], None]
    ) -> Iterator[Line]:
        """Yield what each line says; nothing where that is not sure.

        Args:
            image: A picture of mode RGB.
            boxes: Where its lines are, as `find` returns it.
            check: Called before each line; what it raises ends the work.
        """
        pixels = np.asarray(image)

        def said(box: NDArray[Any], lowest: bool = False) -> tuple[str, float]:
            line = self._cut(pixels, box.astype(np.float32))
            # The models were trained on blue, green, red.
            return self._reader.read(np.ascontiguousarray(line[:, :, ::-1]), lowest=lowest)

        pool = ThreadPoolExecutor(self._threads)
        try:
            first = list(pool.map(said, boxes[:FIRST]))
            lowest = all(is_usual(text) for text, _ in first)
            others = pool.map(partial(said, lowest=lowest), boxes[FIRST:])
            for box, (text, confidence) in zip(boxes, chain(first, others), strict=True):
                check()
                sure = text if confidence >= LEAST_SURE else ""
                yield layout.place(box)._replace(text=sure.strip(), confidence=confidence)
        finally:
            # Whoever stops waiting waits for the lines that are begun and for no other.
            pool.shutdown(cancel_futures=True)


def open_parts(threads: int, places: Iterable[Path]) -> tuple[Detector, LineReader]:
    """Open what finds lines and what reads them: the quicker ones, or else the originals.

    Args:
        threads: How many threads the detector may use.
        places: Where a quicker recognizer may lie.

    Raises:
        ImportError: rapidocr is not installed, or not whole.
        ModelBrokenError: An original cannot be opened.
    """
    source = recognizer.original()
    quicker = recognizer.quicker(places, source) or source
    return (
        _opened(partial(detector.open_one, threads=threads), quicker.detector, source.detector),
        _opened(line_reader.open_one, quicker.reader, source.reader),
    )


def _opened(open_one: Callable[[Path], _Opened], quicker: Path, source: Path) -> _Opened:
    if quicker != source:
        with suppress(ModelBrokenError):
            return open_one(quicker)
    return open_one(source)
