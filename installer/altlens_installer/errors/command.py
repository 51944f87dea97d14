"""What any command may refuse: 601 to 616."""

from __future__ import annotations

from altlens_installer.errors.base import InstallerError


class ProfileNotFoundError(InstallerError):
    """No Firefox profile has that name or path."""

    code = 601
    name = "profile_not_found"
    hint = "about:profiles in Firefox lists the names and the folders (root directory) of profiles."


class ProfileUnclearError(InstallerError):
    """Several profiles have that name."""

    code = 602
    name = "profile_unclear"
    hint = "Give the profile's folder instead of its name."


class ForeignFileError(InstallerError):
    """A file that altlens did not write stands where one of its own belongs."""

    code = 603
    name = "foreign_file"
    hint = "Nothing was changed. Look at the file; move it away if nothing needs it."


class PreferenceConflictError(InstallerError):
    """The user's own user.js sets a preference to another value than altlens needs."""

    code = 604
    name = "preference_conflict"
    hint = "Nothing was changed. Remove that line from user.js, or install into another profile."


class NotWritableError(InstallerError):
    """A file or folder cannot be read or written."""

    code = 605
    name = "not_writable"
    hint = "Check the owner and the permissions of that folder, and the free space on its disk."


class ReceiptBrokenError(InstallerError):
    """The receipt of an installation cannot be read."""

    code = 606
    name = "receipt_broken"
    hint = "Move the receipt away and install again; then uninstall takes everything back."


class HostNotStartedError(InstallerError):
    """The host process could not be started."""

    code = 607
    name = "host_not_started"
    hint = "Run: altlens doctor"


class HostLostError(InstallerError):
    """The host process ended, fell silent or spoke nonsense."""

    code = 608
    name = "host_lost"
    hint = "Run: altlens doctor"


class HostRefusedError(InstallerError):
    """The host answered the greeting with an error, whose hint is given with it."""

    code = 609
    name = "host_refused"
    hint = "Run: altlens doctor"


class PictureUnreadableError(InstallerError):
    """A picture's file cannot be read."""

    code = 610
    name = "picture_unreadable"
    hint = "Check the file's name and its permissions."


class ResourceMissingError(InstallerError):
    """A part of altlens is not in this installation."""

    code = 611
    name = "resource_missing"
    hint = "Install altlens again."


class ExtraMissingError(InstallerError):
    """An optional package is needed for this."""

    code = 612
    name = "extra_missing"
    hint = "Install the extra that the message names."


class DataUnusableError(InstallerError):
    """The file of pictures and captions cannot be used."""

    code = 613
    name = "data_unusable"
    hint = 'Each line is one JSON object: {"image": "FILE", "captions": ["…"]}.'


class FirefoxError(InstallerError):
    """Firefox did not start, or did not do what it was asked to."""

    code = 614
    name = "firefox_failed"
    hint = "Try another Firefox with --firefox PATH; 140 or newer, and one that runs by itself."


class SystemUnsupportedError(InstallerError):
    """altlens cannot be installed on this system yet."""

    code = 615
    name = "system_unsupported"
    hint = "Linux is supported."


class NoDisplayError(InstallerError):
    """There is no display to open a window on."""

    code = 616
    name = "no_display"
    hint = "Run: altlens demo --headless"
