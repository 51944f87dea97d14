"""The machine that is looked at: this one, or a folder that holds the tree of another."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PureWindowsPath
from typing import Literal

from altlens_installer.errors import SystemUnsupportedError
from altlens_installer.platforms.registry import Registry, of_this_machine

System = Literal["linux", "darwin", "win32"]


@dataclass(frozen=True, slots=True)
class Machine:
    """All that finding depends on.

    Attributes:
        system: As `sys.platform` has it.
        home: The user's folder, as it is called: links in its path stay.
        environ: The user's environment.
        root: The folder that holds the machine's disk; None for the machine that runs this. The
            disk C: of Windows is the folder C in it.
        registry: The registry of Windows; None elsewhere.
    """

    system: System
    home: Path
    environ: Mapping[str, str] = field(default_factory=dict)
    root: Path | None = None
    registry: Registry | None = None

    def at(self, name: str) -> Path:
        """Return where a path of the machine, in its own notation, is to be read.

        Args:
            name: An absolute path.
        """
        if self.root is None:
            return Path(name)
        if self.system == "win32":
            path = PureWindowsPath(name)
            return self.root.joinpath(path.drive.rstrip(":").upper(), *path.parts[1:])
        return self.root / name.lstrip("/")

    def variable(self, name: str) -> Path | None:
        """Return the folder that an environment variable names; None unless it is absolute."""
        value = self.environ.get(name, "")
        absolute = (
            PureWindowsPath(value).is_absolute() if self.system == "win32" else value[:1] == "/"
        )
        return self.at(value) if absolute else None

    @property
    def config(self) -> Path:
        """Where programs keep the user's settings (XDG Base Directory Specification)."""
        return self.variable("XDG_CONFIG_HOME") or self.home / ".config"

    @property
    def roaming(self) -> Path:
        """The same on Windows, where it may follow the user to another machine."""
        return self.variable("APPDATA") or self.home / "AppData" / "Roaming"

    @property
    def library(self) -> Path:
        """The same on macOS."""
        return self.home / "Library" / "Application Support"

    @property
    def data(self) -> Path:
        """The folder that altlens has to itself, for its launcher and its receipts."""
        if self.system == "win32":
            local = self.variable("LOCALAPPDATA") or self.home / "AppData" / "Local"
            return local / "altlens"
        if self.system == "darwin":
            return self.library / "altlens"
        return (self.variable("XDG_DATA_HOME") or self.home / ".local" / "share") / "altlens"


def this_machine(environ: Mapping[str, str] | None = None, system: str = sys.platform) -> Machine:
    """Return the machine that runs this.

    Args:
        environ: The user's environment; None for the process's.
        system: As `sys.platform` has it.

    Raises:
        SystemUnsupportedError: Firefox keeps its profiles elsewhere on this system.
    """
    given = os.environ if environ is None else environ
    if system not in {"linux", "darwin", "win32"}:
        raise SystemUnsupportedError(f"altlens cannot be installed on {system}.")
    named = given.get("USERPROFILE" if system == "win32" else "HOME")
    home = Path(named or Path.home())
    known: System = "linux" if system == "linux" else "darwin" if system == "darwin" else "win32"
    return Machine(known, home, given, None, of_this_machine())
