"""What is examined, and what a check of it finds."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from altlens_installer import everyone, receipt
from altlens_installer.finding.browser import Browser
from altlens_installer.finding.found import Finding as Found
from altlens_installer.finding.machine import Machine
from altlens_installer.install import Sources
from altlens_installer.platforms import manifests
from altlens_installer.receipt import Receipt

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
class Installation:
    """A profile that altlens should be in.

    Attributes:
        profile: Its folder.
        receipt: What was written for it; empty if nothing was.
        browser: The browser that uses it; None if that is not known.
        by_policy: Whether it has the extension by an administrator's policy.
    """

    profile: Path
    receipt: Receipt
    browser: Browser | None = None
    by_policy: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Patient:
    """What is examined; everything that a check looks at comes from here.

    Each is equal to itself alone, so that what was asked of it once can be kept.

    Attributes:
        found: The machine, its browsers and their profiles.
        installations: The profiles that altlens should be in; none: not installed.
        sources: What this altlens would install; None where its parts are not there.
        environment: The environment that Firefox would hand to the host, and nothing else.
        host: The command that starts a host where no launcher does.
        python: The version of the interpreter.
        lost: Whether a receipt cannot be read, so that a profile may be missing here.
        free: How many bytes should be free on the disk.
        patience: Seconds to wait for a program.
    """

    found: Found
    installations: tuple[Installation, ...]
    sources: Sources | None
    environment: Mapping[str, str]
    host: tuple[str, ...]
    python: tuple[int, int] = (sys.version_info.major, sys.version_info.minor)
    lost: bool = False
    free: int = 200_000_000
    patience: float = 60

    @property
    def machine(self) -> Machine:
        """The machine."""
        return self.found.machine

    @property
    def data(self) -> Path:
        """The folder that altlens has to itself."""
        return self.machine.data

    @property
    def receipts(self) -> Path:
        """The folder of the user's receipts."""
        return receipts_of(self.machine)[0]

    @property
    def shared(self) -> tuple[Receipt, ...]:
        """What was written for the user's profiles together, and for all users.

        Raises:
            ReceiptBrokenError: One of the two receipts cannot be read.
        """
        return tuple(receipt.shared(folder) for folder in receipts_of(self.machine))

    @property
    def places(self) -> tuple[str, ...]:
        """Where the browsers look for the user's native manifest, first come first."""
        if not self.installations:
            return manifests.usual(self.machine)
        return tuple(dict.fromkeys(place for one in self.installations for place in self.of(one)))

    def of(self, one: Installation) -> tuple[str, ...]:
        """Return where one installation's browser looks for the user's native manifest."""
        return one.browser.user_manifests if one.browser else manifests.usual(self.machine)

    def of_all(self, one: Installation) -> tuple[str, ...]:
        """Return where it looks next, for all users."""
        known = one.browser
        return known.system_manifests if known else manifests.usual(self.machine, system=True)


def receipts_of(machine: Machine) -> tuple[Path, Path]:
    """Return the folders of the user's receipts and of those for all users."""
    return machine.data / "receipts", everyone.folder(machine) / "receipts"


Check = Callable[[Patient], Finding | None]
"""Examines one thing. It returns None where it has nothing to examine, or because of a fault that
is another check's to name: each fault is named once."""


def failed(check: Check, patient: Patient) -> bool:
    """Say whether another check names a fault."""
    finding = check(patient)
    return finding is not None and finding.status == "fail"
