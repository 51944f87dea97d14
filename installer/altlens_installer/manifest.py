"""The native manifest: what tells Firefox which program answers to "altlens".

MDN, "Native manifests", lists its fields.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from altlens_installer.errors import ResourceMissingError

NAME = "altlens"
EXTENSION_ID = "altlens@altlens"


def render(templates: Path, launcher: Path) -> bytes:
    """Return the manifest for a launcher.

    Args:
        templates: The folder that holds altlens.json.
        launcher: The absolute path of what Firefox shall start.

    Raises:
        ResourceMissingError: There is no template.
    """
    try:
        manifest = json.loads((templates / "altlens.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise ResourceMissingError(f"{templates} holds no usable altlens.json.") from None
    manifest["path"] = str(launcher)
    return (json.dumps(manifest, indent=2, ensure_ascii=False) + "\n").encode()


def faults(data: bytes) -> list[str]:
    """Return what would keep Firefox from starting the host with this manifest."""
    try:
        manifest: Any = json.loads(data.decode("utf-8"))
    except ValueError as error:
        return [f"it is not JSON: {error}"]
    if not isinstance(manifest, dict):
        return ["it is no JSON object"]
    found = []
    if manifest.get("name") != NAME:
        found.append(f"its name is {manifest.get('name')!r}, not {NAME!r}")
    if manifest.get("type") != "stdio":
        found.append(f"its type is {manifest.get('type')!r}, not 'stdio'")
    allowed = manifest.get("allowed_extensions")
    if not isinstance(allowed, list) or EXTENSION_ID not in allowed:
        found.append(f"it does not allow the extension {EXTENSION_ID!r}")
    path = manifest.get("path")
    if not isinstance(path, str) or not Path(path).is_absolute():
        found.append("its path is not absolute")
    elif not Path(path).is_file():
        found.append(f"its path, {path}, is no file")
    elif not os.access(path, os.X_OK):
        found.append(f"its path, {path}, is not executable")
    return found
