"""What `altlens model` refuses: 653 to 670."""

from __future__ import annotations

from altlens_installer.errors.base import InstallerError


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
