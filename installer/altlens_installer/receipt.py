"""Receipts: what was written where, so that exactly it can be taken back.

There is one for each profile, and one for what all profiles share (launcher and manifest). A
receipt is written before the files it speaks of, with their old and their new digests, so that
an installation that is killed at any step still knows its own files.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from altlens_installer import files
from altlens_installer.errors import ForeignFileError, ReceiptBrokenError

SHARED = "host.json"
"""The receipt of what all profiles share."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What one installation wrote.

    Attributes:
        path: Where the receipt itself is.
        profile: The folder of the profile; empty for what all profiles share.
        name: The name of the profile, if it was known.
        written: Each file that was written whole, and the SHA-256 digests that count as ours:
            one, or the old and the new one while an installation is under way.
        block: What was added to the profile's user.js.
        created: Whether user.js was made by us.
        folders: The folders that were made.
    """

    path: Path
    profile: str = ""
    name: str = ""
    written: dict[str, tuple[str, ...]] = field(default_factory=dict)
    block: str = ""
    created: bool = False
    folders: tuple[str, ...] = ()

    def knows(self, path: Path) -> bool:
        """Say whether this installation wrote a file there."""
        return str(path) in self.written

    def check(self, path: Path) -> bytes | None:
        """Return what stands in a file's place.

        Raises:
            ForeignFileError: Something that we did not write.
        """
        data = files.read(path)
        if data is not None and files.digest(data) not in self.written.get(str(path), ()):
            raise ForeignFileError(f"{path} was not written by altlens, or changed since.")
        return data

    def expecting(self, wanted: dict[Path, bytes]) -> Receipt:
        """Return the receipt to keep while these files are being written."""
        written = dict(self.written)
        for path, data in wanted.items():
            found = files.read(path)
            digests = [files.digest(one) for one in (found, data) if one is not None]
            written[str(path)] = tuple(dict.fromkeys(digests))
        made = [str(one) for one in files.missing_folders((*wanted, self.path))]
        return replace(self, written=written, folders=tuple(dict.fromkeys((*self.folders, *made))))

    def settled(self, wanted: dict[Path, bytes]) -> Receipt:
        """Return the receipt to keep once they are."""
        now = {str(path): (files.digest(data),) for path, data in wanted.items()}
        return replace(self, written={**self.written, **now})

    def save(self) -> None:
        """Write the receipt.

        Raises:
            NotWritableError: The system refuses.
        """
        values = {
            "profile": self.profile,
            "name": self.name,
            "written": {path: list(digests) for path, digests in self.written.items()},
            "user.js": {"block": self.block, "created": self.created},
            "folders": list(self.folders),
        }
        data = (json.dumps(values, indent=2) + "\n").encode()
        if files.read(self.path) != data:
            files.write(self.path, data)


def of_profile(receipts: Path, profile: Path, name: str = "") -> Receipt:
    """Return the receipt of a profile, an empty one if nothing was installed there.

    Raises:
        ReceiptBrokenError: It cannot be read.
    """
    path = receipts / f"profile-{files.digest(bytes(profile))[:16]}.json"
    return _load(path) or Receipt(path, str(profile), name)


def shared(receipts: Path) -> Receipt:
    """Return the receipt of what all profiles share, an empty one if nothing is installed.

    Raises:
        ReceiptBrokenError: It cannot be read.
    """
    return _load(receipts / SHARED) or Receipt(receipts / SHARED)


def profiles(receipts: Path) -> list[Receipt]:
    """Return the receipts of all profiles that altlens is installed in.

    Raises:
        ReceiptBrokenError: One cannot be read.
    """
    loaded = (_load(path) for path in sorted(receipts.glob("profile-*.json")))
    return [receipt for receipt in loaded if receipt]


def _load(path: Path) -> Receipt | None:
    data = files.read(path)
    if data is None:
        return None
    try:
        values: dict[str, Any] = json.loads(data)
        preferences = values["user.js"]
        return Receipt(
            path=path,
            profile=str(values["profile"]),
            name=str(values["name"]),
            written={str(one): tuple(digests) for one, digests in values["written"].items()},
            block=str(preferences["block"]),
            created=bool(preferences["created"]),
            folders=tuple(values["folders"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ReceiptBrokenError(f"{path}: {type(error).__name__}: {error}.") from None
