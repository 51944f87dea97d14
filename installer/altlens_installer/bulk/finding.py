"""Finds the pictures in a folder and those below it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from altlens_installer.errors import PictureUnreadableError

ENDINGS = (".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp", ".avif")
"""Of the names of files that are looked at, in any case."""

Found = tuple[Path, os.stat_result | PictureUnreadableError]
"""A path within the folder, and the state of its file or why it cannot be read."""


def pictures(root: Path) -> Iterator[Found]:
    """Return the pictures below a folder, in the order of their names.

    Links are passed over: what they lead to is either below the folder, and found there, or was
    not asked about. So there is no way round in circles.

    Args:
        root: The folder.
    """
    refused: list[OSError] = []
    for folder, folders, names in os.walk(root, onerror=refused.append):
        folders.sort()
        while refused:
            yield _refused(root, refused.pop(0))
        for name in sorted(names):
            path = Path(folder) / name
            if path.suffix.lower() not in ENDINGS or path.is_symlink():
                continue
            try:
                yield path.relative_to(root), path.stat()
            except OSError as error:
                yield path.relative_to(root), PictureUnreadableError(f"{error.strerror}.")
    for one in refused:
        yield _refused(root, one)


def _refused(root: Path, error: OSError) -> Found:
    path = Path(error.filename or root)
    return path.relative_to(root), PictureUnreadableError(f"The folder: {error.strerror}.")
