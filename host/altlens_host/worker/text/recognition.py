"""Finds and reads lines with the PP-OCR models that rapidocr's wheel carries.

Of rapidocr only the files of the models, and the steps after and between them are used: its own
class would look for models to download, and choose threads and logs of its own. The sessions are
opened like those of the captioning model.

Numbers of the preparation: PaddleOCR, `det_db` and `rec` (rapidocr 3.10, config.yaml).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib import util
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from altlens_host.worker.engines.sessions import open_session
from altlens_host.worker.engines.threads import thread_count
from altlens_host.worker.text.layout import Line

DETECTED_SIDE = 1280
"""Lines are looked for in a picture of at most this longer side, in pixels."""

MOST_LINES = 400
"""More than a dense page has; the rest of a picture made of marks alone is not read."""

LEAST_SURE = 0.5
"""A line that is read with less is no text (rapidocr's `text_score`)."""

_HEIGHT, _LEAST_WIDTH, _MOST_WIDTH = 48, 64, 7000
"""Of a line as the recognizer gets it, in pixels. A line of 12 pixels that runs across a picture of
1,600 is so wide; rapidocr's 3200 would press it together, and narrow letters are lost."""

SMALL, STRETCHED = 26, 1.5
"""A line of fewer pixels in height, with the margins of its box, is made so much wider. The
recognizer has a step for each 8 pixels of width, too few for letters that were drawn small."""

_STEP = 32


class Recognizer:
    """The two models, opened."""

    def __init__(self, threads: int) -> None:
        """Open the models.

        Args:
            threads: How many threads may be used; 0 means as many as help.

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

        models = model_folder()
        self._threads = thread_count(threads)
        self._detector = open_session(_only(models, "*_det_small.onnx"), self._threads)
        # Lines are read side by side, a thread each: less is waited for than with all threads in
        # one line.
        self._reader = open_session(_only(models, "*_rec_small.onnx"), 1)
        known = self._reader.get_modelmeta().custom_metadata_map["character"]
        self._characters = ["", *known.splitlines(), " "]
        self._boxes = DBPostProcess(0.3, 0.5, MOST_LINES, 1.6, "fast", True)
        self._cut = get_rotate_crop_image

    def lines(self, image: Image.Image, check: Callable[[], None]) -> Iterator[Line]:
        """Yield the lines of a picture, from its top to its bottom; not the columns' order.

        Args:
            image: A picture of mode RGB.
            check: Called between two lines; what it raises ends the work.
        """
        # The models were trained on blue, green, red.
        pixels = np.ascontiguousarray(np.asarray(image)[:, :, ::-1])
        boxes = self._find(image)

        def read(box: NDArray[Any]) -> tuple[str, float]:
            return self._read(self._cut(pixels, box.astype(np.float32)))

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
        chances = _run(self._detector, np.asarray(small)[None, :, :, ::-1])
        boxes, _ = self._boxes(chances, (image.height, image.width))
        found = np.asarray(boxes)[:MOST_LINES].reshape(-1, 4, 2)
        tops: NDArray[Any] = found[:, :, 1].min(axis=1)
        return np.asarray(found[tops.argsort(kind="stable")])

    def _read(self, line: NDArray[Any]) -> tuple[str, float]:
        height, width = line.shape[:2]
        if not height or not width:
            return "", 0.0
        stretched = STRETCHED if height < SMALL else 1.0
        wide = min(max(round(width * stretched * _HEIGHT / height), 1), _MOST_WIDTH)
        small = Image.fromarray(line).resize((wide, _HEIGHT), Image.Resampling.BILINEAR)
        padded = np.full((1, _HEIGHT, max(wide, _LEAST_WIDTH), 3), 127.5, np.float32)
        padded[0, :, :wide] = np.asarray(small)
        return self._decode(_run(self._reader, padded)[0])

    def _decode(self, chances: NDArray[np.float32]) -> tuple[str, float]:
        """Read what connectionist temporal classification has said: [steps, characters]."""
        best = chances.argmax(axis=1)
        said = (best != 0) & np.concatenate([[True], best[1:] != best[:-1]])
        if not said.any():
            return "", 0.0
        text = "".join(self._characters[one] for one in best[said])
        return text, float(chances[said, best[said]].mean())


def model_folder() -> Path:
    """Return where rapidocr's models are.

    Raises:
        ImportError: It is not installed.
    """
    found = util.find_spec("rapidocr")
    if found is None or found.origin is None:
        raise ImportError("rapidocr is not installed.")
    return Path(found.origin).parent / "models"


def _only(folder: Path, pattern: str) -> Path:
    """Return the one file of a name; a release with another version of a model has another name."""
    files = sorted(folder.glob(pattern))
    if not files:
        raise ImportError(f"rapidocr carries no {pattern}.")
    return files[-1]


def _run(session: Any, pixels: NDArray[Any]) -> NDArray[np.float32]:
    """Run a model on pixels, [1, height, width, 3] from 0 to 255."""
    given = pixels.astype(np.float32) / 127.5 - 1
    name = session.get_inputs()[0].name
    made = session.run(None, {name: np.ascontiguousarray(given.transpose(0, 3, 1, 2))})
    return np.asarray(made[0])
