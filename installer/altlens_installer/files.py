"""Writes files so that a crash leaves the old one or the new one, never half of one."""

from __future__ import annotations

import contextlib
import glob
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path

from altlens_installer.errors import NotWritableError

_UNFINISHED = ".altlens"
"""How the name of a file ends that is not yet in its place."""


def digest(data: bytes) -> str:
    """Return the SHA-256 of some bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def read(path: Path) -> bytes | None:
    """Return a file's bytes, or None if there is none.

    Raises:
        NotWritableError: It is there, but cannot be read.
    """
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise NotWritableError(f"{path}: {error.strerror}.") from None


def write(path: Path, data: bytes, mode: int | None = None) -> None:
    """Put a file in its place whole, and make its folder if there is none.

    A link to a file keeps pointing to it: people keep their user.js elsewhere.

    Args:
        path: Where to.
        data: The file's bytes.
        mode: Its permissions; None keeps those of a file that is replaced.

    Raises:
        NotWritableError: The system refuses; the old file, if there was one, is as it was.
    """
    try:
        target = path.resolve()
        target.parent.mkdir(parents=True, exist_ok=True)
        if mode is None:
            mode = target.stat().st_mode & 0o7777 if target.exists() else 0o644
        _replace(target, data, mode)
    except OSError as error:
        raise NotWritableError(f"{path}: {error.strerror}.") from None


def _replace(target: Path, data: bytes, mode: int) -> None:
    sweep(target)
    descriptor, name = tempfile.mkstemp(
        dir=target.parent, prefix=f".{target.name}.", suffix=_UNFINISHED
    )
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(mode)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    sync_folder(target.parent)


def sweep(path: Path) -> None:
    """Take away what a write of this file left behind that was killed on its way.

    Raises:
        NotWritableError: The system refuses.
    """
    target = path.resolve()
    _sweep(target.parent, f".{glob.escape(target.name)}.*{_UNFINISHED}")


def sweep_folder(folder: Path) -> None:
    """Take away what killed writes left behind in a folder that is ours alone.

    Raises:
        NotWritableError: The system refuses.
    """
    _sweep(folder, f".*{_UNFINISHED}")


def _sweep(folder: Path, pattern: str) -> None:
    try:
        for unfinished in folder.glob(pattern):
            unfinished.unlink(missing_ok=True)
    except OSError as error:
        raise NotWritableError(f"{folder}: {error.strerror}.") from None


def remove(path: Path) -> None:
    """Take a file away; it is no error if there is none.

    Raises:
        NotWritableError: The system refuses.
    """
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise NotWritableError(f"{path}: {error.strerror}.") from None


def remove_tree(folder: Path) -> bool:
    """Take a folder away with all that is in it; say whether there was one.

    Raises:
        NotWritableError: The system refuses.
    """
    try:
        shutil.rmtree(folder)
    except FileNotFoundError:
        return False
    except OSError as error:
        raise NotWritableError(f"{error.filename or folder}: {error.strerror}.") from None
    return True


def sync_folder(folder: Path) -> None:
    """Make the names in a folder as lasting as the files behind them."""
    with contextlib.suppress(OSError):  # some file systems cannot, and need not
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def missing_folders(paths: Iterable[Path]) -> list[Path]:
    """Return the folders that writing these files would make, outermost first."""
    missing = {parent for path in paths for parent in path.parents if not parent.exists()}
    return sorted(missing, key=lambda folder: len(folder.parts))


def remove_empty(folders: Iterable[Path]) -> None:
    """Take away those of these folders that are empty, innermost first."""
    for folder in sorted(folders, key=lambda folder: len(folder.parts), reverse=True):
        with contextlib.suppress(OSError):  # not empty, or gone: both are well
            folder.rmdir()
