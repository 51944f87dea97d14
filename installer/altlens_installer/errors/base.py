"""What every error of the altlens command is."""

from __future__ import annotations

from altlens_host.errors import AltlensError


class InstallerError(AltlensError):
    """The altlens command could not do what it was asked to."""
