"""What a release is made of, and a place where its wheel is installed."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath


@dataclass(frozen=True)
class Built:
    """What `make dist` makes."""

    wheel: Path
    sdist: Path
    xpi: Path
    sbom: Path
    sums: Path

    def in_wheel(self) -> set[str]:
        """Return the paths inside the wheel."""
        with zipfile.ZipFile(self.wheel) as archive:
            return set(archive.namelist())

    def in_sdist(self) -> set[str]:
        """Return the paths inside the sdist, without its one top folder."""
        with tarfile.open(self.sdist) as archive:
            names = [PurePosixPath(member.name) for member in archive if member.isfile()]
        return {str(name.relative_to(name.parts[0])) for name in names}


def make_dist(checkout: Path, out: Path, **environment: str) -> Built:
    """Run `make dist` in a checkout, with the tools of the environment that runs this.

    The wheel is made from the sdist, which must therefore be whole.
    """
    given = (f"VENV={sys.prefix}", f"DIST={out}", f"--assume-old={sys.prefix}/stamps/dev")
    subprocess.run(
        ["make", "dist", *given],
        check=True,
        cwd=checkout,
        env=dict(os.environ) | environment,
        stdout=subprocess.DEVNULL,
    )
    (wheel,), (sdist,), (xpi,) = (out.glob(kind) for kind in ("*.whl", "*.tar.gz", "*.xpi"))
    return Built(wheel, sdist, xpi, out / "altlens.cdx.json", out / "SHA256SUMS")


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
