"""Where things are on this machine, for one user: the only reader of the environment here."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from altlens_installer.errors import SystemUnsupportedError


@dataclass(frozen=True, slots=True)
class Places:
    """The folders that matter, so that everything else is a function of them.

    Attributes:
        data: Where altlens keeps its launcher and its receipts.
        manifests: Where Firefox looks for the user's native manifests.
        profiles: Where Firefox keeps profiles.ini, the older place first.
    """

    data: Path
    manifests: Path
    profiles: tuple[Path, ...]

    @property
    def launcher(self) -> Path:
        """What Firefox starts."""
        return self.data / "altlens-host"

    @property
    def manifest(self) -> Path:
        """What tells Firefox so."""
        return self.manifests / "altlens.json"

    @property
    def receipts(self) -> Path:
        """What was written, to be taken back."""
        return self.data / "receipts"


def of_home(home: Path, config: Path, data: Path) -> Places:
    """Return the places of a home folder.

    Args:
        home: The user's home.
        config: The folder of the user's settings (XDG Base Directory Specification).
        data: The folder that altlens has to itself.
    """
    mozilla = home / ".mozilla"
    return Places(
        data=data,
        manifests=mozilla / "native-messaging-hosts",
        profiles=(mozilla / "firefox", config / "mozilla" / "firefox"),
    )


def of_user(environ: Mapping[str, str] | None = None, system: str = sys.platform) -> Places:
    """Return the places of the user who runs this.

    Raises:
        SystemUnsupportedError: This is not Linux.
    """
    import platformdirs

    if system != "linux":
        raise SystemUnsupportedError(f"altlens cannot be installed on {system} yet.")
    given = os.environ if environ is None else environ
    home = Path(given.get("HOME") or Path.home())
    config = Path(given.get("XDG_CONFIG_HOME") or home / ".config")
    data = given.get("XDG_DATA_HOME")
    own = Path(data) / "altlens" if data else None
    return of_home(home, config, own or platformdirs.user_data_path("altlens", appauthor=False))
