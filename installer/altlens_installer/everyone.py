"""Installing for all users of a machine: the host alone, or by an administrator's policies."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from altlens_installer import enterprise, receipt, xpi
from altlens_installer.errors import (
    BrowserNotFoundError,
    BrowserRefusedError,
    ManagedSettingsError,
    PoliciesBrokenError,
    PoliciesConflictError,
    SignatureNeededError,
    UnsignedNotAllowedError,
)
from altlens_installer.finding.browser import Browser
from altlens_installer.finding.found import Finding
from altlens_installer.finding.machine import Machine
from altlens_installer.install import Host, Sources, host_places, shared_part
from altlens_installer.manifest import EXTENSION_ID
from altlens_installer.plan import Plan, Refusal, Wanted, compare
from altlens_installer.platforms.policies import extension
from altlens_installer.receipt import Receipt
from altlens_installer.store import Store

_WEAKER = (
    "Every profile of every user will take add-ons without Mozilla's signature. That makes all of "
    "their add-ons less safe; altlens needs it as long as its extension is not signed."
)


def folder(machine: Machine) -> Path:
    """Return the folder that altlens has to itself for all users of a machine."""
    if machine.system == "win32":
        return (machine.variable("ProgramData") or machine.at("C:\\ProgramData")) / "altlens"
    if machine.system == "darwin":
        return machine.at("/Library/Application Support/altlens")
    return machine.at("/usr/local/lib/altlens")


def browsers(finding: Finding, key: str | None) -> list[Browser]:
    """Return the browsers to install for.

    Args:
        finding: What is there.
        key: The key of one of them; None for all that altlens can be installed into.

    Raises:
        BrowserNotFoundError: There is none.
        BrowserRefusedError: altlens is not installed into it.
    """
    named = [
        one
        for one in finding.browsers
        if key is None or one.key == key or one.key.startswith(f"{key}-")
    ]
    taken = [one for one in named if not one.refusal]
    if named and not taken:
        raise BrowserRefusedError(named[0].refusal)
    if not taken:
        what = f"No browser called {key!r}" if key else "No Firefox"
        raise BrowserNotFoundError(f"{what} was found.")
    return taken


def managed(path: str | None) -> dict[str, object]:
    """Read the extension's managed settings.

    Args:
        path: A file with a JSON object; None for no settings.

    Raises:
        ManagedSettingsError: It cannot be read, or is none.
    """
    if path is None:
        return {}
    try:
        read = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ManagedSettingsError(f"{path}: {error}.") from None
    if not isinstance(read, dict):
        raise ManagedSettingsError(f"{path} is no JSON object.")
    return read


def host_alone(found: Sequence[Browser], host: Host, sources: Sources, store: Store) -> Plan:
    """Plan the host for all users; the extension is another matter."""
    places = [place for one in found for place in one.system_manifests]
    own = receipt.of_all(host.receipts, "system")
    own = replace(own, uses=host_places(host, sources, places))
    return Plan((shared_part(host, sources, places, store), compare(own, (), {})))


def by_policy(
    found: Sequence[Browser],
    host: Host,
    sources: Sources,
    store: Store,
    settings: Mapping[str, object],
    *,
    unsigned: bool = False,
) -> Plan:
    """Plan host and extension for all users and profiles, by policies.json.

    Args:
        found: The browsers.
        host: Where the host's own files are.
        sources: What to install.
        store: Where things are.
        settings: What the extension finds in `browser.storage.managed`.
        unsigned: Whether profiles may be made to take unsigned extensions.
    """
    weaker = sources.signed is None
    refused = [one for one in (_refusal(one, weaker, unsigned) for one in found) if one]
    names = {one.where for one in refused}
    taken = [one for one in found if one.name not in names]
    if not taken:
        return Plan((), tuple(refused))
    places = [place for one in taken for place in one.system_manifests]
    held = receipt.of_all(host.receipts, "enterprise")
    packed = host.folder / f"{EXTENSION_ID}.xpi"
    data = sources.signed or xpi.build(sources.extension)
    held = replace(held, uses=host_places(host, sources, places), signed=not weaker)
    wanted: dict[str, Wanted] = {}
    for path in dict.fromkeys(one.policies for one in taken if one.policies):
        # What one in a sandbox can see, every browser that reads the same file can.
        sharing = (one for one in taken if one.policies == path)
        lies, address = extension(max(sharing, key=lambda one: one.portal), packed)
        why = "describes the images of the pages"
        wanted[str(lies)] = Wanted(str(lies), data, "extension", why)
        found_there = store.read(str(path)).data
        wanted[str(path)] = _policies(path, held, found_there, address, settings)
    seen = {place: store.read(place) for place in wanted}
    own = compare(held, wanted.values(), seen)
    parts = (shared_part(host, sources, places, store), own)
    return Plan(parts, tuple(refused), (_WEAKER,) if weaker else ())


def _refusal(browser: Browser, weaker: bool, unsigned: bool) -> Refusal | None:
    if browser.policies is None:
        detail = f"{browser.name} reads no policies here."
        return Refusal(browser.name, BrowserRefusedError(detail))
    if weaker and not browser.unsigned:
        detail = f"{browser.name} takes only an extension that Mozilla has signed."
        return Refusal(browser.name, SignatureNeededError(detail))
    if weaker and not unsigned:
        detail = f"The extension is not signed; {browser.name} would have to take unsigned ones."
        return Refusal(browser.name, UnsignedNotAllowedError(detail))
    return None


def _policies(
    path: Path, held: Receipt, found: bytes | None, address: str, settings: Mapping[str, object]
) -> Wanted:
    ours = found is not None and held.owns(str(path), found)
    before = held.originals.get(str(path)) if ours else found
    what, why = "policies", "installs the extension in every profile"
    try:
        data = enterprise.policies(before, address, settings, unsigned=not held.signed)
    except (PoliciesBrokenError, PoliciesConflictError) as error:
        conflict = type(error)(f"{path}: {error.detail}")
        return Wanted(str(path), found or b"", what, why, merged=True, conflict=conflict)
    return Wanted(str(path), data, what, why, merged=True)
