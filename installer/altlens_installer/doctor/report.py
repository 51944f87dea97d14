"""altlens doctor: runs the checks and prints what they found."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import IO

from altlens_host.errors import AltlensError
from altlens_installer import client, receipt
from altlens_installer.commands import host_of, sources
from altlens_installer.doctor import registry
from altlens_installer.doctor.finding import (
    Finding,
    Installation,
    Patient,
    Status,
    receipts_of,
)
from altlens_installer.finding.browser import Browser
from altlens_installer.finding.found import Finding as Found
from altlens_installer.finding.found import look
from altlens_installer.finding.machine import this_machine
from altlens_installer.receipt import Receipt
from altlens_installer.settle import settle
from altlens_installer.store import Store
from altlens_installer.terminal import plain, say, table

_SESSION = (
    *("HOME", "USER", "LOGNAME", "LANG", "XDG_RUNTIME_DIR"),
    *("SYSTEMROOT", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "TEMP"),  # Windows, which needs them
)
"""What a desktop session sets. A shell's own variables, PYTHONPATH for one, do not reach Firefox,
and could hide here that the host does not start there."""

_PROFILES = "profile-*.json"
"""The receipts of profiles."""


def doctor(wanted: str | None, watch: bool, as_json: bool, out: IO[str]) -> int:
    """Examine the installation of the user who runs this.

    Args:
        wanted: The name or folder of a profile; None for all that altlens is in.
        watch: Watch host and worker for sockets instead.
        as_json: Print a JSON list.
        out: Where the report goes.

    Returns:
        0 if all is well, 1 with warnings, 2 with failures.

    Raises:
        ProfileNotFoundError: There is no such profile.
    """
    machine = this_machine()
    with suppress(AltlensError):  # a check names what is wrong with the receipts
        settle(host_of(machine), Store(machine.registry))
    checks = registry.WATCHED if watch else registry.CHECKS
    found = registry.examine(patient_of(look(machine), wanted), checks)
    if as_json:
        rows = [{"check": name, **asdict(finding)} for name, finding in found.items()]
        say(json.dumps(rows, indent=2), out)
    else:
        _print(found, out)
    return exit_status(found)


def exit_status(found: dict[str, Finding]) -> int:
    """Return 0 if all is well, 1 with warnings, 2 with failures."""
    order: list[Status] = ["pass", "warn", "fail"]
    return max((order.index(finding.status) for finding in found.values()), default=0)


def session_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """Return what a Firefox that the desktop started would hand to the host."""
    return {"PATH": os.defpath} | {name: environ[name] for name in _SESSION if name in environ}


def patient_of(found: Found, wanted: str | None = None) -> Patient:
    """Return what is to be examined on a machine.

    Args:
        found: The machine, its browsers and profiles.
        wanted: The name or folder of a profile; None for all that altlens is in.

    Raises:
        ProfileNotFoundError: There is no such profile.
    """
    receipts = receipts_of(found.machine)
    model = None
    with suppress(AltlensError):
        model = next((one.model for one in map(receipt.shared, receipts) if one.model), None)
    parts = None
    with suppress(AltlensError):
        parts = sources(model)
    installations = _installations(found, receipts, wanted)
    return Patient(
        found=found,
        installations=installations,
        sources=parts,
        environment=session_environment(found.machine.environ),
        host=tuple(client.command(model)),
        lost=any(_unreadable(path) for path in receipts[0].glob(_PROFILES)),
    )


def _installations(
    found: Found, receipts: Sequence[Path], wanted: str | None
) -> tuple[Installation, ...]:
    by_policy = (receipts[1] / "all-enterprise.json").is_file()
    if wanted is not None:
        chosen = found.profile(wanted)
        held = Receipt(receipts[0])
        with suppress(AltlensError):
            held = receipt.of_profile(receipts[0], chosen.path, chosen.name)
        policy = by_policy and not held.written
        return (Installation(chosen.path, held, found.browser_of(chosen), policy),)
    made = {}
    for path in (one for folder in receipts for one in sorted(folder.glob(_PROFILES))):
        with suppress(AltlensError):
            one = receipt.load(path)
            if one:
                profile = Path(one.profile)
                made[profile] = Installation(profile, one, _browser(found, profile))
    for used in (one for one in found.profiles if one.used and by_policy):
        empty = Installation(used.path, Receipt(receipts[0]), found.browser_of(used), True)
        made.setdefault(used.path, empty)
    return tuple(made.values())


def _unreadable(path: Path) -> bool:
    try:
        receipt.load(path)
    except AltlensError:
        return True
    return False


def _browser(found: Found, profile: Path) -> Browser | None:
    with suppress(AltlensError):
        return found.browser_of(found.profile(str(profile)))
    return None


def _print(found: dict[str, Finding], out: IO[str]) -> None:
    rows = [(finding.status, name, plain(finding.reason)) for name, finding in found.items()]
    table(("", "check", "why"), rows, out)
    for name, finding in found.items():
        if finding.mend:
            say(f"To mend {name}, run: {finding.mend}", out)
