"""A machine of a test on which altlens is installed, for doctor to look at."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from altlens_installer import client
from altlens_installer.doctor import registry, report
from altlens_installer.doctor.finding import Finding, Patient
from altlens_installer.finding.found import look
from altlens_installer.finding.machine import Machine
from altlens_installer.install import Sources
from support import text_recognizer
from support.installer import ALTLENS, Home

PROFILE = "my profile ä"


@dataclass
class Bed:
    """A home with one profile, a disk with a Firefox ESR, and what a test changes of both.

    Attributes:
        folder: Where all of it is.
        parts: What is installed.
        changes: What differs from the patient that doctor would examine, by the field's name.
    """

    folder: Path
    parts: Sources
    changes: dict[str, Any] = field(default_factory=dict)

    @property
    def home(self) -> Home:
        """The user's home."""
        return Home(self.folder / "home")

    @property
    def disk(self) -> Path:
        """What stands for / of the machine."""
        return self.folder / "disk"

    @property
    def profile(self) -> Path:
        """The profile that altlens is in."""
        return self.home.path / ".mozilla/firefox" / PROFILE

    @property
    def manifest(self) -> Path:
        """The native manifest."""
        return self.home.path / ".mozilla/native-messaging-hosts/altlens.json"

    @property
    def data(self) -> Path:
        """The folder that altlens has to itself."""
        return self.home.path / ".local/share/altlens"

    @property
    def launcher(self) -> Path:
        """What Firefox starts."""
        return self.data / "altlens-host"

    @property
    def firefox(self) -> Path:
        """The folder of the Firefox."""
        return self.disk / "usr/lib/firefox-esr"

    def make(self) -> None:
        """Make home and disk, and install."""
        browser(self.firefox, "Firefox", "153.7.0", "firefox-esr", "esr")
        self.home.profile(PROFILE)
        root = self.profile.parent
        (root / "profiles.ini").write_text(
            f"[InstallCF146F38BCAB2D21]\nDefault={PROFILE}\nLocked=1\n\n"
            f"[Profile0]\nName=mine\nIsRelative=1\nPath={PROFILE}\n\n"
            "[General]\nStartWithLastProfile=1\nVersion=2\n"
        )
        (self.profile / "compatibility.ini").write_text(
            "[Compatibility]\nLastPlatformDir=/usr/lib/firefox-esr\n"
        )
        self.home.put(self.profile, self.parts)
        text_recognizer.put(self.data)

    def patient(self) -> Patient:
        """Return what doctor would examine now."""
        machine = Machine("linux", self.home.path, self.home.environment(), self.disk)
        found = report.patient_of(look(machine))
        return replace(found, sources=found.sources and self.parts, **self.changes)

    def examined(self, checks: Mapping[str, registry.Check]) -> dict[str, Finding]:
        """Examine it."""
        return registry.examine(self.patient(), checks)

    def run(self, command: str) -> subprocess.CompletedProcess[str]:
        """Run a command that doctor printed, pasted into a shell as the user would."""
        tools = self.folder / "bin"
        tools.mkdir(exist_ok=True)
        program(tools / "altlens", f'exec {shlex.join(ALTLENS)} "$@"')
        environment = self.home.environment() | {"PATH": f"{tools}:{os.environ['PATH']}"}
        return subprocess.run(
            ["sh", "-c", command],
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=100,
        )


def bed(folder: Path, repository: Path) -> Bed:
    """Return a machine on which altlens is installed."""
    parts = Sources(repository / "extension", repository / "manifests", tuple(client.command()))
    made = Bed(folder, parts)
    made.make()
    return made


def browser(folder: Path, name: str, version: str, program_name: str, channel: str) -> None:
    """Make what doctor reads of a browser."""
    (folder / "defaults/pref").mkdir(parents=True)
    (folder / "defaults/pref/channel-prefs.js").write_text(
        f'pref("app.update.channel", "{channel}");\n'
    )
    (folder / "application.ini").write_text(f"[App]\nName={name}\nVersion={version}\n")
    program(folder / program_name, "exit 0")


def program(path: Path, script: str) -> None:
    """Make a program of a shell script."""
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
