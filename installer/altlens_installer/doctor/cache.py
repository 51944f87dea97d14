"""The cache: whether answers can be remembered, and whether those that are there are sound.

All of it is looked at without the key, which only the Firefox profile has.
"""

from __future__ import annotations

import os
from pathlib import Path

from altlens_host.cache import inspection
from altlens_host.cache.inspection import Found
from altlens_host.permissions import writable_by_all
from altlens_installer.doctor import mending
from altlens_installer.doctor.finding import Finding, Patient

_ALL = os.R_OK | os.W_OK | os.X_OK


def cache(patient: Patient) -> Finding | None:
    """Look at the folder of the caches, and at each file in it."""
    folder = patient.data / "cache"
    if patient.data.is_dir() and not os.access(patient.data, _ALL):
        return None  # that is for `permissions` to name
    if not folder.exists():
        return _not_yet(folder)
    if not folder.is_dir():
        reason = f"{folder} is no folder, so nothing is remembered."
        return Finding("warn", reason, mending.aside(folder))
    if writable_by_all(folder):
        reason = f"Everybody on this machine may write into {folder}, so nothing is remembered."
        return Finding("warn", reason, mending.quoted("chmod", "o-w", folder))
    if not os.access(folder, _ALL):
        reason = f"You may not write into {folder}, so nothing is remembered."
        return Finding("warn", reason, mending.permit(folder, "u+rwx"))
    return _judged(folder, inspection.every(folder))


def _not_yet(folder: Path) -> Finding:
    there = next(one for one in folder.parents if one.exists())
    if not os.access(there, _ALL):
        reason = f"{folder} cannot be made, so nothing is remembered."
        return Finding("warn", reason, mending.permit(there, "u+rwx"))
    return Finding("pass", f"Nothing is remembered yet; it will be in {folder}.")


def _judged(folder: Path, files: list[Found]) -> Finding:
    used = [one for one in files if not one.aside]
    for one in used:
        if not os.access(one.path, os.R_OK | os.W_OK):
            reason = f"You may not write to {one.path}, so nothing is remembered."
            return Finding("warn", reason, mending.permit(one.path, "u+rw"))
    clear = mending.altlens("cache", "clear")
    for one in used:
        faults = inspection.faults(one.path)
        if faults:
            reason = f"{one.path} cannot be used, so nothing is remembered: {' '.join(faults)}"
            return Finding("warn", reason, clear)
    if len(files) > len(used):
        reason = f"{files[-1].path} was damaged and is set aside; a new one was begun."
        return Finding("warn", reason, clear)
    answers = sum(one.entries or 0 for one in used)
    reason = f"In {folder}, {answers} answers are remembered; all {len(used)} files are sound."
    return Finding("pass", reason)
