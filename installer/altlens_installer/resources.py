"""Finds what ships beside the code: in the wheel as package data, in a checkout in its folder."""

from __future__ import annotations

from pathlib import Path

from altlens_installer.errors import ResourceMissingError

_HERE = Path(__file__).resolve().parent


def folder(name: str, package: Path = _HERE) -> Path:
    """Return the folder of the manifests or of the extension.

    Args:
        name: "manifests" or "extension".
        package: The folder of the installed package.

    Raises:
        ResourceMissingError: It is in neither place.
    """
    places = (package / "_data" / name, package.parent.parent / name)
    for place in places:
        if place.is_dir():
            return place
    raise ResourceMissingError(f"The folder {name!r} is not part of this installation.")
