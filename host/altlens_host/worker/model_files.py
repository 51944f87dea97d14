"""Checks a model's files, finds them, and reads those beside its graphs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from altlens_host.errors import ModelBrokenError, ModelMissingError
from altlens_host.models.catalogue import CARD, Model

_CONFIGS = (
    "config.json",
    "generation_config.json",
    "preprocessor_config.json",
    "tokenizer.json",
)
_GRAPHS = "onnx"
_WEIGHTS = "*.safetensors"
_MOST_BYTES = 64 * 1024 * 1024


def check(model: Model, known: str = "") -> str:
    """See that a model's files are those that its card declares, before any is opened.

    Args:
        model: A model; one whose card declares nothing passes.
        known: What this function returned before. If no file was touched since, by its size, its
            time and its inode, none is read again.

    Returns:
        What stands for the files as they are now; empty where nothing is declared.

    Raises:
        ModelMissingError: A file that is declared is not there.
        ModelBrokenError: A file is another, or one that would be used is not declared.
    """
    if not model.files:
        return ""
    for path in _used(model):
        if path.relative_to(model.path).as_posix() not in model.files:
            raise ModelBrokenError(f"{path.name} is not among the files that {CARD} declares.")
    now = _fingerprint(model)
    if now != known:
        for name, declared in model.files.items():
            with (model.path / name).open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            if digest != declared:
                raise ModelBrokenError(f"{name} is not the file that {CARD} declares.")
    return now


def real_places(model: Model) -> list[Path]:
    """Return the model's folder, and the files elsewhere that links in it lead to.

    The hub's cache keeps each file under its digest, and links to it from the model's folder.
    """
    return [model.path, *(path.resolve() for path in _used(model) if path.is_symlink())]


def _used(model: Model) -> Iterator[Path]:
    named = (model.path / name for name in _CONFIGS)
    yield from (path for path in named if path.exists())
    yield from model.path.glob(_WEIGHTS)
    yield from (path for path in (model.path / _GRAPHS).glob("*") if path.is_file())


def _fingerprint(model: Model) -> str:
    digest = hashlib.sha256()
    for name, declared in sorted(model.files.items()):
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
