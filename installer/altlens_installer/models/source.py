"""Where a model comes from: the hub, a folder or a zip file. What all three have in common."""

from __future__ import annotations

import errno
import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple, Protocol

from altlens_installer.errors import DiskFullError, NotWritableError

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class File(NamedTuple):
    """A file that a source has.

    Attributes:
        size: Its bytes.
        sha256: Its SHA-256 in hexadecimal, as the source declares it; empty if it does not.
        blob: Its git blob id in hexadecimal, which the hub has for small files; or empty.
    """

    size: int
    sha256: str = ""
    blob: str = ""


class Source(Protocol):
    """A model that can be copied from somewhere.

    Attributes:
        revision: Which revision it is: a commit, or a name made from its contents.
        licence: Its licence; "unknown" where the source does not say.
        origin: Where it comes from, for its card.
        told: The same in one sentence, for the user.
        files: What is there, by the path in the hub's layout.
    """

    @property
    def revision(self) -> str:
        """Which revision it is."""
        ...

    @property
    def licence(self) -> str:
        """Its licence."""
        ...

    @property
    def origin(self) -> Mapping[str, str]:
        """Where it comes from."""
        ...

    @property
    def told(self) -> str:
        """Where it comes from, in words."""
        ...

    @property
    def files(self) -> Mapping[str, File]:
        """What is there."""
        ...

    @property
    def golden(self) -> str:
        """What its golden captions are of, `ID@REVISION`; empty where it has none to trust."""
        ...

    def copy(self, name: str, part: Path, told: Callable[[int], None]) -> None:
        """Write a file; where the source can, go on at the end of what is there.

        Args:
            name: One of `files`.
            part: Where to.
            told: Called with the number of bytes that are there, now and then.
        """
        ...


def refused(path: Path, error: OSError) -> DiskFullError | NotWritableError:
    """Return what a user is told when the system refuses to write."""
    told = f"{path}: {error.strerror or type(error).__name__}."
    return DiskFullError(told) if error.errno in _FULL else NotWritableError(told)


def told_size(size: int) -> str:
    """Return a number of bytes as people say it."""
    return f"{size / 1e6:,.0f} MB" if size >= 10_000_000 else f"{size / 1e3:,.0f} kB"


def is_full(error: BaseException) -> bool:
    """Say whether an error means that nothing more can be written to the disk."""
    return isinstance(error, OSError) and error.errno in _FULL


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def blob(path: Path) -> str:
    """Return the git blob id of a file, in hexadecimal (git-hash-object(1))."""
    digest = hashlib.sha1(b"blob %d\0" % path.stat().st_size, usedforsecurity=False)
    with path.open("rb") as file:
        while data := file.read(1 << 20):
            digest.update(data)
    return digest.hexdigest()
