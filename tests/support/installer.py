"""A user's home to install into, and the altlens command as a process."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from altlens_installer import install
from altlens_installer.apply import apply
from altlens_installer.install import Sources
from altlens_installer.plan import Plan
from altlens_installer.store import Store
from altlens_installer.uninstall import Outcome, uninstall

ALTLENS = (
    sys.executable,
    "-P",
    "-c",
    "import sys; from altlens_installer.cli import main; sys.exit(main())",
)
"""The command, under the interpreter that runs the tests."""


@dataclass(frozen=True)
class Places:
    """Where things are in a home folder: in a Linux user's, with nothing set in the environment."""

    home: Path

    @property
    def data(self) -> Path:
        """What altlens has to itself."""
        return self.home / ".local/share/altlens"

    @property
    def launcher(self) -> Path:
        """What Firefox starts."""
        return self.data / "altlens-host"

    @property
    def receipts(self) -> Path:
        """What was written, to be taken back."""
        return self.data / "receipts"

    @property
    def manifest(self) -> Path:
        """What tells Firefox of the launcher."""
        return self.home / ".mozilla/native-messaging-hosts/altlens.json"


@dataclass(frozen=True)
class Home:
    """A home folder of a test."""

    path: Path

    @property
    def places(self) -> Places:
        """Where things are in it."""
        return Places(self.path)

    def profile(self, name: str = "one.default", **files: bytes) -> Path:
        """Make a profile as Firefox would have left it, with more files; return its folder."""
        folder = self.path / ".mozilla/firefox" / name
        folder.mkdir(parents=True)
        (folder / "times.json").write_bytes(b"{}")
        for file, content in files.items():
            (folder / file.replace("_", ".")).write_bytes(content)
        return folder

    @property
    def host(self) -> install.Host:
        """Where the host's own files are."""
        return install.Host(self.places.data)

    def target(self, folder: Path, name: str = "one") -> install.Target:
        """Return a profile as something to install into."""
        return install.Target(folder, name, (str(self.places.manifest),))

    def plan(
        self, folder: Path, parts: Sources, name: str = "one", *, unsigned: bool = True
    ) -> Plan:
        """Plan to install into a profile."""
        target = self.target(folder, name)
        return install.prepare([target], self.host, parts, Store(), unsigned=unsigned)

    def put(self, folder: Path, parts: Sources, name: str = "one") -> Plan:
        """Install into a profile; return what was planned."""
        plan = self.plan(folder, parts, name)
        plan.require()
        apply(plan, Store())
        return plan

    def take(self, wanted: str | None = None) -> Outcome:
        """Uninstall from a profile, or from all."""
        return uninstall(self.places.receipts, wanted, Store())

    def environment(self) -> dict[str, str]:
        """Return the environment of a process that lives here."""
        # Coverage is that of the host: a command of the installer would start half as fast for it.
        out = ("XDG_", "COVERAGE_")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(out)}
        return kept | {"HOME": str(self.path)}

    def run(self, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Run the altlens command here, with more of an environment."""
        return subprocess.run(
            [*ALTLENS, *arguments],
            env=self.environment() | more,
            stdin=subprocess.DEVNULL,
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
