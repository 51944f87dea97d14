"""Who else on this machine may change a file: the question before anything is trusted."""

from __future__ import annotations

import os
import stat
from pathlib import Path


def writable_by_all(path: Path) -> bool:
    """Say whether any user of this machine may write to a file or folder.

    Windows answers no: its permissions do not show in the mode.

    Args:
        path: A file or a folder; a link counts as what it points to.

    Raises:
        OSError: It is not there, or cannot be looked at.
    """
    return os.name != "nt" and bool(path.stat().st_mode & stat.S_IWOTH)


def replaceable_by_all(path: Path) -> bool:
    """Say whether any user of this machine may change a file, or put another in its place.

    In a folder with the sticky bit, like /tmp, only the owner of a file may replace it.

    Args:
        path: A file.

    Raises:
        OSError: It is not there, or cannot be looked at.
    """
    if os.name == "nt":
        return False
    folder = path.resolve().parent.stat().st_mode
    return writable_by_all(path) or bool(folder & stat.S_IWOTH and not folder & stat.S_ISVTX)
