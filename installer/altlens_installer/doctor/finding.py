"""What is examined, and what a check of it finds."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from altlens_installer.install import Sources
from altlens_installer.places import Places

Status = Literal["pass", "warn", "fail"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found.

    Attributes:
        status: How it is.
        reason: One sentence: what was found.
        mend: The command that mends it; empty where nothing is to be mended.
    """

    status: Status
    reason: str
    mend: str = ""


@dataclass(frozen=True, slots=True)
class Patient:
    """What is examined; everything that a check looks at comes from here.

    Attributes:
        places: The user's folders.
        profiles: The folders of the profiles that altlens should be in; none: not installed.
        sources: What this altlens would install; None where its parts are not there.
        environment: The environment that Firefox would hand to the host, and nothing else.
        host: The command that starts a host.
        python: The version of the interpreter.
    """

    places: Places
    profiles: tuple[Path, ...]
    sources: Sources | None
    environment: Mapping[str, str]
    host: tuple[str, ...]
    python: tuple[int, int] = (sys.version_info.major, sys.version_info.minor)

    @property
    def install(self) -> str:
        """The command that installs altlens, again or for the first time."""
        return install_into(self.profiles[0]) if self.profiles else "altlens install --profile NAME"


def install_into(profile: Path) -> str:
    """Return the command that installs altlens into a profile."""
    return f"altlens install --profile {shlex.quote(str(profile))}"
