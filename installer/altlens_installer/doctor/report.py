"""altlens doctor: runs the checks and prints what they found."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import IO

from altlens_host.errors import AltlensError
from altlens_installer import client, places, profiles, receipt
from altlens_installer.commands import sources
from altlens_installer.doctor import registry
from altlens_installer.doctor.finding import Finding, Patient, Status
from altlens_installer.terminal import plain, say, table

_SESSION = ("HOME", "USER", "LOGNAME", "LANG", "XDG_RUNTIME_DIR")
"""What a desktop session sets. A shell's own variables, PYTHONPATH for one, do not reach Firefox,
and could hide here that the host does not start there."""


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
    here = places.of_user()
    checks = registry.WATCHED if watch else registry.CHECKS
    found = registry.examine(_patient(here, wanted), checks)
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


def _patient(here: places.Places, wanted: str | None) -> Patient:
    try:
        parts = sources()
    except AltlensError:
        parts = None
    return Patient(
        places=here,
        profiles=_profiles(here, wanted),
        sources=parts,
        environment=session_environment(os.environ),
        host=tuple(client.command()),
    )


def _profiles(here: places.Places, wanted: str | None) -> tuple[Path, ...]:
    if wanted is not None:
        return (profiles.find(wanted, here.profiles).path,)
    try:
        return tuple(Path(one.profile) for one in receipt.profiles(here.receipts))
    except AltlensError:
        return ()


def _print(found: dict[str, Finding], out: IO[str]) -> None:
    rows = [(finding.status, name, plain(finding.reason)) for name, finding in found.items()]
    table(("", "check", "why"), rows, out)
    for name, finding in found.items():
        if finding.mend:
            say(f"To mend {name}, run: {finding.mend}", out)
