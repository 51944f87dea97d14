"""The extension in each profile: there, allowed, started, and of this version."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

from altlens_installer import files, install, preferences, xpi
from altlens_installer.doctor import mending, native_messaging
from altlens_installer.doctor.finding import Finding, Installation, Patient
from altlens_installer.manifest import EXTENSION_ID


def present(patient: Patient) -> Finding | None:
    """Look for the extension in each profile."""
    there = [one for one in _own(patient) if one.profile.is_dir()]
    if not patient.installations and patient.lost:
        return None
    if not patient.installations:
        return Finding("fail", "altlens is in no Firefox profile.", mending.install(patient))
    for one in there:
        path = install.extension_path(one.profile)
        packed = files.read(path)
        if packed is None:
            reason = f"The extension is not in {one.profile}."
            return Finding("fail", reason, mending.install_into(one))
        if not xpi.version(packed):
            reason = f"{path} is damaged, or no extension at all."
            again = native_messaging.replacing_own(one, path, mending.install_into(one))
            return Finding("fail", reason, again)
    if not _own(patient):
        return Finding("pass", "The extension comes by an administrator's policy.")
    count = len(patient.installations)
    return Finding("pass", f"The extension is in {count} profile{'s' * (count > 1)}.")


def version(patient: Patient) -> Finding | None:
    """Compare the extension in each profile with the one that this altlens has."""
    if not patient.sources:
        return None
    wanted = xpi.build(patient.sources.extension)
    for one in _own(patient):
        path = install.extension_path(one.profile)
        packed = files.read(path)
        if packed is None or not xpi.version(packed):
            return None
        if packed != wanted and not one.receipt.signed:
            reason = (
                f"The extension in {one.profile} is version {xpi.version(packed)}, "
                f"and not the one that this altlens has, {xpi.version(wanted)}."
            )
            again = native_messaging.replacing_own(one, path, mending.install_into(one))
            return Finding("warn", reason, again)
    told = f"The extension is version {xpi.version(wanted)}, as this altlens has it."
    return Finding("pass", told) if _own(patient) else None


def allowed(patient: Patient) -> Finding | None:
    """Look at what lets the browser take the extension: a signature, or the preferences."""
    there = [one for one in _own(patient) if _packed(one)]
    for one in there:
        if one.receipt.signed:
            continue
        if one.browser and not one.browser.unsigned:
            reason = f"{one.browser.name} takes no extension without Mozilla's signature."
            mend = mending.altlens("install", "--profile", one.profile, "--xpi", "SIGNED.xpi")
            return Finding("fail", reason, mend)
        if not install.allowed(one.profile, one.receipt):
            contents = (files.read(one.profile / name) for name in ("user.js", "prefs.js"))
            weaker = not preferences.unsigned_taken(*(data or b"" for data in contents))
            reason = f"user.js in {one.profile} does not let the browser take the extension."
            options = ["--allow-unsigned"] * weaker
            return Finding("fail", reason, mending.install_into(one, *options))
    return Finding("pass", "The browser is allowed to take the extension.") if there else None


def enabled(patient: Patient) -> Finding | None:
    """Read what the browser says of the extension, once it has seen it."""
    there = [one for one in patient.installations if _packed(one)]
    waiting = []
    for one in there:
        told = _told(one.profile)
        program = one.browser.program if one.browser else "firefox"
        opened = mending.quoted(program, "--profile", one.profile, "about:addons")
        if told is None:
            waiting.append(one)
        elif told.get("userDisabled") or told.get("softDisabled"):
            return Finding("fail", f"The extension is switched off in {one.profile}.", opened)
        elif not told.get("active"):
            reason = f"The browser has refused to start the extension in {one.profile}."
            return Finding("fail", reason, mending.install_into(one))
        elif told.get("version") != xpi.version(_packed(one) or b""):
            reason = f"The browser still runs version {told.get('version')} in {one.profile}."
            return Finding("warn", reason, opened)
    if waiting:
        reason = f"No browser was started with {waiting[0].profile} since altlens was installed."
        return Finding("pass", reason)
    return Finding("pass", "The extension is switched on.") if there else None


def _own(patient: Patient) -> list[Installation]:
    """Return the installations that altlens made in the profile itself."""
    return [one for one in patient.installations if not one.by_policy]


def _packed(one: Installation) -> bytes | None:
    packed = files.read(install.extension_path(one.profile))
    return packed if packed and xpi.version(packed) else None


def _told(profile: Path) -> dict[str, Any] | None:
    """Return what Firefox's own extensions.json says of the extension."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        listed = json.loads((profile / "extensions.json").read_text(encoding="utf-8"))
        for one in listed["addons"]:
            if one["id"] == EXTENSION_ID:
                return dict(one)
    return None
