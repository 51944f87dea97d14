"""What an installation wants: the host where Firefox looks for it, the extension in profiles."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from altlens_installer import files, manifest, preferences, receipt, sideload, xpi
from altlens_installer.errors import (
    PreferenceConflictError,
    SignatureNeededError,
    UnsignedNotAllowedError,
)
from altlens_installer.finding.machine import System
from altlens_installer.plan import Part, Plan, Refusal, Wanted, compare
from altlens_installer.platforms import manifests
from altlens_installer.platforms.launchers import launcher
from altlens_installer.receipt import Receipt
from altlens_installer.store import Store

WEAKER = (
    f"The profile will take add-ons without Mozilla's signature ({preferences.SIGNATURES} is "
    "false). That makes every add-on of the profile less safe: install none that you do not know. "
    "altlens needs it as long as its extension is not signed."
)


@dataclass(frozen=True, slots=True)
class Sources:
    """What is installed.

    Attributes:
        extension: The folder of the extension.
        manifests: The folder of the manifests' templates.
        host: The command that starts the host, the interpreter's absolute path first.
        signed: The bytes of a signed XPI that takes the place of `extension`, if one was given.
        model: The model that the command names; empty for the usual one.
    """

    extension: Path
    manifests: Path
    host: tuple[str, ...]
    signed: bytes | None = None
    model: str = ""


@dataclass(frozen=True, slots=True)
class Target:
    """A profile to install into.

    Attributes:
        profile: Its folder.
        name: What about:profiles calls it; empty if that is not known.
        manifests: Where its browser looks for native manifests: files, or registry values.
        browser: What its browser is called.
        unsigned: Whether that browser can take an extension without a signature at all.
    """

    profile: Path
    name: str
    manifests: tuple[str, ...]
    browser: str = "Firefox"
    unsigned: bool = True


@dataclass(frozen=True, slots=True)
class Host:
    """Where the host's own files are.

    Attributes:
        folder: The folder that altlens has to itself.
        system: As `sys.platform` has it.
    """

    folder: Path
    system: System = "linux"

    @property
    def receipts(self) -> Path:
        """The folder of the receipts."""
        return self.folder / "receipts"


def prepare(
    targets: Sequence[Target],
    host: Host,
    sources: Sources,
    store: Store,
    *,
    unsigned: bool = False,
) -> Plan:
    """Plan an installation; nothing is written.

    Args:
        targets: The profiles.
        host: Where the host's own files are.
        sources: What to install.
        store: Where things are.
        unsigned: Whether profiles may be made to take unsigned extensions.

    Raises:
        ReceiptBrokenError: A receipt cannot be read.
        NotWritableError: Something that stands in a place cannot be read.
    """
    refused = [
        refusal for one in targets if (refusal := _refusal(one, host, sources, store, unsigned))
    ]
    taken = [one for one in targets if str(one.profile) not in {each.where for each in refused}]
    parts = [_own(one, host, sources, store) for one in taken]
    if parts:
        places = [place for one in taken for place in one.manifests]
        parts.insert(0, shared_part(host, sources, places, store))
    weaker = any(weakens(one, host, sources, store) for one in taken)
    return Plan(tuple(parts), tuple(refused), (WEAKER,) if weaker else ())


def extension_path(profile: Path) -> Path:
    """Return where the extension of a profile is."""
    return profile / "extensions" / f"{manifest.EXTENSION_ID}.xpi"


def allowed(profile: Path, held: Receipt) -> bool:
    """Say whether user.js has all that lets Firefox take the extension that is in a profile.

    Args:
        profile: The profile's folder.
        held: Its receipt.
    """
    path = extension_path(profile)
    seen = sideload.seen(profile, path, xpi.version(files.read(path) or b""))
    needed = preferences.needed(not held.signed, seen)
    return preferences.complete(files.read(profile / "user.js") or b"", needed)


def weakens(target: Target, host: Host, sources: Sources, store: Store) -> bool:
    """Say whether installing makes a profile take unsigned extensions that does not yet."""
    held = receipt.of_profile(host.receipts, target.profile)
    if sources.signed is not None or _signed_there(held, target.profile, store):
        return False
    contents = (store.read(str(target.profile / name)).data for name in ("user.js", "prefs.js"))
    return not preferences.unsigned_taken(*(one or b"" for one in contents))


def shared_part(host: Host, sources: Sources, places: Iterable[str], store: Store) -> Part:
    """Plan the host: its launcher, and what tells each browser of it.

    Raises:
        LauncherMissingError: On Windows, there is nothing to make the launcher from.
    """
    path, program = launcher(host.system, sources.host, host.folder)
    why = "the browser starts altlens with it, under this Python"
    wanted = [Wanted(str(path), program, "launcher", why, runs=True)]
    text = manifest.render(sources.manifests, path)
    wanted += [
        Wanted(place, data, "native manifest", "tells the browser where the launcher is")
        for place, data in manifests.files(places, text, host.folder)
    ]
    held = replace(receipt.shared(host.receipts), model=sources.model)
    return compare(held, wanted, {one.place: store.read(one.place) for one in wanted})


def host_places(host: Host, sources: Sources, places: Iterable[str]) -> tuple[str, ...]:
    """Return every place that the host takes up for browsers that look in these."""
    path, _ = launcher(host.system, sources.host, host.folder)
    return (str(path), *(place for place, _ in manifests.files(places, b"", host.folder)))


def _refusal(
    target: Target, host: Host, sources: Sources, store: Store, unsigned: bool
) -> Refusal | None:
    if not weakens(target, host, sources, store):
        return None
    where = str(target.profile)
    if not target.unsigned:
        detail = f"{target.browser} takes only an extension that Mozilla has signed."
        return Refusal(where, SignatureNeededError(detail))
    if not unsigned:
        detail = f"The extension is not signed, and {where} does not take unsigned ones."
        return Refusal(where, UnsignedNotAllowedError(detail))
    return None


def _own(target: Target, host: Host, sources: Sources, store: Store) -> Part:
    held = receipt.of_profile(host.receipts, target.profile, target.name)
    path = extension_path(target.profile)
    found = {str(path): store.read(str(path))}
    signed = sources.signed is not None
    packed = sources.signed or xpi.build(sources.extension)
    if not signed and (there := _signed_there(held, target.profile, store)):
        signed, packed = True, there
    why = "describes the images of the pages"
    wanted = [Wanted(str(path), packed, "extension", why)]
    user_js = str(target.profile / "user.js")
    found[user_js] = store.read(user_js)
    if not held.written:
        prefs = store.read(str(target.profile / "prefs.js")).data or b""
        held = replace(held, before=preferences.sideloading(prefs))
    standing = found[str(path)].data == packed
    seen = standing and sideload.seen(target.profile, path, xpi.version(packed))
    content = found[user_js].data or b""
    wanted.append(preferences_wanted(target.profile, held, content, signed, seen=seen))
    held = replace(held, uses=host_places(host, sources, target.manifests), signed=signed)
    return compare(held, wanted, found)


def preferences_wanted(
    profile: Path, held: Receipt, content: bytes, signed: bool, *, seen: bool
) -> Wanted:
    """Return what should stand in user.js.

    Args:
        profile: The profile's folder.
        held: Its receipt.
        content: What stands in user.js.
        signed: Whether the extension is signed.
        seen: Whether Firefox has started it, and needs less from now on.
    """
    block = held.added(content)
    forgotten = _forgotten(profile, held, block) if seen else {}
    why = "lets Firefox keep the extension" if seen else "lets Firefox find the extension"
    user_js = str(profile / "user.js")
    try:
        needed = preferences.needed(not signed, seen)
        yielding = forgotten | preferences.sandboxed(profile)
        after, block = preferences.refresh(content, block, needed, yielding)
    except PreferenceConflictError as error:
        conflict = PreferenceConflictError(f"{profile}: {error.detail}")
        return Wanted(user_js, content, "preferences", why, block=block, conflict=conflict)
    return Wanted(user_js, after, "preferences", why, block=block)


def _signed_there(held: Receipt, profile: Path, store: Store) -> bytes | None:
    """Return the signed extension in a profile; it is not replaced by an unsigned one."""
    return store.read(str(extension_path(profile))).data if held.signed else None


def _forgotten(profile: Path, held: Receipt, block: bytes) -> dict[str, str]:
    if not preferences.sideloading(block):
        return {}
    prefs = files.read(profile / "prefs.js") or b""
    return preferences.restored(block, prefs, held.before, sideload.defaults(profile))
