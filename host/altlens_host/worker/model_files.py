"""Checks a model's files, finds them, and reads those beside its graphs."""

from __future__ import annotations

import hashlib
import json
import mmap
import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from altlens_host.errors import ModelBrokenError, ModelMissingError
from altlens_host.models.catalogue import CALIBRATION, CARD, Model
from altlens_host.worker.prepared_files import CARD as PREPARED_CARD
from altlens_host.worker.prepared_files import FOLDER, prepared_of

CONFIGS = (
    "config.json",
    "generation_config.json",
    "preprocessor_config.json",
    "tokenizer.json",
)
_GRAPHS = "onnx"
_WEIGHTS = "*.safetensors"
_MOST_BYTES = 64 * 1024 * 1024


class Check:
    """Compares a model's files with what its card declares, in threads of its own.

    The rest of a start goes on meanwhile; only who wants to open a file waits for that file.
    """

    def __init__(self, model: Model, known: str = "", *, every: bool = False) -> None:
        """Begin.

        Args:
            model: A model; one whose card declares nothing passes.
            known: What `finish` returned before. If no file was touched since, by its size, its
                time and its inode, none is read again.
            every: Check the hub's graphs too where there are prepared ones: they are what runs
                on another device than the processor.

        Raises:
            ModelMissingError: A file that is declared is not there.
            ModelBrokenError: One that would be used is not declared.
        """
        declared = _declared(model, every)
        self._folder, self._declared = model.path, declared
        self._digests: dict[Path, _Digest] = {}
        self._fingerprint = ""
        if not declared:
            return
        for path in _used(model, every):
            name = path.relative_to(model.path).as_posix()
            if model.files and name not in model.files and name not in declared:
                raise ModelBrokenError(f"{path.name} is not among the files that {CARD} declares.")
        self._fingerprint = _fingerprint(model, declared)
        if self._fingerprint == known:
            return
        self._digests = {path: _Digest(path) for path in (model.path / name for name in declared)}

    def wait_for(self, path: Path) -> None:
        """Wait until a file may be opened, with the weights beside it that have its name.

        Raises:
            ModelBrokenError: It is another file than its card declares.
        """
        for one, digest in self._digests.items():
            if one.with_suffix("") == path.with_suffix(""):
                name = one.relative_to(self._folder).as_posix()
                if digest.result() != self._declared[name]:
                    raise ModelBrokenError(
                        f"{name} is not the file that {_declarer(name)} declares."
                    )

    def finish(self) -> str:
        """Wait for all files.

        Returns:
            What stands for the files as they are now; empty where nothing is declared.

        Raises:
            ModelBrokenError: A file is another.
        """
        for path in self._digests:
            self.wait_for(path)
        return self._fingerprint


class _Digest(threading.Thread):
    """The SHA-256 of a file, as it is made.

    The library's executors would import logging, before anything else can go on beside.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(daemon=True)
        self._path, self._made = path, ""
        self._failed: OSError | None = None
        self.start()

    def run(self) -> None:
        try:
            self._made = digest_of(self._path)
        except OSError as error:
            self._failed = error

    def result(self) -> str:
        self.join()
        if self._failed:
            raise self._failed
        return self._made


def check(model: Model, known: str = "", *, every: bool = False) -> str:
    """See that a model's files are those that its card declares; see `Check`."""
    return Check(model, known, every=every).finish()


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        if not os.fstat(file.fileno()).st_size:  # an empty file cannot be mapped
            return hashlib.sha256().hexdigest()
        # In one piece, for which Python's lock is needed once: between the pieces of a loop it
        # would be waited for while a library is imported.
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            return hashlib.sha256(data).hexdigest()


def _declared(model: Model, every: bool) -> dict[str, str]:
    """Return the digests of the files that the engine will open.

    Prepared graphs are opened in place of those of the hub. A folder without a card declares
    nothing of the files that they were made from, so those are read to see if they are the same.
    """
    # A calibration that is damaged costs no caption, so its reader compares it.
    files = {name: one for name, one in model.files.items() if name != CALIBRATION}
    prepared = prepared_of(model)
    if prepared is None:
        return files
    beside = {name: one for name, one in files.items() if not name.startswith(f"{_GRAPHS}/")}
    if every:
        graphs = {name: one for name, one in files.items() if name not in beside}
        # They may have been taken away when the others were prepared.
        beside |= {name: one for name, one in graphs.items() if (model.path / name).exists()}
    own = {f"{FOLDER}/{name}": digest for name, digest in prepared.files.items()}
    return {**(beside or prepared.sources), **own}


def _declarer(name: str) -> str:
    return PREPARED_CARD if name.startswith(f"{FOLDER}/") else CARD


def real_places(model: Model) -> list[Path]:
    """Return the model's folder, and the files elsewhere that links in it lead to.

    The hub's cache keeps each file under its digest, and links to it from the model's folder.
    """
    return [model.path, *(path.resolve() for path in _used(model, True) if path.is_symlink())]


def _used(model: Model, every: bool) -> Iterator[Path]:
    named = (model.path / name for name in CONFIGS)
    yield from (path for path in named if path.exists())
    yield from model.path.glob(_WEIGHTS)
    folders = [FOLDER] if prepared_of(model) else [_GRAPHS]
    folders += [_GRAPHS] if every and _GRAPHS not in folders else []
    found = (path for folder in folders for path in (model.path / folder).glob("*.*"))
    graphs = (path for path in found if path.is_file())
    yield from (path for path in graphs if path.name != PREPARED_CARD)


def _fingerprint(model: Model, files: Mapping[str, str]) -> str:
    digest = hashlib.sha256()
    for name, declared in sorted(files.items()):
        try:
            state = (model.path / name).stat()
        except OSError:
            raise ModelMissingError(f"{model.path.name} has no {name}.") from None
        told = (name, declared, state.st_size, state.st_mtime_ns, state.st_ino)
        digest.update(repr(told).encode())
    return digest.hexdigest()


def first_file(folder: Path, names: Sequence[str]) -> Path:
    """Return the first of these files that is there.

    Args:
        folder: The model's folder.
        names: Paths within it, best first.

    Raises:
        ModelMissingError: None of them is there.
    """
    for name in names:
        if (folder / name).is_file():
            return folder / name
    raise ModelMissingError(f"{folder.name} has no {' or '.join(names)}.")


def read_config(path: Path) -> dict[str, Any]:
    """Read a JSON object.

    Raises:
        ModelMissingError: The file is not there.
        ModelBrokenError: It cannot be read, or holds something else.
    """
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise ModelBrokenError(f"{path.name} is larger than {_MOST_BYTES} bytes.")
        value = json.loads(path.read_bytes())
    except FileNotFoundError:
        raise ModelMissingError(f"{path.parent.name} has no {path.name}.") from None
    except (OSError, ValueError, RecursionError) as error:
        raise ModelBrokenError(f"{path.name} cannot be read: {type(error).__name__}.") from None
    if not isinstance(value, dict):
        raise ModelBrokenError(f"{path.name} holds no JSON object.")
    return value
