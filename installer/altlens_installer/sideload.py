"""What Firefox itself wrote down: whether it has seen altlens, and its own preferences.

The files are Firefox's own: they are only read, and a file that cannot be understood says nothing.
"""

from __future__ import annotations

import json
import zipfile
from contextlib import suppress
from pathlib import Path

from altlens_installer import files, preferences
from altlens_installer.archives import UNREADABLE
from altlens_installer.finding.profiles import opened_by
from altlens_installer.manifest import EXTENSION_ID

_DEFAULTS = {"extensions.autoDisableScopes": "15", "extensions.startupScanScopes": "0"}
"""Mozilla's own values (browser/app/profile/firefox.js); Debian's Firefox has others."""


def seen(profile: Path, extension: Path, version: str) -> bool:
    """Say whether Firefox has started the extension since it was put into a profile.

    Args:
        profile: The profile's folder.
        extension: The extension's file in it.
        version: The version of that file.
    """
    listed = profile / "extensions.json"
    with suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
        if listed.stat().st_mtime < extension.stat().st_mtime:
            return False
        return any(
            one["id"] == EXTENSION_ID and one["active"] and one["version"] == version
            for one in json.loads(listed.read_text(encoding="utf-8"))["addons"]
        )
    return False


def defaults(profile: Path) -> dict[str, str]:
    """Return the sideload preferences' values where nobody has changed them.

    Args:
        profile: The folder of a profile; what counts is the Firefox that last opened it.
    """
    found = dict(_DEFAULTS)
    folder = opened_by(profile)
    if not folder:
        return found
    program = Path(folder)
    with (
        suppress(*UNREADABLE, KeyError),
        zipfile.ZipFile(program / "browser" / "omni.ja") as packed,
    ):
        for name in sorted(packed.namelist()):
            if name.startswith("defaults/preferences/") and name.endswith(".js"):
                found |= preferences.sideloading(packed.read(name))
    for folder in ("defaults/pref", "browser/defaults/preferences"):
        for path in sorted((program / folder).glob("*.js")):
            found |= preferences.sideloading(files.read(path) or b"")
    return found
