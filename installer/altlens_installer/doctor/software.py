"""What altlens itself is made of: Python, its libraries, the model."""

from __future__ import annotations

import functools
import json
import subprocess
from contextlib import suppress
from pathlib import Path

from altlens_host.errors import AltlensError
from altlens_host.models import catalogue, known, store
from altlens_host.settings import Settings, settings_file
from altlens_host.settings_file import with_file
from altlens_installer.doctor import mending
from altlens_installer.doctor.finding import Finding, Patient
from altlens_installer.models import installing, lock
from altlens_installer.models.hub import COMMIT
from altlens_installer.models.source import told_size
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


def unloadable(patient: Patient, program: str) -> str:
    """Run a program that loads something, as the host imports.

    Args:
        patient: What is examined.
        program: The program's text.

    Returns:
        What is wrong, as a sentence; empty if it loads.
    """
    try:
        ran = run(patient, program)
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"{patient.host[0]} does not run: {error}."
    said = plain(ran.stderr.decode(errors="replace"))[-200:].strip().rstrip(".")
    return f"It does not load: {said}." if ran.returncode else ""


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
    """Compare the files of the model in use with the digests that its card declares."""
    name, mend = _model(patient), mend_model(patient)
    try:
        found = catalogue.find(name, _stores(patient))
    except AltlensError as error:
        return Finding("fail", f"The model cannot be used: {error.detail}", mend)
    faults = lock.faults(found.path)
    if faults:
        more = f", and {len(faults) - 1} more" if len(faults) > 1 else ""
        told = plain(faults[0].rstrip("."))
        return Finding("fail", f"The model {found.id} is not whole: {told}{more}.", mend)
    if not found.files:
        return Finding("pass", f"The model {name} declares no digests to compare with.")
    reason = f"All {len(found.files)} files of the model {found.id} are those of its installation."
    return Finding("pass", reason)


def download(patient: Patient) -> Finding:
    """Look for downloads of models that were begun and not ended."""
    for home in store.homes(_stores(patient)[:1]):
        for left in installing.partials(home):
            name = home.name.replace("--", "/", 1)
            size = told_size(installing.total(left))
            reason = f"The model {name} was begun to download and is not whole; it takes {size}."
            return Finding("warn", reason, _going_on(name, left.name.removesuffix(store.PARTIAL)))
    return Finding("pass", "No download of a model was left unfinished.")


def _going_on(name: str, revision: str) -> str:
    """Return the command that goes on with a download, or takes it away where that cannot be."""
    commit, _, variant = revision.partition("-")
    if not catalogue.fetchable(name) or not COMMIT.fullmatch(commit):
        return mending.altlens("model", "remove", f"{name}@{revision}")
    asked = name if name in known.ENTRIES else f"{name}@{commit}"
    return mending.altlens("model", "install", asked, *([f"--{variant}"] if variant else []))


def model_folder(patient: Patient) -> Path | None:
    """Return the folder of the model that the host uses; None if it is not there."""
    with suppress(AltlensError):
        return catalogue.find(_model(patient), _stores(patient)).path
    return None


def mend_model(patient: Patient) -> str:
    """Return the command that brings a sound model: it, the package's, or the choice of another."""
    name = _model(patient)
    with suppress(AltlensError):
        found = catalogue.find(name, _stores(patient))
        if found.path.parent == catalogue.EMBEDDED:
            return mending.reinstall()
    if name == catalogue.AUTO:
        name = known.DEFAULT
    bare = name.partition("@")[0]
    if catalogue.fetchable(bare):
        there = [store.home_of(root, bare).is_dir() for root in _stores(patient)]
        for_all = any(there) and not there[0]
        return mending.altlens("model", "install", name, *(["--system"] if for_all else []))
    if _chosen(patient):
        return mending.altlens("model", "use", catalogue.AUTO)
    return mending.install(patient, "--model", known.SHIPPED)


def _model(patient: Patient) -> str:
    """Return the model that the host uses: by the user's settings, else as it is started."""
    command = patient.host
    started = command[command.index("--model") + 1] if "--model" in command else catalogue.AUTO
    return _chosen(patient) or started


def _chosen(patient: Patient) -> str:
    """Return what the user's settings say; empty where they say nothing."""
    path = settings_file(patient.environment, patient.machine.system)
    return with_file(Settings(model=""), path).model


def _stores(patient: Patient) -> tuple[Path, ...]:
    """Return the folders of models, the user's first."""
    own, *others = store.folders(patient.environment)
    return (patient.data / own.name, *others)
