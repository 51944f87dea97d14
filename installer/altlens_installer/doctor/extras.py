"""What optional packages do for pictures, where the user's settings ask for it."""

from __future__ import annotations

import subprocess

from altlens_host.settings import Settings, settings_file
from altlens_host.settings_file import with_file
from altlens_installer.doctor import mending, software
from altlens_installer.doctor.finding import Finding, Patient, failed
from altlens_installer.terminal import plain

_ADULT = """
from altlens_host.worker.adult import AdultCheck
AdultCheck().open()
print("Photographs are checked for adult content before they are described.")
"""


def adult(patient: Patient) -> Finding | None:
    """Load what looks for adult content, where that was asked for."""
    if not _settings(patient).adult_check:
        return None
    loaded, told = _load(patient, _ADULT)
    if loaded:
        return Finding("pass", told)
    if failed(software.engine, patient):
        return None
    reason = (
        "No photograph is described: they are to be checked for adult content first, and what "
        f"checks them does not load: {told}"
    )
    return Finding("fail", reason, mending.with_extra("safe", patient.host[0], again=True))


def _load(patient: Patient, program: str) -> tuple[bool, str]:
    """Run a program under the host's Python; return whether it ends well, and what it says."""
    try:
        ran = software.run(patient, program)
    except (OSError, subprocess.TimeoutExpired) as error:
        return False, f"{error}."
    if ran.returncode:
        return False, f"{plain(ran.stderr.decode(errors='replace'))[-200:].strip().rstrip('.')}."
    return True, plain(ran.stdout.decode(errors="replace")).strip()


def _settings(patient: Patient) -> Settings:
    return with_file(Settings(), settings_file(patient.environment, patient.machine.system))
