"""altlens cache: looks at what is remembered on the disk, and clears it.

It has no key, and can have none: the key is in the Firefox profile. So it counts, examines the
structure and removes; what the entries say, only the extension can have verified.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import IO

from altlens_host import folders
from altlens_host.cache import inspection
from altlens_host.cache.inspection import Found
from altlens_installer.errors import NotWritableError
from altlens_installer.terminal import say, table


def stats(as_json: bool, out: IO[str]) -> int:
    """Print how much is kept.

    Args:
        as_json: Print a JSON list.
        out: Where to.

    Returns:
        0.

    Raises:
        NotWritableError: The folder cannot be read.
    """
    files = _files()
    if as_json:
        rows = [one._asdict() | {"path": str(one.path)} for one in files]
        say(json.dumps(rows, indent=2), out)
    elif not files:
        say(f"Nothing is remembered in {folders.cache()}.", out)
    else:
        lines = [(one.path.name, _entries(one), f"{one.size / 1e6:.1f} MB") for one in files]
        table(("file, one for each Firefox profile", "answers", "size"), lines, out)
        say(f"They are in {folders.cache()}.", out)
    return 0


def clear(out: IO[str]) -> int:
    """Remove every answer, of all profiles.

    A host that runs keeps what it has in memory until Firefox ends.

    Args:
        out: Where the report goes.

    Returns:
        0.

    Raises:
        CacheLockedError: Another program holds a file.
        NotWritableError: A file cannot be removed.
    """
    files = _files()
    for one in files:
        try:
            inspection.clear(one)
        except OSError as error:
            raise NotWritableError(f"{one.path}: {error.strerror}.") from None
    removed = sum(one.entries or 0 for one in files)
    say(f"Removed {removed} answers from {len(files)} files.", out)
    return 0


def verify(as_json: bool, out: IO[str]) -> int:
    """Examine the structure of each file.

    Args:
        as_json: Print a JSON list.
        out: Where the report goes.

    Returns:
        0 if all are sound, 1 if one is not.

    Raises:
        NotWritableError: The folder cannot be read.
    """
    found = {one: inspection.faults(one.path) for one in _files() if not one.aside}
    if as_json:
        rows = [{"path": str(one.path), "faults": faults} for one, faults in found.items()]
        say(json.dumps(rows, indent=2), out)
    else:
        for one, faults in found.items():
            say(f"{one.path.name}: {' '.join(faults) or f'{_entries(one)} answers, sound.'}", out)
        say("Whether each answer opens, only the extension can have examined: it has the key.", out)
    return 1 if any(found.values()) else 0


def _files() -> list[Found]:
    folder: Path = folders.cache()
    try:
        return inspection.every(folder)
    except OSError as error:
        raise NotWritableError(f"{folder}: {error.strerror}.") from None


def _entries(found: Found) -> str:
    if found.aside:
        return "set aside as damaged"
    return "unreadable" if found.entries is None else str(found.entries)
