"""The program that the browser starts, with a desktop session's environment alone."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

from altlens_host import __version__
from altlens_installer import client, files, manifest
from altlens_installer.doctor import mending, native_messaging, software
from altlens_installer.doctor.finding import Finding, Patient
from altlens_installer.terminal import plain

_SAYS = "altlens-host "


@dataclass(frozen=True, slots=True)
class _Launcher:
    """What a browser starts, the manifest that names it, and what installs it again."""

    program: Path
    manifest: Path
    again: str


def launcher(patient: Patient) -> Finding | None:
    """Start what each manifest names, and ask it who it is."""
    found = _launchers(patient)
    for one in found:
        again = native_messaging.replacing(patient, one.program, one.again)
        try:
            ran = _asked(patient, one)
        except (OSError, subprocess.TimeoutExpired) as error:
            return Finding("fail", f"{one.program} does not run: {error}.", again)
        said = plain((ran.stdout or ran.stderr).decode(errors="replace"))
        if ran.returncode or not said.startswith(_SAYS):
            reason = f"{one.program} ends with status {ran.returncode} and says {said[-200:]!r}."
            return Finding("fail", reason, again)
    if not found:
        return None
    programs = ", ".join(str(one.program) for one in found)
    return Finding("pass", f"{programs} runs with what a desktop session gives it.")


def versions(patient: Patient) -> Finding | None:
    """Compare the host that the browser starts with the altlens that runs this."""
    for one in _launchers(patient):
        try:
            said = plain(_asked(patient, one).stdout.decode(errors="replace"))
        except (OSError, subprocess.TimeoutExpired):
            return None
        if not said.startswith(_SAYS):
            return None
        version = said.removeprefix(_SAYS)
        if version != __version__:
            reason = f"The browser starts version {version} of the host; this is {__version__}."
            again = native_messaging.replacing(patient, one.program, one.again)
            return Finding("warn", reason, again)
    told = f"This altlens is {__version__}, and so is the host that the browser starts."
    return Finding("pass", told) if _launchers(patient) else None


def host(patient: Patient) -> client.Host:
    """Start the host through the launcher if that runs, else by itself, and greet it."""
    command = list(patient.host)
    one = next(iter(_launchers(patient)), None)
    if one and (finding := launcher(patient)) and finding.status == "pass":
        command = [str(one.program), str(one.manifest), manifest.EXTENSION_ID]
    return client.Host(command, patient.environment, patient.patience)


def mend(patient: Patient) -> str:
    """Return what mends a host that starts and does not work."""
    for one in _launchers(patient):
        again = native_messaging.replacing(patient, one.program, one.again)
        if again != one.again:
            return again
    return software.mend_model(patient)


def _launchers(patient: Patient) -> list[_Launcher]:
    """Return what the manifests name that a browser can use, each program once."""
    found: dict[Path, _Launcher] = {}
    for one in patient.installations:
        taken = native_messaging.first_manifest(patient, one)
        if taken is None or native_messaging.denied(taken[1]):
            continue
        data = files.read(taken[1])
        if data is not None and not manifest.faults(data):
            program = Path(json.loads(data)["path"])
            found.setdefault(program, _Launcher(program, taken[1], mending.install_into(one)))
    return list(found.values())


def _asked(patient: Patient, one: _Launcher) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [one.program, "--version"],
        env=dict(patient.environment),
        cwd=one.program.parent,
        capture_output=True,
        timeout=patient.patience,
        check=False,
    )
