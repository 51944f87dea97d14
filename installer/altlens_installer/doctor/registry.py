"""The list of all checks, in the order in which they run. A new check is one line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from altlens_host.errors import AltlensError
from altlens_installer.doctor import (
    browsers,
    cache,
    extension,
    golden,
    native_messaging,
    network,
    profiles,
    running,
    serving,
    software,
    surroundings,
)
from altlens_installer.doctor.finding import Finding, Patient

Check = Callable[[Patient], Finding | None]
"""Examines one thing. It returns None where it has nothing to examine, or because of a fault that
is another check's to name: each fault is named once."""

CHECKS: dict[str, Check] = {
    "python": software.python,
    "disk": surroundings.disk,
    "permissions": surroundings.permissions,
    "guarded": surroundings.guarded,
    "receipts": profiles.receipts,
    "browser": browsers.browser,
    "policy": browsers.policy,
    "portal": browsers.portal,
    "profiles": profiles.lists,
    "used": profiles.used,
    "manifest": native_messaging.found,
    "shadowed": native_messaging.shadowed,
    "launcher": running.launcher,
    "versions": running.versions,
    "extension": extension.present,
    "extension-version": extension.version,
    "extension-allowed": extension.allowed,
    "extension-enabled": extension.enabled,
    "engine": software.engine,
    "model": software.model,
    "download": software.download,
    "handshake": serving.handshake,
    "settings": serving.settings,
    "caption": serving.caption,
    "golden": golden.golden,
    "device": serving.device,
    "text": serving.text,
    "sandbox": serving.sandbox,
    "cache": cache.cache,
}


WATCHED: dict[str, Check] = {"network": network.network}
"""The checks that take long, and a tool that few have; run only when asked for."""


def examine(patient: Patient, checks: Mapping[str, Check] = CHECKS) -> dict[str, Finding]:
    """Run checks; one that breaks is a failure, and the others still run."""
    found = {}
    for name, check in checks.items():
        try:
            finding = check(patient)
        except AltlensError as error:
            finding = Finding("fail", f"{error.detail} {error.hint}")
        except Exception as error:  # whatever is broken here must not hide the rest
            finding = Finding("fail", f"The check itself failed: {type(error).__name__}: {error}.")
        if finding:
            found[name] = finding
    return found
