"""Checks a model's files, finds them, and reads those beside its graphs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from altlens_host.errors import ModelBrokenError, ModelMissingError
from altlens_host.models.catalogue import CARD, Model
from altlens_host.worker.prepared_files import CARD as PREPARED_CARD
from altlens_host.worker.prepared_files import FOLDER, prepared_of

_CONFIGS = (
    "config.json",
    "generation_config.json",
    "preprocessor_config.json",
    "tokenizer.json",
)
_GRAPHS = "onnx"
_WEIGHTS = "*.safetensors"
_MOST_BYTES = 64 * 1024 * 1024


def check(model: Model, known: str = "", *, every: bool = False) -> str:
    """See that a model's files are those that its card declares, before any is opened.

    Args:
        model: A model; one whose card declares nothing passes.
        known: What this function returned before. If no file was touched since, by its size, its
            time and its inode, none is read again.
        every: Check the hub's graphs too where there are prepared ones: they are what runs on
            another device than the processor.

    Returns:
        What stands for the files as they are now; empty where nothing is declared.

    Raises:
        ModelMissingError: A file that is declared is not there.
        ModelBrokenError: A file is another, or one that would be used is not declared.
    """
    declared = _declared(model, every)
    if not declared:
        return ""
    for path in _used(model, every):
        name = path.relative_to(model.path).as_posix()
        if model.files and name not in model.files and name not in declared:
            raise ModelBrokenError(f"{path.name} is not among the files that {CARD} declares.")
    now = _fingerprint(model, declared)
    if now != known:
        # Two at a time: the two graphs' weights are nearly all there is to read.
        with ThreadPoolExecutor(2) as readers:
            digests = readers.map(digest_of, (model.path / name for name in declared))
        for (name, digest), found in zip(declared.items(), digests, strict=True):
            if found != digest:
                raise ModelBrokenError(f"{name} is not the file that {_declarer(name)} declares.")
    return now


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _declared(model: Model, every: bool) -> dict[str, str]:
    """Return the digests of the files that the engine will open.

    Prepared graphs are opened in place of those of the hub. A folder without a card declares
    nothing of the files that they were made from, so those are read to see if they are the same.
    """
    prepared = prepared_of(model)
    if prepared is None:
        return dict(model.files)
    beside = {name: one for name, one in model.files.items() if not name.startswith(f"{_GRAPHS}/")}
    if every:
        graphs = {name: one for name, one in model.files.items() if name not in beside}
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
    named = (model.path / name for name in _CONFIGS)
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
