"""The profiles: whether altlens is in one that is used, and what was written down about it."""

from __future__ import annotations

from altlens_host.errors import AltlensError
from altlens_installer import receipt
from altlens_installer.doctor import mending
from altlens_installer.doctor.finding import Finding, Patient


def receipts(patient: Patient) -> Finding | None:
    """Read what altlens wrote down about what it installed."""
    if not patient.receipts.is_dir():
        return None
    kept = sorted(patient.receipts.glob("*.json"))
    for path in kept:
        try:
            receipt.load(path)
        except AltlensError as error:
            reason = f"The receipt of an installation cannot be read: {error.detail}"
            known = (one.path for one in patient.found.profiles)
            lost = next((one for one in known if receipt.path_of(path.parent, one) == path), None)
            again = mending.altlens("install", "--profile", lost) if lost else ""
            return Finding("fail", reason, mending.away(path, again or mending.install(patient)))
    return Finding("pass", f"All {len(kept)} receipts can be read; uninstalling will be complete.")


def lists(patient: Patient) -> Finding:
    """Read the browsers' own lists of profiles."""
    for error in patient.found.faults:
        return Finding("warn", error.detail, mending.altlens("install", "--profile", "FOLDER"))
    count = len(patient.found.profiles)
    return Finding("pass", f"The browsers know {count} profile{'s' * (count != 1)}.")


def used(patient: Patient) -> Finding | None:
    """Look whether altlens is in a profile that still exists and that a browser starts with."""
    for one in patient.installations:
        if not one.profile.is_dir():
            reason = f"altlens was installed into {one.profile}, which is gone."
            return Finding("warn", reason, mending.altlens("uninstall", "--profile", one.profile))
    here = {one.profile.resolve() for one in patient.installations}
    starting = [one for one in patient.found.profiles if one.used]
    if not here or not starting:
        return None
    if not any(one.path.resolve() in here for one in starting):
        first = starting[0]
        reason = f"The browser starts with the profile {first.name}, which altlens is not in."
        mend = mending.altlens("install", "--profile", first.path)
        return Finding("warn", reason, mend)
    return Finding("pass", "altlens is in a profile that a browser starts with.")
