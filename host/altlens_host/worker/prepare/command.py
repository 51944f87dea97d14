"""`python -m altlens_host.worker prepare FOLDER`: the steps, told as JSON lines on stdout.

With `--text` it makes the quicker recognizer of text and puts it into the folder.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import sys
from pathlib import Path
from typing import Any

from altlens_host.errors import AltlensError
from altlens_host.models.catalogue import find
from altlens_host.worker.prepare.preparation import Preparation
from altlens_host.worker.prepare.refusal import RefusedError
from altlens_host.worker.prepared_files import VARIANTS

REFUSED = 3
"""The exit code when the model cannot be prepared, but used as it is."""


def main(argv: list[str]) -> int:
    """Prepare a model.

    Args:
        argv: The command line after `prepare`.

    Returns:
        0, or 3 where the model cannot be prepared, or 1 where something failed.
    """
    parser = argparse.ArgumentParser(prog="python -m altlens_host.worker prepare")
    parser.add_argument("folder", type=Path, help="a model in the hub layout")
    parser.add_argument("--text", action="store_true", help="make what reads text, into the folder")
    parser.add_argument("--variant", choices=VARIANTS, default="q8")
    parser.add_argument("--threads", type=int, default=0, help="0 means as many as help")
    asked = parser.parse_args(argv)
    _give_memory_back()
    try:
        checked = _text(asked.folder) if asked.text else _model(asked)
    except RefusedError as refused:
        _tell({"refused": str(refused)})
        return REFUSED
    except AltlensError as error:
        _tell({"error": f"{error.detail}"})
        return 1
    except (OSError, MemoryError, ImportError) as error:
        _tell({"error": f"{type(error).__name__}: {getattr(error, 'strerror', None) or error}"})
        return 1
    _tell({"prepared": {"variant": asked.variant, "checked": checked}})
    return 0


def _model(asked: argparse.Namespace) -> dict[str, Any]:
    model = find(str(asked.folder))
    return Preparation(model, asked.variant, asked.threads, _progress).run()


def _text(folder: Path) -> dict[str, Any]:
    from altlens_host.worker.prepare.text import make

    return make(folder, _progress)


def _give_memory_back() -> None:
    """Have glibc give each larger block back when it is freed (mallopt(3)).

    By itself it keeps ever larger ones for the next time; half a gigabyte of weights that were
    read would stay beside the graphs that are then compared.
    """
    mmap_threshold = -3
    if sys.platform == "linux" and hasattr(libc := ctypes.CDLL(None), "mallopt"):
        libc.mallopt(mmap_threshold, 1 << 20)


def _progress(share: float, step: str) -> None:
    _tell({"progress": round(share, 3), "step": step})


def _tell(line: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()
