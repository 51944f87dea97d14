"""Receipts: what was written where, so that exactly it can be taken back.

There is one for each profile, one for what they share (launcher and native manifests), and one
for each installation that is for no profile. A receipt is written before the things it speaks
of, with their old and their new digests, so that an installation that is killed at any step
still knows its own.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from altlens_installer import files
from altlens_installer.errors import ForeignFileError, ReceiptBrokenError

SHARED = "host.json"
"""The receipt of what all share."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What one installation wrote.

    A place is the path of a file or the name of a registry value.

    Attributes:
        path: Where the receipt itself is.
        profile: The folder of the profile; empty for what belongs to none.
        name: The name of the profile, if it was known.
        written: Each place that was written whole, and the SHA-256 digests that count as ours:
            one, or the old and the new one while an installation is under way.
        originals: What stood there before, for those that were written over; it is put back.
        block: What was added to the profile's user.js.
        coming: What is being added instead of it, while an installation is under way.
        created: Whether user.js was made by us.
        before: The sideload preferences that Firefox had of its own, in prefs.js.
        folders: The folders that were made.
        uses: The shared places that this installation needs.
        model: The model that the host was told to use; empty for the usual one.
        signed: Whether the extension is a signed one that was given.
    """

    path: Path
    profile: str = ""
    name: str = ""
    written: dict[str, tuple[str, ...]] = field(default_factory=dict)
    originals: dict[str, bytes] = field(default_factory=dict)
    block: str = ""
    coming: str = ""
    created: bool = False
    before: dict[str, str] = field(default_factory=dict)
    folders: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()
    model: str = ""
    signed: bool = False

    def owns(self, place: Path | str, data: bytes) -> bool:
        """Say whether what stands in a place is what this installation wrote."""
        return files.digest(data) in self.written.get(str(place), ())

    def check(self, path: Path) -> bytes | None:
        """Return what stands in a file's place.

        Raises:
            ForeignFileError: Something that we did not write.
        """
        data = files.read(path)
        if data is not None and not self.owns(path, data):
            raise ForeignFileError(f"{path} was not written by altlens, or changed since.")
        return data

    def added(self, content: bytes) -> bytes:
        """Return what of a user.js was added by us; nothing if it is not there as it was."""
        blocks = (one.encode() for one in (self.coming, self.block))
        return next((one for one in blocks if one and one in content), b"")

    def expecting(
        self,
        changes: Mapping[str, tuple[bytes | None, bytes]],
        folders: Iterable[Path],
        block: bytes | None = None,
    ) -> Receipt:
        """Return the receipt to keep while things are being written.

        Args:
            changes: Each place with what stands there and what will.
            folders: The folders that will be made.
            block: What will be added to user.js; None if that is left alone.
        """
        written = dict(self.written)
        for place, pair in changes.items():
            digests = [files.digest(one) for one in pair if one is not None]
            written[place] = tuple(dict.fromkeys(digests))
        made = dict.fromkeys((*self.folders, *map(str, folders)))
        coming = self.coming if block is None else block.decode()
        return replace(self, written=written, folders=tuple(made), coming=coming)

    def settled(
        self, changes: Mapping[str, tuple[bytes | None, bytes]], block: bytes | None = None
    ) -> Receipt:
        """Return the receipt to keep once they are."""
        now = {place: (files.digest(after),) for place, (_, after) in changes.items()}
        final = self.block if block is None else block.decode()
        return replace(self, written={**self.written, **now}, block=final, coming="")

    def save(self) -> None:
        """Write the receipt.

        Raises:
            NotWritableError: The system refuses.
        """
        values = {
            "profile": self.profile,
            "name": self.name,
            "written": {place: list(digests) for place, digests in self.written.items()},
            "originals": {
                place: base64.b64encode(data).decode() for place, data in self.originals.items()
            },
            "user.js": {
                "block": self.block,
                "coming": self.coming,
                "created": self.created,
                "before": self.before,
            },
            "folders": list(self.folders),
            "uses": list(self.uses),
            "model": self.model,
            "signed": self.signed,
        }
        data = (json.dumps(values, indent=2) + "\n").encode()
        if files.read(self.path) != data:
            files.write(self.path, data)


def path_of(receipts: Path, profile: Path) -> Path:
    """Return where the receipt of a profile is, or would be."""
    return receipts / f"profile-{files.digest(bytes(profile))[:16]}.json"


def of_profile(receipts: Path, profile: Path, name: str = "") -> Receipt:
    """Return the receipt of a profile, an empty one if nothing was installed there.

    Raises:
        ReceiptBrokenError: It cannot be read.
    """
    path = path_of(receipts, profile)
    return load(path) or Receipt(path, str(profile), name)


def of_all(receipts: Path, kind: str) -> Receipt:
    """Return the receipt of an installation that is for no profile.

    Args:
        receipts: The folder of the receipts.
        kind: "system" or "enterprise".

    Raises:
        ReceiptBrokenError: It cannot be read.
    """
    path = receipts / f"all-{kind}.json"
    return load(path) or Receipt(path, name=kind)


def shared(receipts: Path) -> Receipt:
    """Return the receipt of what all share, an empty one if nothing is installed.

    Raises:
        ReceiptBrokenError: It cannot be read.
    """
    return load(receipts / SHARED) or Receipt(receipts / SHARED)


def profiles(receipts: Path) -> list[Receipt]:
    """Return the receipts of all profiles that altlens is installed in.

    Raises:
        ReceiptBrokenError: One cannot be read.
    """
    return _all(receipts, "profile-*.json")


def owners(receipts: Path) -> list[Receipt]:
    """Return all receipts but that of what they share.

    Raises:
        ReceiptBrokenError: One cannot be read.
    """
    return profiles(receipts) + _all(receipts, "all-*.json")


def _all(receipts: Path, pattern: str) -> list[Receipt]:
    loaded = (load(path) for path in sorted(receipts.glob(pattern)))
    return [receipt for receipt in loaded if receipt]


def load(path: Path) -> Receipt | None:
    """Return one receipt by its file, or None if there is none.

    Raises:
        ReceiptBrokenError: It cannot be read.
    """
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
            originals={
                str(one): base64.b64decode(text, validate=True)
                for one, text in values["originals"].items()
            },
            block=str(preferences["block"]),
            coming=str(preferences["coming"]),
            created=bool(preferences["created"]),
            before={str(name): str(value) for name, value in preferences["before"].items()},
            folders=tuple(values["folders"]),
            uses=tuple(values["uses"]),
            model=str(values["model"]),
            signed=bool(values["signed"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ReceiptBrokenError(f"{path}: {type(error).__name__}: {error}.") from None
