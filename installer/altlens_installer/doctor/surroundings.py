"""What altlens needs of the machine: room on the disk, and permissions that fit."""

from __future__ import annotations

import os
import shutil
import stat
from contextlib import suppress
from pathlib import Path

from altlens_host.errors import AltlensError
from altlens_host.permissions import writable_by_all
from altlens_installer import receipt
from altlens_installer.doctor import mending, software
from altlens_installer.doctor.finding import Finding, Patient, receipts_of
from altlens_installer.platforms.registry import is_value


def disk(patient: Patient) -> Finding:
    """Look at the free space where altlens keeps what it writes."""
    there = next(one for one in (patient.data, *patient.data.parents) if one.exists())
    free = shutil.disk_usage(there).free
    told = f"{free / 1e6:,.0f} MB are free where {patient.data} is"
    if free < patient.free:
        used = mending.quoted("du", "-xhd1", patient.machine.home)
        return Finding("warn", f"Only {told}; {patient.free / 1e6:,.0f} MB should be.", used)
    return Finding("pass", f"{told}.")


def permissions(patient: Patient) -> Finding | None:
    """Look whether altlens may read and write its own files and folders."""
    if patient.machine.system == "win32":
        return None
    own = _own(patient.receipts)
    folders = [patient.data, patient.receipts, *(one.parent for one in own)]
    folders += [one.profile for one in patient.installations]
    for folder in dict.fromkeys(folders):
        if folder.is_dir() and not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
            reason = f"You may not write into {folder}, so altlens cannot be updated or removed."
            return Finding("fail", reason, mending.permit(folder, "u+rwx"))
    for path in own:
        if path.exists() and not os.access(path, os.R_OK):
            reason = f"{path} may not be read, so the browser cannot read it either."
            return Finding("fail", reason, mending.permit(path, "u+rw"))
    return Finding("pass", "altlens may read and write its own files.") if own else None


def guarded(patient: Patient) -> Finding | None:
    """Look whether another user could change what the browser starts."""
    if patient.machine.system == "win32":
        return None
    own = [*_own(patient.receipts), *_own(receipts_of(patient.machine)[1])]
    for path in (*own, *dict.fromkeys(one.parent for one in own)):
        with suppress(OSError):
            if path.stat().st_mode & stat.S_IWOTH:
                reason = f"Everybody on this machine may change {path}, which the browser runs."
                return Finding("fail", reason, mending.quoted("chmod", "o-w", path))
    changed = _changeable(software.model_folder(patient))
    if changed:
        folder, path = changed
        reason = f"Everybody on this machine may change {path}, which belongs to the model."
        return Finding("fail", reason, mending.quoted("chmod", "-R", "o-w", folder))
    return Finding("pass", "No other user can change what the browser starts.") if own else None


def _changeable(folder: Path | None) -> tuple[Path, Path] | None:
    """Return a model's folder, and what in it every user may change; None if that is nothing.

    The host refuses to serve with such a model (docs/decisions/0069).
    """
    if folder is not None:
        with suppress(OSError):
            for path in (folder, *sorted(folder.rglob("*"))):
                if writable_by_all(path):
                    return folder, path
    return None


def _own(receipts: Path) -> list[Path]:
    """Return the launcher and the manifests that were written."""
    with suppress(AltlensError):
        written = receipt.shared(receipts).written
        return [Path(place) for place in written if not is_value(place)]
    return []
