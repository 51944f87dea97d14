"""What optional packages do for pictures, where the user's settings ask for it."""

from __future__ import annotations

from altlens_host.settings import Settings, settings_file
from altlens_host.settings_file import with_file
from altlens_installer.doctor import mending, software
from altlens_installer.doctor.finding import Finding, Patient, failed

_ADULT = """
from altlens_host.worker.adult import AdultCheck
AdultCheck().open()
"""


def adult(patient: Patient) -> Finding | None:
    """Load what looks for adult content, where that was asked for."""
    if not _settings(patient).adult_check:
        return None
    why = software.unloadable(patient, _ADULT)
    if not why:
        return Finding(
            "pass", "Photographs are checked for adult content before they are described."
        )
    if failed(software.engine, patient):
        return None
    reason = (
        "No photograph is described: they are to be checked for adult content first, and what "
        f"checks them cannot be had. {why}"
    )
    return Finding("fail", reason, mending.with_extra("safe", patient.host[0], again=True))


def _settings(patient: Patient) -> Settings:
    return with_file(Settings(), settings_file(patient.environment, patient.machine.system))
