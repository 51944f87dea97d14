"""Makes a quicker recognizer of text out of that of rapidocr's wheel (docs/decisions/0100).

It takes lines of every height, and computes most of what it computes in 8 bits. It is compared
with the original on drawn lines, and kept only if it reads them as well.
"""

from __future__ import annotations

import json
import os
import random
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from altlens_host.models.recognizer import CARD, GRAPH, REFUSAL, VERSION, digest, original
from altlens_host.worker.prepare.refusal import RefusedError
from altlens_host.worker.prepare.text_bytes import write
from altlens_host.worker.prepare.way import Progress
from altlens_host.worker.text.line_reader import open_one, pixels

MOST_WORSE = 0.01
"""Of the characters of drawn lines may be wrong beyond what the original gets wrong."""

_NEW = "new"
"""The folder, beside the result, in which it is made."""

_COLOURS = (("black", "white"), ("white", "#204060"), ("#404040", "#f4f0e0"), ("#ffe090", "black"))
_WORDS = (
    "At 7:45 a quick brown fox jumps over 12 lazy dogs. PLEASE RING the bell & wait; “All fees "
    "(3.50) fill the till”, it said. Why? Zoë's café: open 9-5, closed on Mondays! Little hills, "
    "still mills. Exit 6 / Gate 18 http://example.org/illness #2026 50% off, $19.99 + tax = fair"
).split()


class Drawn(NamedTuple):
    """A line that was drawn: its pixels in blue, green, red, and what it says."""

    line: NDArray[np.uint8]
    says: str


def make(folder: Path, progress: Progress) -> dict[str, Any]:
    """Make it, compare it, and put it with its card into a folder.

    Args:
        folder: Where to; what lies there is used until the end.
        progress: Is told how far it is.

    Returns:
        The figures of the comparison.

    Raises:
        ImportError: rapidocr is not installed, or not whole.
        RefusedError: Its recognizer is built in a way not known here, or the result reads worse.
            The folder then says so.
        ModelBrokenError: A graph cannot be opened.
    """
    progress(0.0, "reading")
    source, new = original(), folder / _NEW
    shutil.rmtree(new, ignore_errors=True)  # of one that was killed
    new.mkdir()
    try:
        made = {"version": VERSION, "source": digest(source)}
        progress(0.1, "quantizing")
        lines = [pixels(one.line, any_height=True) for one in drawn(12, 2026)]
        write(source, new / GRAPH, lines)
        progress(0.6, "comparing")
        checked = compare(source, new / GRAPH)
        progress(0.95, "finishing")
        card = made | {"graph": digest(new / GRAPH), "checked": checked}
        (new / CARD).write_text(json.dumps(card, indent=1), "utf-8")
        _keep(new, folder)
        (folder / REFUSAL).unlink(missing_ok=True)
    except RefusedError as error:
        # Else each update would make it again.
        (folder / REFUSAL).write_text(json.dumps(made | {"why": str(error)}, indent=1), "utf-8")
        raise
    finally:
        shutil.rmtree(new, ignore_errors=True)
    return checked


def drawn(count: int, seed: int) -> Iterator[Drawn]:
    """Draw lines of 11 to 30 pixels in several colours, in the typeface that Pillow carries."""
    choose = random.Random(seed)  # noqa: S311  # the same lines each time
    for number in range(count):
        size = 11 + number * 20 // count
        font = ImageFont.load_default(size)
        says = " ".join(choose.choices(_WORDS, k=14))
        ink, paper = _COLOURS[number % len(_COLOURS)]
        margin = size // 8
        width = round(font.getlength(says)) + 2 * margin
        image = Image.new("RGB", (width, size + 2 * margin), paper)
        ImageDraw.Draw(image).text((margin, margin), says, ink, font)
        yield Drawn(np.ascontiguousarray(np.asarray(image)[:, :, ::-1]), says)


def compare(source: Path, made: Path) -> dict[str, Any]:
    """See that a recognizer reads drawn lines as well as the original; return the figures.

    Raises:
        RefusedError: It does not.
        ModelBrokenError: One of them cannot be opened.
    """
    lines = list(drawn(16, 1))
    characters = sum(len(one.says) for one in lines)
    readers = open_one(source), open_one(made)
    before, after = (
        sum(_distance(reader.read(one.line)[0], one.says) for one in lines) for reader in readers
    )
    if after > before + MOST_WORSE * characters:
        raise RefusedError(
            f"The quicker recognizer reads {after} of {characters} drawn characters wrongly, the "
            f"original {before}."
        )
    return {"characters": characters, "wrong": after, "wrong_before": before}


def _distance(said: str, wanted: str) -> int:
    """Return how many characters have to be changed, added or left out (Levenshtein)."""
    row = list(range(len(wanted) + 1))
    for count, one in enumerate(said, 1):
        before, row = row, [count]
        for at, other in enumerate(wanted):
            row.append(min(row[at] + 1, before[at + 1] + 1, before[at] + (one != other)))
    return row[-1]


def _keep(new: Path, folder: Path) -> None:
    """Put the files in their place, the card last: until it is there the graph is not used."""
    for name in (GRAPH, CARD):
        # onnx writes for the owner alone; what lies in a system's folder is for all its users.
        (new / name).chmod(0o644)
        with (new / name).open("r+b") as file:
            os.fsync(file.fileno())
        (new / name).replace(folder / name)
