"""Finds the lines of a picture: with rapidocr's detector, or with the quicker one made of it.

Numbers of the preparation: PaddleOCR, `det_db` (rapidocr 3.10, config.yaml).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from altlens_host.worker.engines import tiny
from altlens_host.worker.engines.sessions import open_session
from altlens_host.worker.text.line_pixels import normalized

DETECTED_SIDE = 1280
"""Lines are looked for in a picture of at most this longer side, in pixels."""

MOST_LINES = 400
"""More than a dense page has; the rest of a picture made of marks alone is not read."""

_STEP = 32


class Detector:
    """A detector, opened."""

    def __init__(self, session: Any) -> None:
        """Take one that was opened.

        Args:
            session: An onnxruntime.InferenceSession.

        Raises:
            ImportError: rapidocr is not installed, or not whole.
        """
        import socket

        # rapidocr imports urllib3, which opens a socket to see whether it may use IPv6. Nothing
        # here asks for one, not even in vain: who watches shall see none.
        socket.has_ipv6 = False
        from rapidocr.ch_ppocr_det.utils import DBPostProcess

        self._session = session
        (given,) = session.get_inputs()
        self._name = given.name
        # The quicker one alone does.
        self._takes_bytes = given.type == "tensor(uint8)"
        self._boxes = DBPostProcess(0.3, 0.5, MOST_LINES, 1.6, "fast", True)

    def find(self, image: Image.Image) -> NDArray[Any]:
        """Return where lines are, in no order.

        Args:
            image: A picture of mode RGB.

        Returns:
            The corners of each, clockwise from its left upper one, in pixels: [lines, 4, 2].
        """
        scale = min(1.0, DETECTED_SIDE / max(image.size))
        width, height = (max(_STEP, round(side * scale / _STEP) * _STEP) for side in image.size)
        small = cv2.resize(np.asarray(image), (width, height), interpolation=cv2.INTER_LINEAR)
        # The models were trained on blue, green, red.
        given = cv2.cvtColor(small, cv2.COLOR_RGB2BGR)[None]
        with tiny.as_zero():
            (chances,) = self._session.run(
                None, {self._name: given if self._takes_bytes else normalized(given)}
            )
        boxes, _ = self._boxes(chances, (image.height, image.width))
        return np.asarray(boxes)[:MOST_LINES].reshape(-1, 4, 2)


def open_one(graph: Path, threads: int) -> Detector:
    """Open a detector.

    Raises:
        ImportError: rapidocr is not installed, or not whole.
        ModelBrokenError: It cannot be opened.
    """
    with tiny.as_zero() as known:
        return Detector(open_session(graph, threads, tiny_as_zero=known))
