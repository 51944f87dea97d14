"""Models from a folder or a zip file, for machines without a network.

A zip file comes from somewhere else, so none of its names becomes a path, and no more is read
than it declares: only the names of a model's layout are looked for.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any

from altlens_host.models import store
from altlens_host.models.catalogue import CARD
from altlens_host.models.golden import FILE
from altlens_installer.archives import UNREADABLE
from altlens_installer.errors import SourceUnusableError
from altlens_installer.models import layout
from altlens_installer.models.hub import COMMIT
from altlens_installer.models.source import File, refused
from altlens_installer.terminal import plain

_BLOCK = 1 << 20
_MOST_ENTRIES = 10_000
_MOST_BYTES = {".json": 64 << 20}
_MOST_WEIGHTS = 16 << 30
"""More than a file of the layout can be: a zip file may declare anything."""

_RATIO = 200
"""Zip files of models hardly shrink (weights), or by a factor of ten (vocabularies)."""


Opened = Callable[[str], AbstractContextManager[IO[bytes]]]
"""Opens a file of the model to be read, by its name."""


def open_source(place: Path, revision: str | None = None) -> Local:
    """Look at a folder or a zip file.

    Args:
        place: It.
        revision: What its user says which revision it is; None to find out.

    Raises:
        SourceUnusableError: It is neither, or cannot be read.
    """
    try:
        folder = place.resolve() if place.is_dir() else None  # the hub's cache is full of links
        if folder:
            files = _names(folder)
        else:
            with zipfile.ZipFile(place) as archive:
                entries = _entries(archive, place)
    except UNREADABLE as error:
        raise SourceUnusableError(f"{place} cannot be read: {_why(error)}.") from None
    if folder:
        return _made(folder, files, lambda name: (folder / name).open("rb"), revision)
    files = {name: one.file_size for name, one in entries.items()}
    return _made(place, files, lambda name: _unpacked(place, entries[name]), revision)


@contextmanager
def _unpacked(place: Path, entry: zipfile.ZipInfo) -> Iterator[IO[bytes]]:
    with zipfile.ZipFile(place) as archive, archive.open(entry) as file:
        yield file


@dataclass(frozen=True, slots=True)
class Local:
    """A model in a folder or a zip file, as a source of its files; see `source.Source`."""

    place: Path
    revision: str
    licence: str
    origin: Mapping[str, str]
    files: Mapping[str, File]
    opened: Opened
    golden: str = ""

    @property
    def told(self) -> str:
        """Where it comes from, in words."""
        return f"{plain(str(self.place))}, revision {self.revision}"

    def copy(self, name: str, part: Path, told: Callable[[int], None]) -> None:
        """Copy a file, from its beginning.

        Raises:
            SourceUnusableError: It cannot be read.
            DiskFullError: There is no more room.
            NotWritableError: The system refuses to write.
        """
        try:
            with part.open("wb") as file:
                for data in self.blocks(name):
                    file.write(data)
                    told(file.tell())
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise refused(part, error) from None

    def digest(self, name: str) -> str:
        """Return the SHA-256 of a file, in hexadecimal."""
        made = hashlib.sha256()
        for data in self.blocks(name):
            made.update(data)
        return made.hexdigest()

    def blocks(self, name: str) -> Iterator[bytes]:
        """Return the bytes of a file, bit by bit.

        Of a zip file, never more than its directory declares: zipfile stops there.
        """
        left = self.files[name].size
        try:
            with self.opened(name) as file:
                while data := file.read(_BLOCK):
                    left -= len(data)
                    yield data
        except UNREADABLE as error:
            raise SourceUnusableError(
                f"{name} in {self.place} cannot be read: {_why(error)}."
            ) from None
        if left:
            raise SourceUnusableError(f"{name} in {self.place} is not as long as it should be.")


def _names(folder: Path) -> dict[str, int]:
    found = (path for part in (folder, folder / "onnx") for path in part.glob("*"))
    return {
        path.relative_to(folder).as_posix(): path.stat().st_size for path in found if path.is_file()
    }


def _entries(archive: zipfile.ZipFile, place: Path) -> dict[str, zipfile.ZipInfo]:
    """Return a zip file's entries by their paths within the model's folder."""
    listed = archive.infolist()
    if len(listed) > _MOST_ENTRIES:
        raise SourceUnusableError(f"{place} has {len(listed)} entries, too many for a model.")
    by_name = {one.filename: one for one in listed if not one.is_dir()}
    configs = [PurePosixPath(name) for name in by_name if PurePosixPath(name).name == "config.json"]
    if not configs:
        raise SourceUnusableError(f"{place} holds no config.json.")
    top = min(configs, key=lambda one: len(one.parts)).parent
    found = {}
    for name, one in by_name.items():
        path = PurePosixPath(name)
        if path.is_relative_to(top) and ".." not in path.parts:
            inner = path.relative_to(top).as_posix()
            _harmless(inner, one, place)
            found[inner] = one
    return found


def _harmless(name: str, one: zipfile.ZipInfo, place: Path) -> None:
    kind = stat.S_IFMT(one.external_attr >> 16)
    if kind not in {0, stat.S_IFREG}:
        raise SourceUnusableError(f"{plain(name)} in {place} is a link, or no file.")
    if one.flag_bits & 1:
        raise SourceUnusableError(f"{plain(name)} in {place} is encrypted.")
    most = _MOST_BYTES.get(PurePosixPath(name).suffix, _MOST_WEIGHTS)
    packed = one.file_size > _BLOCK and one.file_size > _RATIO * one.compress_size
    if one.file_size > most or packed:
        raise SourceUnusableError(
            f"{plain(name)} in {place} would be {one.file_size} bytes, unpacked from "
            f"{one.compress_size}: that is no model."
        )


def _made(
    place: Path,
    sizes: Mapping[str, int],
    opened: Opened,
    asked: str | None,
) -> Local:
    bare = Local(
        place, "", "unknown", {}, {name: File(size) for name, size in sizes.items()}, opened
    )
    card = _card(bare)
    source = card.get("source", {})
    named = asked or source.get("commit") or card.get("revision")
    if not named and COMMIT.fullmatch(place.name):
        named = place.name  # as the hub's own cache calls the folder of a commit
    if named and not store.REVISION.fullmatch(str(named)):
        raise SourceUnusableError(f"{plain(str(named))!r} cannot be the name of a revision.")
    declared = card.get("files", {})
    files = {
        name: File(size, str(declared[name]["sha256"]) if name in declared else "")
        for name, size in sizes.items()
    }
    origin = {name: plain(str(value)) for name, value in source.items()}
    return Local(
        place,
        str(named) if named else _from_contents(bare),
        plain(str(card.get("licence", "unknown")))[:64],
        {"id": plain(str(card["id"])), **origin} if "id" in card else origin,
        files,
        opened,
        f"{card.get('id')}@{card.get('revision')}" if FILE in declared and FILE in sizes else "",
    )


def _card(bare: Local) -> dict[str, Any]:
    """Return what the card says, if there is one: a model that altlens installed elsewhere."""
    if CARD not in bare.files:
        return {}
    try:
        said = json.loads(b"".join(bare.blocks(CARD)))
    except (ValueError, RecursionError) as error:
        raise SourceUnusableError(f"{CARD} in {bare.place} is damaged: {_why(error)}.") from None
    if not _is_card(said):
        raise SourceUnusableError(f"{CARD} in {bare.place} is no card of a model.")
    return dict(said)


def _is_card(said: object) -> bool:
    if not isinstance(said, dict):
        return False
    source, files = said.get("source", {}), said.get("files", {})
    return (
        isinstance(source, dict)
        and isinstance(files, dict)
        and all(isinstance(one, dict) and "sha256" in one for one in files.values())
    )


def _from_contents(bare: Local) -> str:
    """Return a name made from what the files contain."""
    names = layout.wanted(bare.files)
    told = json.dumps({name: bare.digest(name) for name in sorted(names)})
    return f"local-{hashlib.sha256(told.encode()).hexdigest()[:12]}"


def _why(error: Exception) -> str:
    return plain(getattr(error, "strerror", None) or str(error) or type(error).__name__)
