"""A user's home to install into, and the altlens command as a process."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from altlens_installer.install import Sources
from altlens_installer.places import Places, of_home

ALTLENS = (
    sys.executable,
    "-P",
    "-c",
    "import sys; from altlens_installer.cli import main; sys.exit(main())",
)
"""The command, under the interpreter that runs the tests."""


@dataclass(frozen=True)
class Home:
    """A home folder of a test."""

    path: Path

    @property
    def places(self) -> Places:
        """Where things are in it."""
        return of_home(self.path, self.path / ".config", self.path / ".local/share/altlens")

    def profile(self, name: str = "one.default", **files: bytes) -> Path:
        """Make a profile as Firefox would have left it, with more files; return its folder."""
        folder = self.path / ".mozilla/firefox" / name
        folder.mkdir(parents=True)
        (folder / "times.json").write_bytes(b"{}")
        for file, content in files.items():
            (folder / file.replace("_", ".")).write_bytes(content)
        return folder

    def environment(self) -> dict[str, str]:
        """Return the environment of a process that lives here."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("XDG_")}
        return kept | {"HOME": str(self.path)}

    def run(self, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Run the altlens command here, with more of an environment."""
        return subprocess.run(
            [*ALTLENS, *arguments],
            env=self.environment() | more,
            capture_output=True,
            text=True,
            timeout=110,
        )


def tree(folder: Path) -> dict[str, bytes | None]:
    """Return every file and folder below a folder, with the bytes of the files."""
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
        for path in sorted(folder.rglob("*"))
    }


def sources(repository: Path, host: tuple[str, ...] = ("/usr/bin/true",)) -> Sources:
    """Return what to install: the checkout's extension and manifest, and a host."""
    return Sources(repository / "extension", repository / "manifests", host)
