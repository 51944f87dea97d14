"""Installs altlens into one profile: looks for conflicts first, then writes, with a receipt."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from altlens_installer import files, launcher, manifest, preferences, receipt, xpi
from altlens_installer.errors import InstallerError, NotWritableError
from altlens_installer.places import Places
from altlens_installer.profiles import Profile
from altlens_installer.uninstall import uninstall

Change = Literal["written", "unchanged"]


@dataclass(frozen=True, slots=True)
class Step:
    """What was done with one file."""

    path: Path
    change: Change


@dataclass(frozen=True, slots=True)
class Sources:
    """What is installed.

    Attributes:
        extension: The folder of the extension.
        manifests: The folder of the manifests' templates.
        host: The command that starts the host, the interpreter's absolute path first.
    """

    extension: Path
    manifests: Path
    host: tuple[str, ...]


def install(profile: Profile, places: Places, sources: Sources) -> list[Step]:
    """Install altlens into a profile; a second time changes nothing.

    Args:
        profile: Which one.
        places: The folders of the user.
        sources: What to install.

    Returns:
        What was done with each file.

    Raises:
        ForeignFileError: A file that we did not write stands in the way; nothing was changed.
        PreferenceConflictError: As does a line in user.js; nothing was changed.
        NotWritableError: The system refuses. A first installation is taken back; a later one goes
            on where it stopped when it is run again.
    """
    shared = receipt.shared(places.receipts)
    own = receipt.of_profile(places.receipts, profile.path, profile.name)
    host = {
        places.launcher: launcher.render(sources.host),
        places.manifest: manifest.render(sources.manifests, places.launcher),
    }
    addon = {extension_path(profile.path): xpi.build(sources.extension)}
    for held, wanted in ((shared, host), (own, addon)):
        for path in wanted:
            held.check(path)
    user_js = profile.path / "user.js"
    before = files.read(user_js)
    after, block = preferences.refresh(before or b"", own.block.encode())

    try:
        steps = _write(shared, host)
        own = replace(own, block=block.decode(), created=before is None or own.created)
        return steps + _write(own, addon, last=(user_js, before, after))
    except NotWritableError:
        if not own.written:
            with suppress(InstallerError):
                uninstall(places, str(profile.path))
        raise


def extension_path(profile: Path) -> Path:
    """Return where the extension of a profile is."""
    return profile / "extensions" / f"{manifest.EXTENSION_ID}.xpi"


def _write(
    held: receipt.Receipt,
    wanted: dict[Path, bytes],
    last: tuple[Path, bytes | None, bytes] | None = None,
) -> list[Step]:
    held = held.expecting(wanted)
    held.save()
    steps = [_put(path, files.read(path), data) for path, data in wanted.items()]
    if last:
        steps.append(_put(*last))
    held.settled(wanted).save()
    return steps


def _put(path: Path, before: bytes | None, after: bytes) -> Step:
    runs = after.startswith(b"#!")
    same = before == after or (before is None and not after)
    if same and not (runs and not os.access(path, os.X_OK)):
        return Step(path, "unchanged")
    files.write(path, after, 0o755 if runs else None)
    return Step(path, "written")
