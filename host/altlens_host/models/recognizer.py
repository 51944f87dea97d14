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

from altlens_host.settings import data_folder, system_data_folders

GRAPH = "recognizer.onnx"
CARD = "recognizer.json"
"""Says of which files the graph was made, and which file it is."""

REFUSAL = "refusal.json"
"""Says of which file none could be made that is worth having, and why."""

VERSION = 3
"""Raised whenever it is made otherwise than before; what was made until then is made anew."""

SCALE = "logit_scale"
"""In the graph's metadata: by how much logits differ whose bytes differ by one."""

_FOLDER = "text"
_ORIGINAL = "*_rec_small.onnx"


def folders(environ: Mapping[str, str] | None = None) -> tuple[Path, ...]:
    """Return where it may lie: the user's folder, then those for all users."""
    return tuple(one / _FOLDER for one in (data_folder(environ), *system_data_folders(environ)))


def carried() -> Path:
    """Return the folder of the models that rapidocr's wheel carries.

    Raises:
        ImportError: rapidocr is not installed. Nothing of it is imported.
    """
    found = util.find_spec("rapidocr")
    if found is None or found.origin is None:
        raise ImportError("rapidocr is not installed.")
    return Path(found.origin).parent / "models"


def original() -> Path:
    """Return the recognizer that rapidocr's wheel carries.

    Raises:
        ImportError: There is none.
    """
    return only(carried(), _ORIGINAL)


def only(folder: Path, pattern: str) -> Path:
    """Return the one file of a name; a release with another version of a model has another name.

    Raises:
        ImportError: There is none.
    """
    files = sorted(folder.glob(pattern))
    if not files:
        raise ImportError(f"rapidocr carries no {pattern}.")
    return files[-1]


def quicker(places: Iterable[Path], source: Path) -> Path | None:
    """Return the first graph that is whole and was made, as it is made now, of a recognizer.

    Args:
        places: Where to look, as `folders` returns them.
        source: The recognizer.
    """
    known = ""
    for place in places:
        with suppress(OSError, ValueError, KeyError, TypeError, RecursionError):
            card = json.loads((place / CARD).read_bytes())
            known = known or digest(source)
            made = (card["version"], card["source"], card["graph"])
            if made == (VERSION, known, digest(place / GRAPH)):
                return place / GRAPH
    return None


def refusal(places: Iterable[Path], source: Path) -> str:
    """Return why a recognizer was refused that was made, as it is made now, of another.

    Args:
        places: Where to look, as `folders` returns them.
        source: The other.

    Returns:
        A sentence; empty where none is known to have been refused.
    """
    known = ""
    for place in places:
        with suppress(OSError, ValueError, KeyError, TypeError, RecursionError):
            said = json.loads((place / REFUSAL).read_bytes())
            known = known or digest(source)
            if (said["version"], said["source"]) == (VERSION, known):
                return str(said["why"])
    return ""


def digest(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    import hashlib  # not with each start of the host, which compares nothing

    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
