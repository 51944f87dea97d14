"""The list of all checks, in the order in which they run. A new check is one line here."""

from __future__ import annotations

from collections.abc import Callable

from altlens_installer.doctor import checks, network
from altlens_installer.doctor.finding import Finding, Patient

Check = Callable[[Patient], Finding | None]
"""Examines one thing. It returns None where it has nothing to examine because of a fault that is
another check's to name: each fault is named once."""

CHECKS: dict[str, Check] = {
    "python": checks.python,
    "manifest": checks.native_manifest,
    "launcher": checks.launcher,
    "extension": checks.extension,
    "handshake": checks.handshake,
    "caption": checks.caption,
}


WATCHED: dict[str, Check] = {"network": network.network}
"""The checks that take long, and a tool that few have; run only when asked for."""


def examine(patient: Patient, checks: dict[str, Check] = CHECKS) -> dict[str, Finding]:
    """Run checks; one that breaks is a failure, and the others still run."""
    found = {}
    for name, check in checks.items():
        try:
            finding = check(patient)
        except Exception as error:  # whatever is broken here must not hide the rest
            finding = Finding("fail", f"The check itself failed: {type(error).__name__}: {error}.")
        if finding:
            found[name] = finding
    return found
