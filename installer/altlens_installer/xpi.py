"""Packs the extension: the same files give the same bytes, wherever and whenever."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from altlens_installer.errors import ResourceMissingError

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
