"""Finds a model by its name or its folder."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from altlens_host.errors import ModelBrokenError, ModelMissingError

EMBEDDED = Path(__file__).parent / "embedded"
"""The models that ship with altlens, one folder each, named like the model."""

CARD = "altlens.json"
"""The file beside a model that says what it is: id, revision, licence and its files' digests."""


class Model(NamedTuple):
    """A model on this machine, in the hub layout.

    Attributes:
        id: Its name.
        revision: Which revision of it; "local" where its folder does not say.
        licence: An SPDX expression; "unknown" where its folder does not say.
        path: Its folder.
        files: The SHA-256 of each of its files, in hexadecimal, by the path within the folder;
            empty where its folder does not say.
    """

    id: str
    revision: str
    licence: str
    path: Path
    files: Mapping[str, str] = {}


def find(name: str) -> Model:
    """Find a model.

    Args:
        name: The name of an embedded model, or the path of a folder in the hub layout.

    Raises:
        ModelMissingError: There is no such model.
        ModelBrokenError: Its card cannot be read.
    """
    embedded = EMBEDDED / name
    path = embedded if name in embedded_names() else Path(name).expanduser()
    if not (path / "config.json").is_file():
        raise ModelMissingError(f"No model {name!r}: no folder of that name with a config.json.")
    return _describe(path)


def embedded_names() -> list[str]:
    """Return the names of the models that ship with altlens."""
    return sorted(card.parent.name for card in EMBEDDED.glob(f"*/{CARD}"))


def available() -> list[Model]:
    """Return the models that ship with altlens."""
    return [_describe(EMBEDDED / name) for name in embedded_names()]


def _describe(path: Path) -> Model:
    card = path / CARD
    if not card.is_file():
        return Model(path.name, "local", "unknown", path)
    try:
        said = json.loads(card.read_text(encoding="utf-8"))
        files = {name: str(file["sha256"]) for name, file in said.get("files", {}).items()}
        return Model(str(said["id"]), str(said["revision"]), str(said["licence"]), path, files)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelBrokenError(f"{CARD} of {path.name} is damaged: {error}.") from None
