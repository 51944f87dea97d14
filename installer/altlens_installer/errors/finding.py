"""What finding browsers, profiles and policies refuses: 617 to 634."""

from __future__ import annotations

from altlens_installer.errors.base import InstallerError


class BrowserNotFoundError(InstallerError):
    """No browser of that name was found."""

    code = 617
    name = "browser_not_found"
    hint = "Start it once: a profile tells where its browser is. Or give a profile with --profile."


class BrowserRefusedError(InstallerError):
    """altlens is not installed into that browser, for its users' sake."""

    code = 618
    name = "browser_refused"
    hint = "Use another browser: altlens install --browser firefox."


class ProfileListBrokenError(InstallerError):
    """A profiles.ini or installs.ini holds something that cannot be understood."""

    code = 619
    name = "profile_list_broken"
    hint = "Nothing was changed. Mend that line, or give the profile's folder with --profile."


class RegistryRefusedError(InstallerError):
    """The Windows registry cannot be read or written."""

    code = 620
    name = "registry_refused"
    hint = "Run without --system, or as an administrator."


class LauncherMissingError(InstallerError):
    """The program that Firefox shall start is not in this installation of altlens."""

    code = 621
    name = "launcher_missing"
    hint = "Install altlens again: pipx reinstall altlens"


class PoliciesBrokenError(InstallerError):
    """An administrator's policies.json cannot be understood."""

    code = 622
    name = "policies_broken"
    hint = "Nothing was changed. Mend the file; Firefox cannot read it either."


class PoliciesConflictError(InstallerError):
    """An administrator's policies.json says something else about altlens."""

    code = 623
    name = "policies_conflict"
    hint = "Nothing was changed. Take that entry out of policies.json, or leave it as it is."
