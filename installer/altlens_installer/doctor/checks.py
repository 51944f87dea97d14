"""The checks, each of one thing. Each has a planted fault in the tests that only it names."""

from __future__ import annotations

import io
import json
import shlex
import subprocess
from contextlib import suppress
from pathlib import Path

from altlens_host.errors import AltlensError
from altlens_host.messages import ErrorReply
from altlens_installer import client, files, manifest, preferences, receipt, xpi
from altlens_installer.doctor.finding import Finding, Patient, install_into
from altlens_installer.errors import ForeignFileError
from altlens_installer.install import extension_path
from altlens_installer.terminal import plain

_OLDEST = (3, 11)
_NEWEST = (3, 14)
_REINSTALL = "python3 -m pip install --force-reinstall altlens"
_SECONDS = 60


def python(patient: Patient) -> Finding:
    """Look at the version of the interpreter."""
    version = ".".join(map(str, patient.python))
    if patient.python < _OLDEST:
        reason = f"Python {version} is too old; altlens needs 3.11 or newer."
        return Finding("fail", reason, "pipx install --python python3.11 altlens")
    if patient.python > _NEWEST:
        reason = f"Python {version} is newer than altlens was tested with."
        return Finding("warn", reason, "pipx install --python python3.14 altlens")
    return Finding("pass", f"Python {version} is one that altlens is tested with.")


def native_manifest(patient: Patient) -> Finding:
    """Look at the native manifest as Firefox would."""
    path = patient.places.manifest
    data = files.read(path)
    if data is None:
        return Finding("fail", f"Firefox finds no native manifest at {path}.", patient.install)
    faults = manifest.faults(data)
    if faults:
        reason = f"Firefox cannot use the manifest {path}: {'; '.join(faults)}."
        return Finding("fail", reason, _replacing(patient, path, patient.install))
    return Finding("pass", f"{path} is valid and points to a program that can be run.")


def launcher(patient: Patient) -> Finding | None:
    """Start what the manifest names, with Firefox's environment and nothing else."""
    data = files.read(patient.places.manifest)
    if data is None or manifest.faults(data):
        return None
    program = str(json.loads(data)["path"])
    mend = _replacing(patient, Path(program), patient.install)
    try:
        ran = subprocess.run(
            [program, "--version"],
            env=dict(patient.environment),
            cwd=Path(program).parent,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return Finding("fail", f"{program} does not run: {error}.", mend)
    said = plain((ran.stdout or ran.stderr).decode(errors="replace"))
    if ran.returncode or not said.startswith("altlens-host "):
        reason = f"{program} ends with status {ran.returncode} and says {said[-200:]!r}."
        return Finding("fail", reason, mend)
    return Finding("pass", f"{program} runs and is {said}.")


def extension(patient: Patient) -> Finding:
    """Look for the extension, and what lets Firefox take it, in each profile."""
    if not patient.profiles:
        return Finding("fail", "altlens is in no Firefox profile.", patient.install)
    for profile in patient.profiles:
        path = extension_path(profile)
        packed = files.read(path)
        if packed is None:
            reason = f"The extension is not in {profile}."
            return Finding("fail", reason, install_into(profile))
        user_js = files.read(profile / "user.js") or b""
        if not preferences.complete(user_js):
            reason = f"user.js in {profile} does not let Firefox start the extension."
            return Finding("fail", reason, install_into(profile))
        if patient.sources and packed != xpi.build(patient.sources.extension):
            reason = f"The extension in {profile} is of another version than this altlens."
            return Finding("warn", reason, _replacing(patient, path, install_into(profile)))
    count = len(patient.profiles)
    return Finding("pass", f"The extension is in {count} profile{'s' * (count > 1)}.")


def handshake(patient: Patient) -> Finding:
    """Greet a host."""
    try:
        with client.Host(list(patient.host), patience=_SECONDS) as host:
            welcome = host.welcome
    except AltlensError as error:
        return Finding("fail", f"The host does not answer hello: {error.detail}", _REINSTALL)
    reason = f"The host {welcome.host_version} speaks version {welcome.version} of the protocol."
    return Finding("pass", reason)


def caption(patient: Patient) -> Finding | None:
    """Have a drawn picture captioned."""
    try:
        host = client.Host(list(patient.host), patience=_SECONDS)
    except AltlensError:
        return None
    try:
        with host:
            ((_, reply),) = host.captions([drawn_picture()])
    except AltlensError as error:
        return Finding("fail", f"A drawn picture gets no caption: {error.detail}", _REINSTALL)
    if isinstance(reply, ErrorReply):
        reason = f"A drawn picture gets no caption: error {reply.code}, {plain(reply.message)}"
        return Finding("fail", reason, _REINSTALL)
    said = plain(reply.text) or reply.kind
    return Finding("pass", f"The model {reply.model or 'was not needed and'} says: {said!r}.")


def drawn_picture() -> bytes:
    """Draw a house on a meadow under the sun, as a PNG."""
    from PIL import Image, ImageDraw

    picture = Image.new("RGB", (320, 240), (120, 180, 240))
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 160, 320, 240), fill=(70, 150, 60))
    pen.ellipse((240, 20, 290, 70), fill=(250, 220, 60))
    pen.rectangle((90, 100, 190, 190), fill=(190, 90, 60))
    pen.polygon(((80, 100), (140, 50), (200, 100)), fill=(90, 50, 40))
    pen.rectangle((125, 145, 155, 190), fill=(60, 40, 30))
    packed = io.BytesIO()
    picture.save(packed, "PNG")
    return packed.getvalue()


def _replacing(patient: Patient, path: Path, install: str) -> str:
    """Return the command that installs again, where a file may be in the way that is not ours."""
    receipts = patient.places.receipts
    known = [receipt.shared(receipts), *receipt.profiles(receipts)]
    with suppress(ForeignFileError):
        if files.read(path) is None or any(one.check(path) for one in known if one.knows(path)):
            return install
    moved = shlex.quote(str(path))
    return f"mv {moved} {moved}.old && {install}"
