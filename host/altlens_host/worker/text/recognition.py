"""Finds and reads lines with the PP-OCR models that rapidocr's wheel carries.

A quicker recognizer that was made of the one there takes its place (`models/recognizer.py`).

Of rapidocr only the files of the models, and the steps after and between them are used: its own
class would look for models to download, and choose threads and logs of its own. The sessions are
opened like those of the captioning model.

Numbers of the preparation: PaddleOCR, `det_db` and `rec` (rapidocr 3.10, config.yaml).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from altlens_host.models import recognizer
from altlens_host.worker.engines import tiny
from altlens_host.worker.engines.sessions import open_session
from altlens_host.worker.engines.threads import thread_count
from altlens_host.worker.text.layout import Line
from altlens_host.worker.text.line_reader import normalized, open_line_reader

DETECTED_SIDE = 1280
"""Lines are looked for in a picture of at most this longer side, in pixels."""

MOST_LINES = 400
"""More than a dense page has; the rest of a picture made of marks alone is not read."""

LEAST_SURE = 0.5
"""A line that is read with less is no text (rapidocr's `text_score`)."""

_STEP = 32


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
        import socket

        # rapidocr imports urllib3, which opens a socket to see whether it may use IPv6. Nothing
        # here asks for one, not even in vain: who watches shall see none.
        socket.has_ipv6 = False
        from rapidocr.ch_ppocr_det.utils import DBPostProcess
        from rapidocr.utils.process_img import get_rotate_crop_image

        self._threads = thread_count(threads)
        found = recognizer.only(recognizer.carried(), "*_det_small.onnx")
        with tiny.as_zero() as known:
            self._detector = open_session(found, self._threads, tiny_as_zero=known)
        self._reader = open_line_reader(places)
        self._boxes = DBPostProcess(0.3, 0.5, MOST_LINES, 1.6, "fast", True)
        self._cut = get_rotate_crop_image

    def lines(self, image: Image.Image, check: Callable[[], None]) -> Iterator[Line]:
        """Yield the lines of a picture, from its top to its bottom; not the columns' order.

        Args:
            image: A picture of mode RGB.
            check: Called before each line; what it raises ends the work.
        """
        pixels = np.asarray(image)
        boxes = self._find(image)
        check()

        def read(box: NDArray[Any]) -> tuple[str, float]:
            line = self._cut(pixels, box.astype(np.float32))
            # The models were trained on blue, green, red.
            return self._read(np.ascontiguousarray(line[:, :, ::-1]))

        pool = ThreadPoolExecutor(self._threads)
        try:
            for box, (text, confidence) in zip(boxes, pool.map(read, boxes), strict=True):
                check()
                if confidence >= LEAST_SURE and text.strip():
                    left, top, right, bottom = map(float, (*box.min(axis=0), *box.max(axis=0)))
                    yield Line(left, top, right, bottom, text.strip(), confidence)
        finally:
            # Whoever stops waiting waits for the lines that are begun and for no other.
            pool.shutdown(cancel_futures=True)

    def _find(self, image: Image.Image) -> NDArray[Any]:
        scale = min(1.0, DETECTED_SIDE / max(image.size))
        width, height = (max(_STEP, round(side * scale / _STEP) * _STEP) for side in image.size)
        small = image.resize((width, height), Image.Resampling.BILINEAR)
        given = normalized(np.asarray(small)[None, :, :, ::-1])
        with tiny.as_zero():
            (chances,) = self._detector.run(None, {self._detector.get_inputs()[0].name: given})
        boxes, _ = self._boxes(chances, (image.height, image.width))
        found = np.asarray(boxes)[:MOST_LINES].reshape(-1, 4, 2)
        tops: NDArray[Any] = found[:, :, 1].min(axis=1)
        return np.asarray(found[tops.argsort(kind="stable")])

    def _read(self, line: NDArray[Any]) -> tuple[str, float]:
        return self._reader.read(line)
