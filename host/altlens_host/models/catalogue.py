"""Finds a model by its name or its folder."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from altlens_host.errors import ModelBrokenError, ModelMissingError
from altlens_host.models import known, store

EMBEDDED = Path(__file__).parent / "embedded"
"""The models that ship with altlens, one folder each, named like the model."""

CARD = "altlens.json"
"""The file beside a model that says what it is: id, revision, licence and its files' digests.

For one that was installed it is the lock file: what stands there was seen at the installation,
and is what the files are compared with from then on."""

CALIBRATION = "calibration.json"
"""The file of a model that says how likely its captions are right; it may have none."""

AUTO = "auto"
"""Stands for the best model that is installed."""


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


def find(name: str, roots: Sequence[Path] | None = None) -> Model:
    """Find a model.

    Args:
        name: "auto" for the best that is installed; the name of an embedded or an installed
            model, or its id on the hub, each with `@` and a revision if another than the one in
            use is meant; or the path of a folder in the hub layout.
        roots: The folders of installed models; None for those of `store.folders`.

    Raises:
        ModelMissingError: There is no such model.
        ModelBrokenError: Its card cannot be read.
    """
    if name == AUTO:
        best = installed(known.DEFAULT, roots)
        return _describe(best or EMBEDDED / known.SHIPPED)
    if name in embedded_names():
        return _describe(EMBEDDED / name)
    path = installed(name, roots) or Path(name).expanduser()
    if (path / "config.json").is_file():
        return _describe(path)
    if name.partition("@")[0] in known.ENTRIES:
        missing = ModelMissingError(f"The model {name} is not installed.")
        missing.hint = f"Run: altlens model install {name}"  # type: ignore[misc]  # this one's
        raise missing
    raise ModelMissingError(
        f"No model {name!r}: none of that name is installed, nor is there a folder of that name "
        "with a config.json."
    )


def installed(name: str, roots: Sequence[Path] | None = None) -> Path | None:
    """Return the folder of an installed model; None if there is none of that name.

    Args:
        name: Its id, with `@` and a revision if another than the one in use is meant.
        roots: The folders of installed models; None for those of `store.folders`.
    """
    wanted, _, revision = name.partition("@")
    if not store.ID.fullmatch(wanted):
        return None
    for root in store.folders() if roots is None else roots:
        home = store.home_of(root, wanted)
        found = store.revision(home, revision) if revision else store.current(home)
        if found:
            return found
    return None


def fetchable(name: str) -> bool:
    """Say whether a model could be had by its name: from the catalogue, or as `owner/name`."""
    bare = name.partition("@")[0]
    return bare in known.ENTRIES or ("/" in bare and bool(store.ID.fullmatch(bare)))


def embedded_names() -> list[str]:
    """Return the names of the models that ship with altlens."""
    return sorted(card.parent.name for card in EMBEDDED.glob(f"*/{CARD}"))


def available(roots: Sequence[Path] | None = None) -> list[Model]:
    """Return the models that can be used: those that ship with altlens, and the installed ones.

    Of each, the revision in use; one whose card cannot be read is left out.

    Args:
        roots: The folders of installed models; None for those of `store.folders`.
    """
    found = {name: _describe(EMBEDDED / name) for name in embedded_names()}
    for home in store.homes(store.folders() if roots is None else roots):
        path = store.current(home)
        try:
            one = _describe(path) if path else None
        except ModelBrokenError:
            continue
        if one and one.id not in found:
            found[one.id] = one
    return list(found.values())


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
