"""The browsers: whether one is there that altlens can work in, and what could keep it out."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import Any

from altlens_installer import files
from altlens_installer.doctor import mending
from altlens_installer.doctor.finding import Finding, Patient
from altlens_installer.finding.browser import Browser
from altlens_installer.manifest import EXTENSION_ID

OLDEST = 140
"""The oldest Firefox that the extension's manifest allows (strict_min_version)."""

_PORTAL = "org.freedesktop.portal.WebExtensions"
_ASK_FOR_PORTAL = (
    "busctl",
    "--user",
    "introspect",
    "org.freedesktop.portal.Desktop",
    "/org/freedesktop/portal/desktop",
    _PORTAL,
)


def _concerned(patient: Patient) -> list[Browser]:
    """Return the browsers that altlens is for: those of its profiles, else all that can be."""
    own = {one.browser.key: one.browser for one in patient.installations if one.browser}
    usable = [one for one in patient.found.browsers if not one.refusal]
    return list(own.values()) or usable


def browser(patient: Patient) -> Finding:
    """Look for a browser, and whether it is new enough."""
    concerned = _concerned(patient)
    if not concerned:
        refused = [one.refusal for one in patient.found.browsers]
        reason = " ".join(["No Firefox, nor a browser like it, was found.", *refused])
        return Finding("fail", reason, _get_firefox(patient))
    for one in concerned:
        major = one.version.split(".")[0]
        if one.key.startswith("firefox") and major.isdigit() and int(major) < OLDEST:
            reason = f"{one.name} is version {one.version}; altlens needs {OLDEST} or newer."
            return Finding("fail", reason, _get_firefox(patient))
    told = ", ".join(f"{one.name} {one.version}".rstrip() for one in concerned)
    return Finding("pass", f"Found: {told}.")


def portal(patient: Patient) -> Finding | None:
    """Look whether a browser in a sandbox can reach the service that starts hosts for it."""
    boxed = [one for one in _concerned(patient) if one.portal]
    if not boxed:
        return None
    name = f"{boxed[0].name} ({boxed[0].packing})"
    mend = "sudo apt-get install xdg-desktop-portal"
    program = shutil.which(_ASK_FOR_PORTAL[0], path=patient.environment.get("PATH"))
    if program is None:
        reason = f"{name} starts hosts through a portal; without busctl it cannot be looked for."
        return Finding("warn", reason, "sudo apt-get install systemd xdg-desktop-portal")
    try:
        ran = subprocess.run(
            [program, *_ASK_FOR_PORTAL[1:]],
            env=dict(patient.environment),
            capture_output=True,
            timeout=patient.patience,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return Finding("warn", f"The portal cannot be asked: {error}.", mend)
    if ran.returncode or b"method" not in ran.stdout:
        reason = f"{name} starts hosts through the portal {_PORTAL}, which is not there."
        return Finding("fail", reason, mend)
    return Finding("pass", f"The portal that starts hosts for {name} is there.")


def policy(patient: Patient) -> Finding | None:
    """Look whether an administrator's policies keep the extension out."""
    looked = False
    for one in _concerned(patient):
        data = files.read(one.policies) if one.policies else None
        if data is None:
            continue
        looked = True
        mend = "sudo " + mending.altlens("install", "--enterprise")
        try:
            policies = json.loads(data)["policies"]
            blocked = _blocked(policies)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            reason = f"{one.name} cannot read the policies in {one.policies}: {error!r}."
            return Finding("warn", reason, mending.quoted("sudo", "nano", str(one.policies)))
        if blocked:
            reason = f"The policies in {one.policies} keep the extension out: {blocked}."
            return Finding("fail", reason, mend)
    return Finding("pass", "No policy keeps the extension out.") if looked else None


def _blocked(policies: dict[str, Any]) -> str:
    """Return the setting that blocks the extension (Mozilla, "policy-templates")."""
    settings = policies.get("ExtensionSettings", {})
    for name in (EXTENSION_ID, "*"):
        mode = settings.get(name, {}).get("installation_mode")
        if mode == "blocked":
            return f'ExtensionSettings, "{name}" is blocked'
        if mode:
            return ""
    return ""


def _get_firefox(patient: Patient) -> str:
    known = {
        "win32": "winget install Mozilla.Firefox.ESR",
        "darwin": "brew install --cask firefox@esr",
    }
    return known.get(patient.machine.system, "sudo apt-get install firefox-esr")
