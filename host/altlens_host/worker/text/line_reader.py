"""Reads one line of text: with rapidocr's recognizer, or with the quicker one made of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from altlens_host.models import recognizer
from altlens_host.worker.engines.sessions import open_session
from altlens_host.worker.text.line_pixels import HEIGHT, LOW, LOWEST, normalized, pixels

DOUBTFUL = 0.45
"""A line that was looked at in LOWEST is looked at again if a character is less sure."""

UNLIKELY = 17.0
"""Characters whose logits are so much lower than the highest have, all 18,710 of them together,
less than a thousandth of its chance."""

CHARACTERS = "character"
"""In the graphs' metadata: what they tell apart, a line each."""

_LATIN_ENDS = 0x250
_PUNCTUATION = range(0x2010, 0x203B)
_SIGNS = "\N{EURO SIGN}\N{TRADE MARK SIGN}"
"""Unicode's blocks from Basic Latin to Latin Extended-B, and what is used with them."""

Chances = Callable[[NDArray[np.intp]], NDArray[Any]]


class LineText(NamedTuple):
    """What a line says.

    Attributes:
        text: Its characters.
        confidence: How sure they are in the mean, from 0 to 1.
        least: How sure the least sure is.
    """

    text: str
    confidence: float
    least: float


_NOTHING = LineText("", 0.0, 0.0)


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

    def read(self, line: NDArray[np.uint8], *, lowest: bool = False) -> tuple[str, float]:
        """Return what a line says, and how sure that is, from 0 to 1.

        Args:
            line: Its pixels in blue, green, red: [height, width, 3].
            lowest: Look at large letters in LOWEST first; who gives that takes them for usual
                ones. Where they are not, or are doubtful, they are looked at again.
        """
        if not line.shape[0] or not line.shape[1]:
            return "", 0.0
        if not self._scale:
            said = self._originally(pixels(line, HEIGHT))
        else:
            given = pixels(line, LOWEST if lowest else LOW)
            said = self._quickly(given)
            usual = is_usual(said.text)
            if given.shape[1] == LOWEST and not (usual and said.least >= DOUBTFUL):
                said = self._quickly(pixels(line, HEIGHT if usual else LOW))
        return said.text, said.confidence

    def _originally(self, given: NDArray[np.uint8]) -> LineText:
        chances = self._session.run(None, {self._name: normalized(given)})[0][0]
        steps = np.arange(len(chances))
        return self._decode(chances.argmax(axis=1), steps, lambda rows: chances[rows].max(axis=1))

    def _quickly(self, given: NDArray[np.uint8]) -> LineText:
        return self._decode(*_said(self._session.run(None, {self._name: given}), self._scale))

    def _decode(
        self, best: NDArray[np.intp], steps: NDArray[np.int64], chances: Chances
    ) -> LineText:
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
            return _NOTHING
        text = "".join(self._characters[one] for one in best[rows])
        sure = chances(rows)
        return LineText(text, float(sure.mean()), float(sure.min()))


def is_usual(text: str) -> bool:
    """Say whether a text is of Latin letters and what stands between them; none is, too."""
    return all(ord(one) < _LATIN_ENDS or ord(one) in _PUNCTUATION or one in _SIGNS for one in text)


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


def open_one(graph: Path) -> LineReader:
    """Open a recognizer.

    Raises:
        ModelBrokenError: It cannot be opened.
    """
    # Lines are read side by side, a thread each: less is waited for than with all threads in one
    # line.
    return LineReader(open_session(graph, 1))
