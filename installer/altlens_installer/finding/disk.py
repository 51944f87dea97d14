"""Looks at a disk of which parts may be closed to the user: what cannot be seen is not there."""

from __future__ import annotations

from pathlib import Path


def is_file(path: Path) -> bool:
    """Say whether a path is a file that can be seen."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def is_dir(path: Path) -> bool:
    """Say whether a path is a folder that can be seen."""
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def inside(folder: Path, pattern: str) -> list[Path]:
    """Return what is in a folder, in the order of the names; nothing if it cannot be seen."""
    try:
        return sorted(folder.glob(pattern))
    except OSError:
        return []


def resolved(path: Path) -> Path:
    """Return a path without links; itself, if they lead in a circle or where nobody may look."""
    try:
        return path.resolve()
    except (OSError, RuntimeError):
        return path
