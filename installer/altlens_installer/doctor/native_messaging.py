"""How the browser finds the host: the native manifests, each where that browser looks."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from altlens_host.errors import AltlensError
from altlens_installer import files, manifest
from altlens_installer.doctor import mending
from altlens_installer.doctor.finding import Finding, Installation, Patient
from altlens_installer.platforms.registry import is_value


def manifest_file(patient: Patient, place: str) -> Path | None:
    """Return the manifest's file in a place; None if the registry names none.

    Raises:
        RegistryRefusedError: Windows refuses.
    """
    if not is_value(place):
        return Path(place)
    registry = patient.machine.registry
    named = registry.read(place) if registry else None
    return patient.machine.at(named) if named else None


def first_manifest(patient: Patient, one: Installation) -> tuple[str, Path] | None:
    """Return the place and the file that a profile's browser takes: the first that there is."""
    for place in (*patient.of(one), *patient.of_all(one)):
        path = manifest_file(patient, place)
        if path and (denied(path) or files.read(path) is not None):
            return place, path
    return None


def denied(path: Path) -> bool:
    """Say whether something is there that cannot be read, for want of a right or of a file."""
    if path.parent.is_dir() and not os.access(path.parent, os.X_OK):
        return True
    return path.exists() and not (path.is_file() and os.access(path, os.R_OK))


def found(patient: Patient) -> Finding | None:
    """Look for a manifest in each place where a browser looks, and at what is in it."""
    if not patient.installations:
        (place, *_) = patient.places
        reason = f"No native manifest is at {place}."
        return None if patient.lost else Finding("fail", reason, mending.install(patient))
    for one in patient.installations:
        taken = first_manifest(patient, one)
        if taken and denied(taken[1]) and not _is_folder(taken[1]):
            return None  # it may not be read: that is for `permissions` to name
        fault = _fault(patient, one, taken and taken[1])
        if fault:
            return fault
    where = ", ".join(patient.places)
    return Finding("pass", f"{where}: valid, and points to a program that can be run.")


def _fault(patient: Patient, one: Installation, path: Path | None) -> Finding | None:
    name = one.browser.name if one.browser else "Firefox"
    again = mending.install_into(one)
    if path is None:
        reason = f"{name} finds no native manifest at {patient.of(one)[0]}."
        return Finding("fail", reason + _misplaced(patient, one), again)
    if _is_folder(path):
        return Finding("fail", f"{path} is a folder, not a file.", mending.away(path, again))
    faults = manifest.faults(files.read(path) or b"")
    if faults:
        reason = f"{name} cannot use the manifest {path}: {'; '.join(faults)}."
        return Finding("fail", reason, replacing(patient, path, again))
    return None


def shadowed(patient: Patient) -> Finding | None:
    """Look whether somebody else's manifest comes before ours."""
    for one in patient.installations:
        taken = first_manifest(patient, one)
        if taken is None or denied(taken[1]) or manifest.faults(files.read(taken[1]) or b""):
            return None
        _, path = taken
        if not any(each.owns(path, files.read(path) or b"") for each in patient.shared):
            reason = f"The browser takes {path}, which altlens did not write."
            return Finding("fail", reason, mending.away(path, mending.install_into(one)))
    if not patient.installations:
        return None
    return Finding("pass", "No other manifest comes before the one of altlens.")


def replacing(patient: Patient, path: Path, again: str) -> str:
    """Return the command that installs again, where a file may be in the way that is not ours."""
    with suppress(AltlensError):
        data = files.read(path)
        if data is None or any(each.owns(path, data) for each in patient.shared):
            return again
    return mending.away(path, again)


def _is_folder(path: Path) -> bool:
    with suppress(OSError):
        return path.is_dir()
    return False


def _misplaced(patient: Patient, one: Installation) -> str:
    """Say where a manifest is instead, of the places where other Firefoxes look."""
    elsewhere = {
        place
        for browser in patient.found.browsers
        for place in (*browser.user_manifests, *browser.system_manifests)
        if place not in patient.of(one)
    }
    for place in sorted(elsewhere):
        with suppress(AltlensError):
            path = manifest_file(patient, place)
            if path and not denied(path) and files.read(path) is not None:
                return f" There is one at {path}, where it does not look."
    return ""


def replacing_own(one: Installation, path: Path, again: str) -> str:
    """Return the same for a file of a profile."""
    with suppress(AltlensError):
        data = files.read(path)
        if data is None or one.receipt.owns(path, data):
            return again
    return mending.away(path, again)
