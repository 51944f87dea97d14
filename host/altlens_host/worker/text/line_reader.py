"""Reads one line of text: with rapidocr's recognizer, or with the quicker one made of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from altlens_host.models import recognizer
from altlens_host.worker.engines.sessions import open_session

HEIGHT, _LEAST_WIDTH, _MOST_WIDTH = 48, 64, 7000
"""Of a line as the recognizer gets it, in pixels. A line of 12 pixels that runs across a picture of
1,600 is so wide; rapidocr's 3200 would press it together, and narrow letters are lost."""

SMALL, STRETCHED = 18, 1.5
"""A line whose letters take up fewer rows is made so much wider. The recognizer has a step for each
8 pixels of width, too few for letters that were drawn small."""

INK = 0.3
"""A row has letters in it if it is at least so rich in contrast as the richest. The height of a box
says less: it has margins, the larger the longer the line, and ends of letters above and below."""

BOXED = 0.7
"""Where every row is rich in contrast, as on a wall of bricks, letters take up about so much of a
box's height."""

LOW = 32
"""The height that the quicker recognizer takes larger letters in: two thirds of the work."""

UNLIKELY = 17.0
"""Characters whose logits are so much lower than the highest have, all 18,710 of them together,
less than a thousandth of its chance."""

CHARACTERS = "character"
"""In the graphs' metadata: what they tell apart, a line each."""

Chances = Callable[[NDArray[np.intp]], NDArray[Any]]


class LineReader:
    """A recognizer, opened."""

    def __init__(self, session: Any) -> None:
        """Take one that was opened.

        Args:
            session: An onnxruntime.InferenceSession.
        """
        self._session = session
        self._name = session.get_inputs()[0].name
        metadata = session.get_modelmeta().custom_metadata_map
        self._characters = characters_of(metadata)
        # The quicker one alone says it.
        self._scale = float(metadata.get(recognizer.SCALE, 0.0))

    def read(self, line: NDArray[np.uint8]) -> tuple[str, float]:
        """Return what a line says, and how sure that is, from 0 to 1.

        Args:
            line: Its pixels in blue, green, red: [height, width, 3].
        """
        if not line.shape[0] or not line.shape[1]:
            return "", 0.0
        given = pixels(line, any_height=bool(self._scale))
        if self._scale:
            return self._decode(*_said(self._session.run(None, {self._name: given}), self._scale))
        chances = self._session.run(None, {self._name: normalized(given)})[0][0]
        steps = np.arange(len(chances))
        return self._decode(chances.argmax(axis=1), steps, lambda rows: chances[rows].max(axis=1))

    def _decode(
        self, best: NDArray[np.intp], steps: NDArray[np.int64], chances: Chances
    ) -> tuple[str, float]:
        """Read what connectionist temporal classification has said.

        Args:
            best: The likeliest character of each step.
            steps: Which steps these are; those between them say no character.
            chances: Returns how likely it is, of some steps of `best`.
        """
        new = best != 0
        new[1:] &= (best[1:] != best[:-1]) | (np.diff(steps) > 1)
        rows = np.flatnonzero(new)
        if not len(rows):
            return "", 0.0
        text = "".join(self._characters[one] for one in best[rows])
        return text, float(chances(rows).mean())


def characters_of(metadata: Mapping[str, str]) -> list[str]:
    """Return what a recognizer's graph tells apart: no character, and the characters."""
    # The quicker one names the space among the others.
    last = [] if recognizer.SCALE in metadata else [" "]
    return ["", *metadata[CHARACTERS].split("\n"), *last]


def _said(
    made: Sequence[NDArray[Any]], scale: float
) -> tuple[NDArray[np.intp], NDArray[np.int64], Chances]:
    """Return what the quicker one's results mean for `_decode`.

    Args:
        made: Its results (`prepare/text_reader.py`).
        scale: As for `likeliest`.
    """
    usual, rest, steps, still_open = made
    every = np.concatenate([usual[still_open], rest], axis=1)
    best = usual.argmax(axis=1)
    best[still_open] = every.argmax(axis=1)

    def chances(rows: NDArray[np.intp]) -> NDArray[Any]:
        found = np.empty(len(rows))
        _, here, there = np.intersect1d(rows, still_open, return_indices=True)
        settled = np.setdiff1d(np.arange(len(rows)), here)
        found[settled] = likeliest(usual[rows[settled]], scale)
        found[here] = likeliest(every[there], scale)
        return found

    return best, steps, chances


def likeliest(logits: NDArray[np.uint8], scale: float) -> NDArray[Any]:
    """Return the softmax of the largest logit of each step.

    Most characters are out of the question; exponents are taken of the others alone.

    Args:
        logits: In bytes, [steps, characters].
        scale: By how much logits differ whose bytes differ by one.
    """
    top = logits.max(axis=1)
    reach = min(round(UNLIKELY / scale), 254)
    least = np.maximum(top, reach + 1) - np.uint8(reach)  # 0 stands for all that are lower
    # numpy finds what is not zero in one dimension sixteen times as fast as in two.
    at = np.flatnonzero(logits >= least[:, None])
    steps = at // logits.shape[1]
    below = logits.ravel()[at].astype(np.float32) - top[steps]
    return 1 / np.bincount(steps, weights=np.exp(below * scale))


def pixels(line: NDArray[np.uint8], *, any_height: bool) -> NDArray[np.uint8]:
    """Return a line as a recognizer takes it: [1, height, width, 3].

    Args:
        line: Its pixels in blue, green, red: [height, width, 3].
        any_height: Whether the recognizer takes every height, and not HEIGHT alone.
    """
    height, width = line.shape[:2]
    small = _rows_of_letters(line) < SMALL
    high = LOW if any_height and not small else HEIGHT
    stretched = STRETCHED if small else 1.0
    wide = min(max(round(width * stretched * HEIGHT / height), 1), _MOST_WIDTH)
    # Linear interpolation looks at two pixels of each direction, and would pass over others.
    how = cv2.INTER_AREA if height > 2 * high else cv2.INTER_LINEAR
    scaled = cv2.resize(line, (wide, high), interpolation=how)
    padded = np.full((1, high, max(wide, _LEAST_WIDTH), 3), 128, np.uint8)
    padded[0, :, :wide] = scaled
    return padded


def _rows_of_letters(line: NDArray[np.uint8]) -> float:
    """Return how many rows on end have letters in them, the most that there are."""
    blue, green, red = line.astype(np.int16).transpose(2, 0, 1)
    grey = blue + green + red
    contrast = np.ptp(grey, axis=1)
    inked = np.concatenate([[False], contrast >= INK * contrast.max(), [False]])
    edges = np.flatnonzero(inked[1:] != inked[:-1])
    rows = int((edges[1::2] - edges[::2]).max())
    return rows if rows < len(line) else BOXED * rows


def normalized(values: NDArray[Any]) -> NDArray[np.float32]:
    """Return pixels, [1, height, width, 3] from 0 to 255, as both models take them."""
    given = np.ascontiguousarray(values.transpose(0, 3, 1, 2)).astype(np.float32)
    given /= 127.5
    given -= 1
    return given


def open_one(graph: Path) -> LineReader:
    """Open a recognizer.

    Raises:
        ModelBrokenError: It cannot be opened.
    """
    # Lines are read side by side, a thread each: less is waited for than with all threads in one
    # line.
    return LineReader(open_session(graph, 1))
