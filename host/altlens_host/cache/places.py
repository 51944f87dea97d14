"""The folder of the caches."""

from __future__ import annotations

from pathlib import Path

from altlens_host.errors import CacheReadOnlyError, CacheWritableError
from altlens_host.permissions import writable_by_all


def prepare(folder: Path) -> Path:
    """Make the folder, for its owner alone, or see that it is so.

    Returns:
        The folder.

    Raises:
        CacheWritableError: Everybody may write there, so what lies there may be anybody's.
        CacheReadOnlyError: It cannot be made or looked at.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if writable_by_all(folder):
            raise CacheWritableError(f"Everybody may write to {folder}.")
        if folder.stat().st_mode & 0o077:
            folder.chmod(0o700)
    except OSError as error:
        raise CacheReadOnlyError(f"{folder}: {error.strerror}.") from None
    return folder
