"""The quicker recognizer of text, made once for all tests by the program that makes it."""

from __future__ import annotations

import atexit
import functools
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path


def command(folder: Path) -> list[str]:
    """Return the command that makes it in a folder."""
    return [sys.executable, "-P", "-m", "altlens_host.worker", "prepare", str(folder), "--text"]


@functools.cache
def made() -> Path:
    """Return a folder that stands for one of all users' data: what was made is in altlens/text."""
    root = Path(tempfile.mkdtemp(prefix="altlens-text-"))
    atexit.register(shutil.rmtree, root, ignore_errors=True)
    place = root / "altlens/text"
    place.mkdir(parents=True)
    subprocess.run(command(place), check=True, capture_output=True, timeout=300)
    return root


def put(data: Path) -> Path:
    """Put a copy of it into a folder of altlens' data; return where it lies."""
    return Path(shutil.copytree(made() / "altlens/text", data / "text"))
