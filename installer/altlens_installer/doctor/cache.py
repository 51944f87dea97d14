"""The cache: whether answers can be remembered, and whether those that are there are sound.

All of it is looked at without the key, which only the Firefox profile has.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from altlens_host.permissions import writable_by_all
from altlens_installer.doctor import mending, software
from altlens_installer.doctor.finding import Finding, Patient
from altlens_installer.terminal import plain

_SEALING = """
import sqlite3
from altlens_host.cache.sealing import Sealer
Sealer(bytes(32))
"""
"""Run in a process of its own: these libraries may be broken, or lack what seals."""

_ALL = os.R_OK | os.W_OK | os.X_OK


def cache(patient: Patient) -> Finding | None:
    """Look at the folder of the caches, at each file in it, and at what seals them."""
    folder = patient.data / "cache"
    if patient.data.is_dir() and not os.access(patient.data, _ALL):
        return None  # that is for `permissions` to name
    try:
        fault = _unusable(folder) or _unsound(folder) or _sealing(patient)
        return fault or Finding("pass", _kept(folder))
    except ImportError:
        return _sealing(patient)


def _unusable(folder: Path) -> Finding | None:
    """Look at the folder, or at where it would be made."""
    if not folder.exists():
        there = next(one for one in folder.parents if one.exists())
        reason = f"{folder} cannot be made, so nothing is remembered."
        mend = mending.permit(there, "u+rwx")
        return None if os.access(there, _ALL) else Finding("warn", reason, mend)
    if not folder.is_dir():
        reason = f"{folder} is no folder, so nothing is remembered."
        return Finding("warn", reason, mending.aside(folder))
    if writable_by_all(folder):
        reason = f"Everybody on this machine may write into {folder}, so nothing is remembered."
        return Finding("warn", reason, mending.quoted("chmod", "o-w", folder))
    if not os.access(folder, _ALL):
        reason = f"You may not write into {folder}, so nothing is remembered."
        return Finding("warn", reason, mending.permit(folder, "u+rwx"))
    return None


def _unsound(folder: Path) -> Finding | None:
    """Look at each file."""
    from altlens_host.cache import inspection

    files = inspection.every(folder)
    clear = mending.altlens("cache", "clear")
    for one in (one for one in files if not one.aside):
        if not os.access(one.path, os.R_OK | os.W_OK):
            reason = f"You may not write to {one.path}, so nothing is remembered."
            return Finding("warn", reason, mending.permit(one.path, "u+rw"))
        faults = inspection.faults(one.path)
        if faults:
            reason = f"{one.path} cannot be used, so nothing is remembered: {' '.join(faults)}"
            return Finding("warn", reason, clear)
    if files and files[-1].aside:
        reason = f"{files[-1].path} was damaged and is set aside; a new one was begun."
        return Finding("warn", reason, clear)
    return None


def _sealing(patient: Patient) -> Finding | None:
    """Try what seals, in a process of its own."""
    try:
        ran = software.run(patient, _SEALING)
        told = plain(ran.stderr.decode(errors="replace")) or f"status {ran.returncode}"
        said = told if ran.returncode else ""
    except (OSError, subprocess.TimeoutExpired) as error:
        said = str(error)
    if not said or software.engine(patient).status == "fail":
        return None
    reason = f"What is remembered could not be sealed, so nothing is: {said[-200:].rstrip('.')}."
    return Finding("warn", reason, mending.reinstall(patient.host[0]))


def _kept(folder: Path) -> str:
    from altlens_host.cache import inspection

    files = inspection.every(folder)
    if not files:
        return f"Nothing is remembered yet; it will be in {folder}."
    answers = sum(one.entries or 0 for one in files)
    return f"In {folder}, {answers} answers are remembered; all {len(files)} files are sound."
