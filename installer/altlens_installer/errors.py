"""What can go wrong for the altlens command; codes 6xx, append-only like the protocol's.

They never travel over the protocol: the command prints them.
"""

from __future__ import annotations

from altlens_host.errors import AltlensError


class InstallerError(AltlensError):
    """The altlens command could not do what it was asked to."""


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
    hint = (
        'JSON lines are {"image": "FILE", "captions": ["…"]}; docs/TRAINING.md lists what else can '
        "be read."
    )


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


# What a plan refuses, 635 to 652.


class QuestionUnansweredError(InstallerError):
    """Something had to be asked, and nobody answered."""

    code = 635
    name = "question_unanswered"
    hint = "Say it on the command line: altlens install --help lists what can be said."


class SignatureNeededError(InstallerError):
    """This browser takes only a signed extension."""

    code = 636
    name = "signature_needed"
    hint = (
        "Use Firefox ESR, Developer Edition or Nightly, or give a signed extension: "
        "altlens install --xpi FILE."
    )


class UnsignedNotAllowedError(InstallerError):
    """The extension is not signed, and nobody has allowed that."""

    code = 637
    name = "unsigned_not_allowed"
    hint = (
        "With --allow-unsigned the profile takes unsigned extensions; every add-on of it is less "
        "safe then."
    )


class ExtensionUnusableError(InstallerError):
    """The file given with --xpi is not a signed extension of altlens."""

    code = 638
    name = "extension_unusable"
    hint = "Give the signed XPI of altlens, as it was downloaded."


class ModelUnavailableError(InstallerError):
    """This altlens cannot give the host that model."""

    code = 639
    name = "model_unavailable"
    hint = "Run: altlens model list"


class ManagedSettingsError(InstallerError):
    """The file of managed settings cannot be used."""

    code = 642
    name = "managed_settings_unusable"
    hint = "It holds one JSON object, which the extension finds in browser.storage.managed."


# What finding refuses, 617 to 634.


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


# What `altlens model` refuses, 653 to 670.


class ModelUnknownError(InstallerError):
    """No model of that name is known, and it is no repository on the hub."""

    code = 653
    name = "model_unknown"
    hint = "altlens model list names the known ones; others are called owner/name, as on the hub."


class ModelOfflineError(InstallerError):
    """The model is not here, and the network is not to be used."""

    code = 654
    name = "model_offline"
    hint = "Leave --offline out and unset HF_HUB_OFFLINE, or give the files with --from."


class HubUnreachableError(InstallerError):
    """The hub cannot be reached, or the connection broke off too often."""

    code = 655
    name = "hub_unreachable"
    hint = (
        "Run the same command again: it goes on where it stopped. Without a network, give the "
        "files with --from."
    )


class HubRefusedError(InstallerError):
    """The hub answers, but does not give the model."""

    code = 656
    name = "hub_refused"
    hint = "Check the name and the revision. Nothing was installed."


class ModelDiffersError(InstallerError):
    """A file is not the one that it should be: its SHA-256 differs."""

    code = 657
    name = "model_differs"
    hint = (
        "Nothing was installed. Run the same command again; if it says the same, do not use these "
        "files, and report it."
    )


class DiskFullError(InstallerError):
    """There is not enough room on the disk."""

    code = 658
    name = "disk_full"
    hint = "Make room and run the same command again. altlens model remove takes a model away."


class ModelIncompleteError(InstallerError):
    """Files that a model needs are not there."""

    code = 659
    name = "model_incomplete"
    hint = "docs/MODELS.md lists the files that a model needs."


class SourceUnusableError(InstallerError):
    """What was given with --from cannot be read as a model."""

    code = 660
    name = "source_unusable"
    hint = "Give a folder in the hub's layout, or a zip file of one."


class ModelBusyError(InstallerError):
    """Another altlens installs or removes this model."""

    code = 661
    name = "model_busy"
    hint = "Wait until it is done, or end it."


class ModelUnusableError(InstallerError):
    """The model is whole, but does not caption a picture."""

    code = 662
    name = "model_unusable"
    hint = "Nothing was installed. Perhaps this altlens does not know models of this kind yet."


class SettingsUnusableError(InstallerError):
    """The file of settings cannot be read."""

    code = 663
    name = "settings_unusable"
    hint = "Nothing was changed. altlens doctor says what is wrong with it."


class RevisionMovedError(InstallerError):
    """A name for a revision, such as a tag, leads elsewhere than when it was first installed."""

    code = 664
    name = "revision_moved"
    hint = "Nothing was installed. If you trust the new one, name its commit with --revision."


class ModelKeptError(InstallerError):
    """This model cannot be removed."""

    code = 665
    name = "model_kept"
    hint = "Only what altlens model install has put there is removed."
