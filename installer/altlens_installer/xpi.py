"""Packs the extension: the same files give the same bytes, wherever and whenever."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

from altlens_installer.archives import UNREADABLE
from altlens_installer.errors import ExtensionUnusableError, ResourceMissingError
from altlens_installer.manifest import EXTENSION_ID

_TIME = (1980, 1, 1, 0, 0, 0)
"""The earliest that ZIP can say (APPNOTE.TXT, section 4.4.6)."""


def names(extension: Path) -> list[str]:
    """Return the files that belong into the XPI, sorted, with forward slashes."""
    files = (path for path in extension.rglob("*") if path.is_file())
    return sorted(path.relative_to(extension).as_posix() for path in files)


def build(extension: Path) -> bytes:
    """Pack an extension.

    Nothing is compressed: the result of compression depends on the version of zlib, and the
    extension is small.

    Args:
        extension: The folder with manifest.json, and nothing but what ships.

    Raises:
        ResourceMissingError: There is no manifest.json.
    """
    if not (extension / "manifest.json").is_file():
        raise ResourceMissingError(f"{extension} holds no manifest.json.")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for name in names(extension):
            entry = zipfile.ZipInfo(name, _TIME)
            entry.create_system = 3  # Unix, so that the permissions below are understood
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, (extension / name).read_bytes())
    return packed.getvalue()


def version(packed: bytes) -> str:
    """Return the version that an XPI says it is; empty if it does not say."""
    return str(_manifest(packed).get("version", ""))


def signed(path: Path) -> bytes:
    """Read a signed XPI of altlens.

    Only Firefox can check the signature; here it only has to be there.

    Raises:
        ExtensionUnusableError: It is none.
    """
    try:
        packed = path.read_bytes()
    except OSError as error:
        raise ExtensionUnusableError(f"{path}: {error.strerror}.") from None
    told = _manifest(packed)
    gecko = told.get("browser_specific_settings", {}).get("gecko", {})
    if gecko.get("id") != EXTENSION_ID:
        raise ExtensionUnusableError(f"{path} is not the extension {EXTENSION_ID}.")
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        if not {"META-INF/mozilla.rsa", "META-INF/cose.sig"} & set(archive.namelist()):
            raise ExtensionUnusableError(f"{path} has no signature.")
    return packed


def _manifest(packed: bytes) -> dict[str, Any]:
    try:
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            told = json.loads(archive.read("manifest.json"))
    except (*UNREADABLE, KeyError):
        return {}
    return told if isinstance(told, dict) else {}
