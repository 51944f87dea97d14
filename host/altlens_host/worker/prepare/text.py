"""Makes a quicker recognizer of text out of that of rapidocr's wheel (docs/decisions/0100).

It takes lines of every height, and computes most of what it computes in 8 bits. It is compared
with the original on what is drawn, and kept only if it is as good.
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

from altlens_host.errors import AltlensError
from altlens_host.models.recognizer import CARD, REFUSAL, VERSION, Graphs, original, within
from altlens_host.worker.prepare import text_detector, text_reader, text_samples
from altlens_host.worker.prepare.refusal import RefusedError
from altlens_host.worker.prepare.text_checking import compare
from altlens_host.worker.prepare.way import Progress

_NEW = "new"
"""The folder, beside the result, in which it is made."""


def make(folder: Path, progress: Progress) -> dict[str, Any]:
    """Make it, compare it, and put it with its card into a folder.

    Args:
        folder: Where to; what lies there is used until the end.
        progress: Is told how far it is.

    Returns:
        The figures of the comparison.

    Raises:
        ImportError: rapidocr is not installed, or not whole.
        RefusedError: Its recognizer is built in a way not known here, or the result is worse.
            The folder then says so.
        ModelBrokenError: A graph cannot be opened.
    """
    progress(0.0, "reading")
    source, new = original(), folder / _NEW
    graphs = within(new)
    known = {"version": VERSION, "sources": source.digests()}
    shutil.rmtree(new, ignore_errors=True)  # of one that was killed
    new.mkdir()
    try:
        checked = _made(source, graphs, progress)
        progress(0.95, "finishing")
        card = known | {"graphs": graphs.digests(), "checked": checked}
        (new / CARD).write_text(json.dumps(card, indent=1), "utf-8")
        _keep(new, folder)
        (folder / REFUSAL).unlink(missing_ok=True)
    except RefusedError as error:
        # Else each update would make it again.
        (folder / REFUSAL).write_text(json.dumps(known | {"why": str(error)}, indent=1), "utf-8")
        raise
    finally:
        shutil.rmtree(new, ignore_errors=True)
    return checked


def _made(source: Graphs, graphs: Graphs, progress: Progress) -> dict[str, Any]:
    """Make and compare it; return the figures.

    Raises:
        RefusedError: Also where a library cannot take an original that is built otherwise.
    """
    try:
        progress(0.1, "quantizing")
        text_reader.write(source.reader, graphs.reader, list(text_samples.lines(12, 2026)))
        progress(0.5, "quantizing")
        pages = [text_samples.page(seed) for seed in range(8)]
        text_detector.write(source.detector, graphs.detector, pages)
        progress(0.7, "comparing")
        return compare(source, graphs)
    except (AltlensError, RefusedError, OSError, MemoryError, ImportError):
        raise
    except Exception as error:
        # The libraries have dozens of exceptions of their own, without a common base.
        raise RefusedError(f"It cannot be made ({type(error).__name__}).") from None


def _keep(new: Path, folder: Path) -> None:
    """Put the files in their place, the card last: until it is there the graphs are not used."""
    for name in (*(one.name for one in within(new)), CARD):
        # onnx writes for the owner alone; what lies in a system's folder is for all its users.
        (new / name).chmod(0o644)
        with (new / name).open("r+b") as file:
            os.fsync(file.fileno())
        (new / name).replace(folder / name)
