"""Which model is used: the field `model` of the user's settings.json."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from altlens_host.errors import AltlensError
from altlens_host.models import catalogue, known, store
from altlens_host.settings import Settings, settings_file
from altlens_host.settings_file import with_file
from altlens_installer import files
from altlens_installer.errors import SettingsUnusableError


def chosen(path: Path | None = None) -> str:
    """Return the model that the user's settings name; "auto" where they name none."""
    return with_file(Settings(), path or settings_file()).model


def in_use() -> str:
    """Return the id of the model that captions, or what is chosen if there is no such model."""
    name = chosen()
    try:
        return catalogue.find(name).id
    except AltlensError:
        return name


def require_usable(path: Path) -> None:
    """See that a model can be chosen in a file of settings.

    Raises:
        SettingsUnusableError: The file cannot be read as settings.
        NotWritableError: It cannot be read at all.
    """
    _read(path)


def choose(name: str, path: Path | None = None) -> bool:
    """Have the host use a model from its next start on.

    What else stands in the file of settings stays there.

    Args:
        name: "auto", a model's name, or the absolute path of its folder.
        path: The file of settings; None for the user's.

    Returns:
        Whether that is another than before.

    Raises:
        SettingsUnusableError: The file cannot be read as settings.
        NotWritableError: The system refuses.
    """
    place = path or settings_file()
    said = _read(place)
    if said.get("model", catalogue.AUTO) == name:
        return False
    if name == catalogue.AUTO:
        del said["model"]
    else:
        said["model"] = name
    files.write(place, (json.dumps(said, indent=2) + "\n").encode())
    return True


def forget_installed(path: Path | None = None) -> None:
    """Choose "auto" if the settings name a model that had to be installed."""
    now = chosen(path)
    if now not in {catalogue.AUTO, *catalogue.embedded_names()} and store.ID.fullmatch(
        now.partition("@")[0]
    ):
        choose(catalogue.AUTO, path)


def named(name: str) -> str:
    """Return how settings and commands call a model: a folder by its absolute path.

    Args:
        name: "auto", a model's name, or a folder.
    """
    plainly = name == catalogue.AUTO or name.partition("@")[0] in known.ENTRIES
    if plainly or catalogue.installed(name):
        return name
    folder = Path(name).expanduser()
    return str(folder.resolve()) if folder.is_dir() else name


def _read(place: Path) -> dict[str, Any]:
    try:
        said = json.loads(files.read(place) or b"{}")
    except ValueError:
        said = None
    if not isinstance(said, dict):
        raise SettingsUnusableError(f"{place} holds no JSON object.")
    return said
