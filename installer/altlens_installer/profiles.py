"""Finds a Firefox profile by its name or its folder."""

from __future__ import annotations

import configparser
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from altlens_installer.errors import ProfileNotFoundError, ProfileUnclearError

_SIGNS = ("prefs.js", "times.json", "compatibility.ini", "user.js", "extensions")
"""Any of these shows that a folder is a profile; a profile not used yet is empty."""


@dataclass(frozen=True, slots=True)
class Profile:
    """A Firefox profile.

    Attributes:
        name: What about:profiles calls it; empty if only its folder is known.
        path: Its folder, absolute.
        used: Whether it is the one that an installation of Firefox starts with.
    """

    name: str
    path: Path
    used: bool = False


def known(roots: Iterable[Path]) -> list[Profile]:
    """Return the profiles that the profiles.ini files in these folders name.

    A file that cannot be parsed counts as empty: Firefox makes a new one then, too.
    """
    return [profile for root in roots for profile in _read(root)]


def find(wanted: str, roots: Iterable[Path]) -> Profile:
    """Find a profile.

    Args:
        wanted: Its name in profiles.ini, or its folder.
        roots: The folders that may hold a profiles.ini.

    Raises:
        ProfileNotFoundError: There is none, or the folder is no profile.
        ProfileUnclearError: Several have that name.
    """
    listed = known(roots)
    named = {profile.path: profile for profile in listed if profile.name == wanted}
    if len(named) > 1:
        folders = ", ".join(str(path) for path in named)
        raise ProfileUnclearError(f"{len(named)} profiles are called {wanted!r}: {folders}.")
    if named:
        return _checked(next(iter(named.values())))
    folder = Path(wanted).expanduser()
    if not folder.is_dir():
        raise ProfileNotFoundError(f"No profile is called {wanted!r}. {_names(listed)}")
    folder = folder.resolve()
    same = (profile for profile in listed if profile.path == folder)
    return _checked(next(same, Profile("", folder)))


def _checked(profile: Profile) -> Profile:
    path = profile.path
    if not path.is_dir():
        raise ProfileNotFoundError(f"The folder of {profile.name!r}, {path}, is not there.")
    if not any((path / sign).exists() for sign in _SIGNS) and any(path.iterdir()):
        raise ProfileNotFoundError(f"{path} does not look like a Firefox profile.")
    return profile


def _names(listed: list[Profile]) -> str:
    if not listed:
        return "No profiles.ini was found; start Firefox once."
    names = (f"{one.name} (Firefox starts with it)" if one.used else one.name for one in listed)
    return f"There are: {', '.join(names)}."


def _read(root: Path) -> list[Profile]:
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string((root / "profiles.ini").read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, configparser.Error):
        return []
    # Default=1 in a [Profile…] section is what Firefox before 67 used: it marks a profile that
    # today's Firefox may never open. What counts is Default= in [Install<hash>].
    started = {
        parser[section].get("Default")
        for section in parser.sections()
        if section.startswith("Install")
    }
    found = []
    for section in parser.sections():
        entry = parser[section]
        path = entry.get("Path")
        if section.startswith("Profile") and path:
            used = path in started if started else entry.get("Default") == "1"
            # Where IsRelative is 0, the path is absolute, and joining leaves it alone.
            found.append(Profile(entry.get("Name", ""), (root / path).resolve(), used))
    return found
