"""The profiles that profiles.ini names, and which of them a browser starts with."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PureWindowsPath

from altlens_installer import files
from altlens_installer.errors import (
    NotWritableError,
    ProfileListBrokenError,
    ProfileNotFoundError,
    ProfileUnclearError,
)
from altlens_installer.finding import disk, groups, ini
from altlens_installer.finding.ini import Ini

_SIGNS = ("prefs.js", "times.json", "compatibility.ini", "user.js", "extensions")
"""Any of these shows that a folder is a profile; a profile not used yet is empty."""

_PROFILE = re.compile(r"Profile\d+")
_INSTALL = re.compile(r"Install([0-9A-F]+)")

At = Callable[[str], Path]
"""Says where an absolute path of the machine is to be read (`Machine.at`)."""


@dataclass(frozen=True, slots=True)
class Profile:
    """A profile of a browser.

    Attributes:
        name: What about:profiles calls it; empty if only its folder is known.
        path: Its folder, absolute.
        used: Whether it is the one that an installation of the browser starts with.
        lists: The folder of the profiles.ini that names it; None if none does.
        opened_by: The folder of the browser that last opened it, in the machine's own notation;
            empty if none has yet.
    """

    name: str
    path: Path
    used: bool = False
    lists: Path | None = field(default=None, compare=False)
    opened_by: str = field(default="", compare=False)


def known(roots: Iterable[Path], at: At = Path) -> list[Profile]:
    """Return the profiles that the profiles.ini files in these folders name.

    What cannot be understood is passed over; `broken` tells of it.
    """
    found: dict[Path, Profile] = {}
    for root in roots:
        for profile in _listed(root, at):
            found.setdefault(profile.path, profile)
    return list(found.values())


def broken(roots: Iterable[Path], at: At = Path) -> list[ProfileListBrokenError]:
    """Return what could not be understood in those files."""
    return [
        ProfileListBrokenError(f"{root / name}: {fault}.")
        for root in roots
        for name, fault in _faults(root, at)
    ]


def find(wanted: str, roots: Iterable[Path], at: At = Path) -> Profile:
    """Find a profile.

    Args:
        wanted: Its name in profiles.ini, or its folder.
        roots: The folders that may hold a profiles.ini.
        at: Says where a path in it is to be read.

    Raises:
        ProfileNotFoundError: There is none, or the folder is no profile.
        ProfileUnclearError: Several have that name.
        ProfileListBrokenError: There is none among those that could be read, and not all could.
        NotWritableError: Its folder cannot be read.
    """
    roots = list(roots)
    listed = known(roots, at)
    named = [profile for profile in listed if profile.name == wanted]
    if len(named) > 1:
        folders = ", ".join(str(profile.path) for profile in named)
        raise ProfileUnclearError(f"{len(named)} profiles are called {wanted!r}: {folders}.")
    if named:
        return _checked(named[0])
    folder = Path(wanted).expanduser()
    if not wanted or not disk.is_dir(folder):
        detail = f"No profile is called {wanted!r}."
        faults = broken(roots, at)
        if faults:
            raise ProfileListBrokenError(f"{detail} {' '.join(one.detail for one in faults)}")
        raise ProfileNotFoundError(f"{detail} {_names(listed)}")
    folder = folder.resolve()
    same = (profile for profile in listed if profile.path == folder)
    return _checked(next(same, Profile("", folder, opened_by=opened_by(folder))))


def opened_by(profile: Path) -> str:
    """Return the folder of the browser that last opened a profile, by its compatibility.ini."""
    read = _read(profile / "compatibility.ini")
    return read.get("Compatibility", "LastPlatformDir") if read else ""


def _checked(profile: Profile) -> Profile:
    path = profile.path
    try:
        held = {one.name for one in path.iterdir()}
    except (FileNotFoundError, NotADirectoryError):
        detail = f"The folder of {profile.name!r}, {path}, is not there."
        raise ProfileNotFoundError(detail) from None
    except OSError as error:
        raise NotWritableError(f"{path}: {error.strerror}.") from None
    if held and held.isdisjoint(_SIGNS):
        raise ProfileNotFoundError(f"{path} does not look like a profile of Firefox.")
    return profile


def _names(listed: list[Profile]) -> str:
    if not listed:
        return "No profiles.ini was found; start Firefox once."
    names = (f"{one.name} (Firefox starts with it)" if one.used else one.name for one in listed)
    return f"There are: {', '.join(names)}."


def _read(path: Path) -> Ini | None:
    try:
        data = files.read(path)
    except NotWritableError:
        return None
    return None if data is None else ini.parse(data)


def _started(root: Path, listing: Ini) -> set[str]:
    """Return the folders, as they are written there, that installations start with.

    Default=1 in a [Profile…] section is what Firefox before 67 used; it marks a profile that
    today's Firefox may never open. What counts is Default= in [Install<hash>]. installs.ini is
    Firefox's own copy of these, from which it brings back what an older Firefox has lost.
    """
    copy = _read(root / "installs.ini") or Ini({})
    found = {name: keys.get("Default", "") for name, keys in copy.sections.items()}
    for name, keys in listing.sections.items():
        match = _INSTALL.fullmatch(name)
        if match:
            found[match[1]] = keys.get("Default", "")
    return {path for path in found.values() if path}


def _listed(root: Path, at: At) -> Iterator[Profile]:
    listing = _read(root / "profiles.ini")
    if listing is None:
        return
    started = _started(root, listing)
    for section, entry in listing.sections.items():
        path = _folder(root, entry.get("Path", ""), entry.get("IsRelative", ""), at)
        if not _PROFILE.fullmatch(section) or path is None:
            continue
        used = entry.get("Path") in started if started else entry.get("Default") == "1"
        yield Profile(entry.get("Name", ""), path, used, root, opened_by(path))
        for name, folder in groups.members(root, entry.get("StoreID", "")):
            other = _folder(root, folder, "", at)
            if other is not None and other != path:
                yield Profile(name, other, False, root, opened_by(other))


def _folder(root: Path, path: str, relative: str, at: At) -> Path | None:
    """Return a profile's folder; None if it is not written in a way that we understand."""
    if not path or relative not in {"", "0", "1"}:
        return None
    absolute = path.startswith("/") or PureWindowsPath(path).is_absolute()
    if relative == "0" and not absolute:
        return None
    found = at(path) if absolute else root / path
    try:
        return found.resolve()
    except (OSError, RuntimeError):  # links that lead in a circle
        return None


def _faults(root: Path, at: At) -> Iterator[tuple[str, str]]:
    for name in ("profiles.ini", "installs.ini"):
        try:
            data = files.read(root / name)
        except NotWritableError as error:
            yield name, error.detail.rstrip(".")
            continue
        listing = ini.parse(data or b"")
        for fault in listing.faults:
            yield name, fault
        for section, entry in listing.sections.items():
            path, relative = entry.get("Path", ""), entry.get("IsRelative", "")
            if _PROFILE.fullmatch(section) and _folder(root, path, relative, at) is None:
                yield name, f"[{section}] does not say where its folder is"
