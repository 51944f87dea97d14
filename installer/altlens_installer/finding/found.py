"""All that was found on a machine: browsers, profiles, and which belongs to which."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from altlens_installer.errors import (
    BrowserNotFoundError,
    BrowserRefusedError,
    ProfileListBrokenError,
)
from altlens_installer.finding import browsers, disk, profiles
from altlens_installer.finding.browser import Browser
from altlens_installer.finding.machine import Machine
from altlens_installer.finding.profiles import Profile


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found.

    Attributes:
        machine: Where.
        browsers: The browsers.
        profiles: Their profiles, without those of browsers that are refused.
        faults: What could not be understood in the files that list profiles.
    """

    machine: Machine
    browsers: tuple[Browser, ...]
    profiles: tuple[Profile, ...]
    faults: tuple[ProfileListBrokenError, ...]

    def browser_of(self, profile: Profile) -> Browser | None:
        """Return the browser that uses a profile; None if that cannot be told.

        It is the one that last opened it, if it is still there; else one whose list names it, or
        the only browser there is.
        """
        listing = [one for one in self.browsers if profile.lists in one.lists]
        if profile.lists is None and len(self.browsers) == 1:
            return self.browsers[0]
        last = disk.resolved(self.machine.at(profile.opened_by)) if profile.opened_by else None
        if last is not None:
            # A sandbox has its own view of the disk: there the list says more than the folder.
            outside = [one for one in self.browsers if not one.portal]
            same = [one for one in outside if one.folder and disk.resolved(one.folder) == last]
            if same and (not listing or same[0] in listing):
                return same[0]
        return next(iter(listing), None)

    def profiles_of(self, key: str) -> list[Profile]:
        """Return the profiles of a browser.

        Args:
            key: As `Browser.key` has it; "firefox" means each Firefox where none is called just so.

        Raises:
            BrowserNotFoundError: There is no such browser.
            BrowserRefusedError: altlens is not installed into it.
        """
        named = [one for one in self.browsers if one.key == key]
        named = named or [one for one in self.browsers if one.key.startswith(f"{key}-")]
        if not named:
            raise BrowserNotFoundError(f"No browser called {key!r} was found. {self._names()}")
        taken = [one for one in named if not one.refusal]
        if not taken:
            raise BrowserRefusedError(named[0].refusal)
        return [one for one in self.profiles if self.browser_of(one) in taken]

    def profile(self, wanted: str) -> Profile:
        """Return a profile by its name or its folder.

        Raises:
            ProfileNotFoundError: There is none, or the folder is no profile.
            ProfileUnclearError: Several have that name.
            ProfileListBrokenError: There is none among those that could be read.
            BrowserRefusedError: It is one of a browser that altlens is not installed into.
        """
        found = profiles.find(wanted, self._lists(), self.machine.at)
        browser = self.browser_of(found)
        if browser is not None and browser.refusal:
            raise BrowserRefusedError(browser.refusal)
        return found

    def _lists(self) -> list[Path]:
        known = (folder for one in self.browsers for folder in one.lists)
        return list(dict.fromkeys((*known, *browsers.all_lists(self.machine))))

    def _names(self) -> str:
        keys = dict.fromkeys(one.key for one in self.browsers)
        return f"There are: {', '.join(keys)}." if keys else "None was found at all."


def look(machine: Machine) -> Finding:
    """Look for everything on a machine. Nothing is written."""
    found = tuple(browsers.browsers(machine))
    refused = {folder for one in found if one.refusal for folder in one.lists}
    allowed = {folder for one in found if not one.refusal for folder in one.lists}
    roots = [
        folder
        for folder in dict.fromkeys((*_taken(found), *browsers.all_lists(machine)))
        if folder in allowed or folder not in refused
    ]
    listed = tuple(profiles.known(roots, machine.at))
    return Finding(machine, found, listed, tuple(profiles.broken(roots, machine.at)))


def _taken(found: tuple[Browser, ...]) -> list[Path]:
    """Return the folders of the browsers that are not refused, in their order."""
    return [folder for one in found if not one.refusal for folder in one.lists]
