"""The wheel and the sdist, and a place where the wheel is installed."""

from __future__ import annotations

import os
import tarfile
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath


@dataclass(frozen=True)
class Built:
    """What `make dist` makes."""

    wheel: Path
    sdist: Path

    def in_wheel(self) -> set[str]:
        """Return the paths inside the wheel."""
        with zipfile.ZipFile(self.wheel) as archive:
            return set(archive.namelist())

    def in_sdist(self) -> set[str]:
        """Return the paths inside the sdist, without its one top folder."""
        with tarfile.open(self.sdist) as archive:
            names = [PurePosixPath(member.name) for member in archive if member.isfile()]
        return {str(name.relative_to(name.parts[0])) for name in names}


@dataclass(frozen=True)
class Installed:
    """A virtual environment that holds the wheel."""

    folder: Path

    def command(self, name: str) -> str:
        """Return one of the commands in it."""
        return str(self.folder / ("Scripts" if os.name == "nt" else "bin") / name)

    def environment(self) -> dict[str, str]:
        """Return what to run the commands with: the user's, without traces of this test run."""
        traces = ("COVERAGE_", "COV_", "PYTHON", "PYTEST", "VIRTUAL_ENV")
        return {key: value for key, value in os.environ.items() if not key.startswith(traces)}
