"""What a plan refuses: 635 to 652."""

from __future__ import annotations

from altlens_installer.errors.base import InstallerError


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
