"""What altlens itself is made of: Python, its libraries, the model."""

from __future__ import annotations

import functools
import hashlib
import json
import subprocess
from contextlib import suppress
from pathlib import Path

from altlens_host.errors import AltlensError
from altlens_host.models import catalogue
from altlens_installer.doctor import mending
from altlens_installer.doctor.finding import Finding, Patient
from altlens_installer.terminal import plain

_OLDEST = (3, 11)
_NEWEST = (3, 14)

_ENGINE = """
import json, numpy, onnxruntime, PIL.Image, tokenizers
print(json.dumps([onnxruntime.__version__, onnxruntime.get_available_providers()]))
"""
"""Run in a process of its own: these libraries are large, and may be broken."""

_ON_A_GPU = ("CUDA", "Tensorrt", "ROCM", "MIGraphX", "Dml", "CoreML", "OpenVINO")


def python(patient: Patient) -> Finding:
    """Look at the version of the interpreter."""
    version = ".".join(map(str, patient.python))
    if patient.python < _OLDEST:
        reason = f"Python {version} is too old; altlens needs 3.11 or newer."
        return Finding("fail", reason, mending.with_python("3.11"))
    if patient.python > _NEWEST:
        reason = f"Python {version} is newer than altlens was tested with."
        return Finding("warn", reason, mending.with_python("3.14"))
    return Finding("pass", f"Python {version} is one that altlens is tested with.")


def engine(patient: Patient) -> Finding:
    """Load what the worker needs, under the host's Python, and ask what it can compute on."""
    try:
        ran = run(patient, _ENGINE)
    except (OSError, subprocess.TimeoutExpired) as error:
        return Finding("fail", f"{patient.host[0]} does not run: {error}.", mending.reinstall())
    said = plain((ran.stderr or b"").decode(errors="replace"))
    if ran.returncode:
        reason = f"A library that the worker needs does not load: {said[-200:]}"
        return Finding("fail", f"{reason.rstrip('.')}.", mending.reinstall(patient.host[0]))
    version, providers = json.loads(ran.stdout)
    on = [one.removesuffix("ExecutionProvider") for one in providers]
    gpu = any(one.startswith(_ON_A_GPU) for one in on)
    told = f"onnxruntime {version} can compute on {', '.join(on)}"
    return Finding("pass", f"{told}{'' if gpu else '; no GPU is used, and none is needed'}.")


@functools.lru_cache(maxsize=1)
def providers(patient: Patient) -> tuple[str, ...]:
    """Return what the host's onnxruntime was built for, in its own words; none if it is broken."""
    try:
        return tuple(json.loads(run(patient, _ENGINE).stdout)[1])
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return ()


def run(patient: Patient, program: str) -> subprocess.CompletedProcess[bytes]:
    """Run a program under the host's Python, as the host imports.

    Args:
        patient: What is examined.
        program: The program's text.

    Raises:
        OSError: That Python cannot be started.
        subprocess.TimeoutExpired: It took too long.
    """
    return subprocess.run(
        [patient.host[0], "-E", "-P", "-c", program],
        env=dict(patient.environment),
        capture_output=True,
        timeout=patient.patience,
        check=False,
    )


def model(patient: Patient) -> Finding:
    """Compare the model's files with the digests that its card declares."""
    name, mend = _model(patient), mend_model(patient)
    try:
        found = catalogue.find(name)
        declared = json.loads((found.path / catalogue.CARD).read_text(encoding="utf-8"))["files"]
    except AltlensError as error:
        return Finding("fail", f"The model cannot be used: {error.detail}", mend)
    except (OSError, KeyError):
        return Finding("pass", f"The model {name} declares no digests to compare with.")
    for file, told in declared.items():
        fault = _fault(found.path / file, told["sha256"])
        if fault:
            return Finding("fail", f"The file {file} of the model {found.id} {fault}.", mend)
    reason = f"All {len(declared)} files of the model {found.id} are as they were released."
    return Finding("pass", reason)


def model_folder(patient: Patient) -> Path | None:
    """Return the folder of the model that the host is started with; None if it is not there."""
    with suppress(AltlensError):
        return catalogue.find(_model(patient)).path
    return None


def mend_model(patient: Patient) -> str:
    """Return the command that brings a sound model: the package's anew, or that for another."""
    if _model(patient) in catalogue.embedded_names():
        return mending.reinstall()
    return mending.install(patient, "--model", "lite")


def _model(patient: Patient) -> str:
    """Return the model that the host is started with."""
    command = patient.host
    return command[command.index("--model") + 1] if "--model" in command else "lite"


def _fault(path: Path, digest: str) -> str:
    try:
        with path.open("rb") as file:
            same = hashlib.file_digest(file, "sha256").hexdigest() == digest
    except OSError as error:
        return f"cannot be read: {error.strerror}"
    return "" if same else "is not the one that was released"
