"""Why the host does not serve at all: 7xx, beside the cache's."""

from __future__ import annotations

from altlens_host.errors.base import AltlensError


class StartError(AltlensError):
    """The host will not serve, because of how it was started or of what it found."""


class ExtensionNotAllowedError(StartError):
    """The host was started for an extension that it does not serve."""

    code = 711
    name = "extension_not_allowed"
    hint = "Only the extension altlens@altlens may start the host. Run: altlens doctor"


class ManifestWritableError(StartError):
    """Everybody on this machine can change the native manifest."""

    code = 712
    name = "manifest_writable"
    hint = "Take the right to write from others (chmod o-w) on the file and on its folder."


class ModelWritableError(StartError):
    """Everybody on this machine can change the model."""

    code = 713
    name = "model_writable"
    hint = "Take the right to write from others (chmod -R o-w) on the model's folder."
