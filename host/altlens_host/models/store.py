"""Where installed models lie: `FOLDER/ID/REVISION/`, in the user's folder or the machine's.

Only `altlens model` writes there. A folder of a model has its name from the moment when it is
whole; what is being made, replaced or removed has a name with a dot and an ending, which is no
revision.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from altlens_host.settings import data_folder, system_data_folders

CURRENT = "current"
"""The file beside the revisions of a model that names the one that is used."""

PARTIAL = ".partial"
"""Ends the name of a revision that is being downloaded or made."""

REPLACED = ".replaced"
"""Ends the name of a revision whose place another copy of it is about to take."""

REMOVED = ".removed"
"""Ends the name of a revision that is being removed."""

ID = re.compile(r"[A-Za-z0-9][\w.-]*(/[A-Za-z0-9][\w.-]*)?", re.ASCII)
"""A name in the catalogue, or `owner/name` as on the hub."""

REVISION = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*", re.ASCII)
"""A revision, as a folder is named: no dot is in it."""


def folders(environ: Mapping[str, str] | None = None) -> tuple[Path, ...]:
    """Return the folders of models: the user's, then those for all users, which are only read."""
    places = (data_folder(environ), *system_data_folders(environ))
    return tuple(one / "models" for one in places)


def home_of(folder: Path, name: str) -> Path:
    """Return the folder that holds the revisions of a model.

    Args:
        folder: One of `folders`.
        name: The model's id. `owner/name` becomes `owner--name`, as in the hub's own cache.
    """
    return folder / name.replace("/", "--")


def revisions(home: Path) -> list[Path]:
    """Return the folders of a model's revisions, the newest last.

    Args:
        home: As `home_of` returns it; it need not exist.
    """
    with suppress(OSError):
        found = [one for one in home.iterdir() if REVISION.fullmatch(one.name) and _whole(one)]
        return sorted(found, key=lambda one: ((one / "config.json").stat().st_mtime_ns, one.name))
    return []


def current(home: Path) -> Path | None:
    """Return the folder of the revision of a model that is used; None if there is none.

    Args:
        home: As `home_of` returns it; it need not exist.
    """
    with suppress(OSError, ValueError):
        named = (home / CURRENT).read_text(encoding="ascii").strip()
        if REVISION.fullmatch(named):
            # The second stands in while another copy of the first is put in its place.
            for place in (home / named, home / f"{named}{REPLACED}"):
                if _whole(place):
                    return place
    return next(iter(revisions(home)[-1:]), None)


def revision(home: Path, wanted: str) -> Path | None:
    """Return the folder of one revision of a model, by the beginning of its name.

    Args:
        home: As `home_of` returns it; it need not exist.
        wanted: At least seven characters, unless it is the whole name.
    """
    found = revisions(home)
    exact = [one for one in found if one.name == wanted]
    begun = [one for one in found if len(wanted) >= 7 and one.name.startswith(wanted)]
    return next(iter(exact or (begun if len(begun) == 1 else [])), None)


def homes(roots: Sequence[Path]) -> list[Path]:
    """Return the folders that hold the revisions of each model, in the order of the roots."""
    found: list[Path] = []
    for root in roots:
        with suppress(OSError):
            found += sorted(one for one in root.iterdir() if ID.fullmatch(one.name))
    return found


def _whole(folder: Path) -> bool:
    return (folder / "config.json").is_file()
