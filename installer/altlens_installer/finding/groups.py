"""The profiles that Firefox's newer profile manager has made.

profiles.ini names one profile of each group, the one that was used last; all of them stand in a
database (browser/components/profiles in Mozilla's source).
"""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

from altlens_installer.finding import disk

_ID = re.compile(r"[0-9A-Za-z-]+")


def members(root: Path, store: str) -> list[tuple[str, str]]:
    """Return the names of a group's profiles, and their folders below that of profiles.ini.

    A database that cannot be read counts as an empty one. It is opened in a way that writes
    nothing, not even a lock: Firefox may be using it.

    Args:
        root: The folder of profiles.ini.
        store: What StoreID= says there; empty for no group.
    """
    path = root / "Profile Groups" / f"{store}.sqlite"
    if not _ID.fullmatch(store) or not disk.is_file(path):
        return []
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?immutable=1", uri=True)) as database:
            rows = database.execute("SELECT name, path FROM Profiles ORDER BY id").fetchall()
    except (sqlite3.Error, ValueError):
        return []
    return [(str(name), str(folder).replace("\\", "/")) for name, folder in rows]
