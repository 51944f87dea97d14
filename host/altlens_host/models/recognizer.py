"""The recognizer of text: that of rapidocr's wheel, and the quicker one that is made of it.

The quicker one is made on the user's machine (docs/decisions/0100-text-in-images.md). It lies in
the user's folder or in that for all users; what its card says decides whether it may be used.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from importlib import util
from pathlib import Path
from typing import NamedTuple

from altlens_host.settings import data_folder, system_data_folders

CARD = "recognizer.json"
"""Says of which files the graphs were made, and which files they are."""

REFUSAL = "refusal.json"
"""Says of which files none could be made that are worth having, and why."""

VERSION = 5
"""Raised whenever it is made otherwise than before; what was made until then is made anew."""

SCALE = "logit_scale"
"""In the reader's metadata: by how much logits differ whose bytes differ by one."""

_FOLDER = "text"


class Graphs(NamedTuple):
    """The graphs of a recognizer.

    Attributes:
        detector: Finds lines in a picture.
        reader: Reads a line.
    """

    detector: Path
    reader: Path

    def digests(self) -> list[str]:
        """Return the SHA-256 of each, as a card names it."""
        return [digest(one) for one in self]


def within(place: Path) -> Graphs:
    """Return where the quicker one's graphs lie in a folder."""
    return Graphs(place / "detector.onnx", place / "recognizer.onnx")


def folders(environ: Mapping[str, str] | None = None) -> tuple[Path, ...]:
    """Return where it may lie: the user's folder, then those for all users."""
    return tuple(one / _FOLDER for one in (data_folder(environ), *system_data_folders(environ)))


def original() -> Graphs:
    """Return the recognizer that rapidocr's wheel carries.

    Raises:
        ImportError: rapidocr is not installed, or not whole. Nothing of it is imported.
    """
    found = util.find_spec("rapidocr")
    if found is None or found.origin is None:
        raise ImportError("rapidocr is not installed.")
    models = Path(found.origin).parent / "models"
    return Graphs(_only(models, "*_det_small.onnx"), _only(models, "*_rec_small.onnx"))


def _only(folder: Path, pattern: str) -> Path:
    """Return the one file of a name; a release with another version of a model has another name.

    Raises:
        ImportError: There is none.
    """
    files = sorted(folder.glob(pattern))
    if not files:
        raise ImportError(f"rapidocr carries no {pattern}.")
    return files[-1]


def quicker(places: Iterable[Path], source: Graphs) -> Graphs | None:
    """Return the first that is whole and was made, as it is made now, of a recognizer.

    Args:
        places: Where to look, as `folders` returns them.
        source: The recognizer.
    """
    known: list[str] = []
    for place in places:
        with suppress(OSError, ValueError, KeyError, TypeError, RecursionError):
            card = json.loads((place / CARD).read_bytes())
            known = known or source.digests()
            made = within(place)
            said = (card["version"], card["sources"], card["graphs"])
            if said == (VERSION, known, made.digests()):
                return made
    return None


def refusal(places: Iterable[Path], source: Graphs) -> str:
    """Return why a recognizer was refused that was made, as it is made now, of another.

    Args:
        places: Where to look, as `folders` returns them.
        source: The other.

    Returns:
        A sentence; empty where none is known to have been refused.
    """
    known: list[str] = []
    for place in places:
        with suppress(OSError, ValueError, KeyError, TypeError, RecursionError):
            said = json.loads((place / REFUSAL).read_bytes())
            known = known or source.digests()
            if (said["version"], said["sources"]) == (VERSION, known):
                return str(said["why"])
    return ""


def digest(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    import hashlib  # not with each start of the host, which compares nothing

    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
