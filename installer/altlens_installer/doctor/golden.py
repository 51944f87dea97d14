"""Whether the model says what it should: the golden self-test."""

from __future__ import annotations

import subprocess

from altlens_installer.doctor import serving, software
from altlens_installer.doctor.finding import Check, Finding, Patient, failed
from altlens_installer.models import golden as models

_NAMED: tuple[Check, ...] = (
    software.model,
    software.engine,
    serving.handshake,
)
"""They name the faults for which the model does not run at all."""


def golden(patient: Patient) -> Finding | None:
    """Compare what the model in use says of drawn pictures with what was recorded of it."""
    folder = software.model_folder(patient)
    if folder is None or any(failed(one, patient) for one in _NAMED):
        return None
    try:
        outcome = models.check(folder, python=patient.host[0], environment=patient.environment)
    except (OSError, subprocess.SubprocessError):
        return None  # `engine` names it
    if outcome.state == "failed":
        if failed(serving.caption, patient):
            return None
        return Finding("fail", f"The model cannot be tried: {outcome.told}", mend(patient))
    if outcome.state == "different":
        reason = f"The model says something else than it should. {outcome.told}"
        return Finding("fail", reason, mend(patient))
    return Finding("pass", outcome.told)


def mend(patient: Patient) -> str:
    """Return the command that brings a model whose words are right."""
    return software.mend_model(patient)
