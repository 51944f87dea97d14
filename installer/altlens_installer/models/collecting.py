"""Brings the files of a model into the folder where it is made, and checks each."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from altlens_host.models import known, store
from altlens_installer.errors import DiskFullError, ModelDiffersError
from altlens_installer.models import layout, lock
from altlens_installer.models.progress import Progress
from altlens_installer.models.source import File, Source, blob, sha256, told_size

_PART = ".part"
"""Ends the name of a file that is not whole yet."""

_SPARE = 64_000_000
"""Bytes that are left free for others."""


class Wish(NamedTuple):
    """What is to be installed.

    Attributes:
        name: The model's id.
        source: Where its files come from.
        variant: What its graphs are prepared as: "q8", "precise" or "fast".
        root: The folder of models.
        torch: Whether the torch engine shall be able to run it, too.
    """

    name: str
    source: Source
    variant: str
    root: Path
    torch: bool = False

    @property
    def home(self) -> Path:
        """The folder of the model's revisions."""
        return store.home_of(self.root, self.name)

    @property
    def revision(self) -> str:
        """The revision, as the host calls it: other graphs say other words, and go by another."""
        own = "" if self.variant == "q8" else f"-{self.variant}"
        return f"{self.source.revision}{own}"


def collect(
    wish: Wish,
    names: Iterable[str],
    partial: Path,
    trusted: Mapping[str, str],
    progress: Progress,
) -> None:
    """Bring all files into a folder, check each, and write the card.

    What an earlier attempt left there is gone on with.

    Args:
        wish: What is to be installed.
        names: Its files.
        partial: The folder.
        trusted: The SHA-256 of files as they were first seen, by their paths.
        progress: Is told how far it is.

    Raises:
        ModelDiffersError: A file is not what it should be.
        DiskFullError: There is not enough room.
        NotWritableError: The system refuses to write.
        AltlensError: What the source says.
    """
    listed = {name: wish.source.files[name] for name in names}
    (partial / "onnx").mkdir(parents=True, exist_ok=True)
    _drop_strangers(partial, listed)
    _require_room(wish, partial, listed)
    progress.begin(sum(one.size for one in listed.values()))
    digests = {}
    for name, file in listed.items():
        expected = {
            "the catalogue": _known(wish, name),
            "the first installation": trusted.get(name, ""),
            str(wish.source.told): file.sha256,
        }
        path = partial / name
        if not path.exists():
            _reuse(name, path, wish, [one for one in expected.values() if one])
        if not path.exists():
            part = path.with_name(f"{path.name}{_PART}")
            wish.source.copy(name, part, progress.at)
            _check(name, part, file, expected)
            part.replace(path)
        digests[name] = _check(name, path, file, expected)
        progress.file_done(file.size)
    progress.end()
    lock.write(
        partial,
        name=wish.name,
        revision=wish.revision,
        licence=_licence(wish),
        variant=wish.variant,
        source=wish.source.origin,
        files=digests,
    )


def _reuse(name: str, path: Path, wish: Wish, digests: Sequence[str]) -> None:
    """Take a file from another revision or variant that has the same one, if it is sound."""
    for folder in store.revisions(wish.home) if digests else ():
        there = folder / name
        if lock.trusted(folder).get(name) == digests[0] and there.is_file():
            if sha256(there) != digests[0]:
                continue
            try:
                os.link(there, path)  # the two share their bytes on the disk
            except OSError:  # not every file system can
                shutil.copyfile(there, path)
            return


def _known(wish: Wish, name: str) -> str:
    entry = known.ENTRIES.get(wish.name)
    return entry.digest(wish.source.revision, name) if entry else ""


def _licence(wish: Wish) -> str:
    entry = known.ENTRIES.get(wish.name)
    return entry.licence if entry else wish.source.licence


def _check(name: str, path: Path, file: File, expected: Mapping[str, str]) -> str:
    """Return the SHA-256 of a file; one that is another is taken away."""
    now = sha256(path)
    size = path.stat().st_size
    fault = ""
    if size != file.size:
        fault = f"{name} has {size} bytes, not {file.size}, and SHA-256 {now}."
    for who, digest in expected.items():
        if digest and digest != now:
            fault = f"{name} has SHA-256 {now}, but by {who} it should be {digest}."
    if not fault and file.blob and blob(path) != file.blob:
        fault = f"{name} has the git id {blob(path)}, but by the hub it should be {file.blob}."
    if fault:
        path.unlink()
        raise ModelDiffersError(fault)
    return now


def _drop_strangers(partial: Path, listed: Mapping[str, File]) -> None:
    """Take out what an earlier attempt left and is not wanted now, half-prepared graphs too."""
    shutil.rmtree(partial / "prepared", ignore_errors=True)
    shutil.rmtree(partial / "prepared.new", ignore_errors=True)
    for path in (*partial.iterdir(), *(partial / "onnx").iterdir()):
        name = path.relative_to(partial).as_posix().removesuffix(_PART)
        if path.is_file() and name not in listed:
            path.unlink()


def _require_room(wish: Wish, partial: Path, listed: Mapping[str, File]) -> None:
    needed = sum(one.size for one in listed.values())
    full = {*layout.full_precision(listed)} if wish.variant != "q8" else set()
    graphs = sum(
        one.size // 3 if name in full else one.size
        for name, one in listed.items()
        if name.startswith("onnx/")
    )
    there = sum(one.stat().st_size for one in partial.rglob("*") if one.is_file())
    # The prepared graphs take about as much again as those of 8 bits.
    missing = max(0, needed - there) + graphs + _SPARE
    free = shutil.disk_usage(partial).free
    if free < missing:
        raise DiskFullError(
            f"The model needs {told_size(missing)} more; {told_size(free)} are free "
            f"where {partial.parent} is."
        )
