"""The host, started as the browser starts it, with a desktop session's environment alone."""

from __future__ import annotations

import io
import json
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from altlens_host import __version__
from altlens_host.errors import AltlensError
from altlens_host.messages import ErrorReply
from altlens_installer import client, files, manifest
from altlens_installer.doctor import mending, native_messaging, software
from altlens_installer.doctor.finding import Finding, Patient
from altlens_installer.errors import HostRefusedError
from altlens_installer.terminal import plain

_SAYS = "altlens-host "


@dataclass(frozen=True, slots=True)
class _Launcher:
    """What a browser starts, the manifest that names it, and what installs it again."""

    program: Path
    manifest: Path
    again: str


def launcher(patient: Patient) -> Finding | None:
    """Start what each manifest names, and ask it who it is."""
    found = _launchers(patient)
    for one in found:
        again = native_messaging.replacing(patient, one.program, one.again)
        try:
            ran = _asked(patient, one)
        except (OSError, subprocess.TimeoutExpired) as error:
            return Finding("fail", f"{one.program} does not run: {error}.", again)
        said = plain((ran.stdout or ran.stderr).decode(errors="replace"))
        if ran.returncode or not said.startswith(_SAYS):
            reason = f"{one.program} ends with status {ran.returncode} and says {said[-200:]!r}."
            return Finding("fail", reason, again)
    if not found:
        return None
    programs = ", ".join(str(one.program) for one in found)
    return Finding("pass", f"{programs} runs with what a desktop session gives it.")


def versions(patient: Patient) -> Finding | None:
    """Compare the host that the browser starts with the altlens that runs this."""
    for one in _launchers(patient):
        try:
            said = plain(_asked(patient, one).stdout.decode(errors="replace"))
        except (OSError, subprocess.TimeoutExpired):
            return None
        if not said.startswith(_SAYS):
            return None
        version = said.removeprefix(_SAYS)
        if version != __version__:
            reason = f"The browser starts version {version} of the host; this is {__version__}."
            again = native_messaging.replacing(patient, one.program, one.again)
            return Finding("warn", reason, again)
    told = f"This altlens is {__version__}, and so is the host that the browser starts."
    return Finding("pass", told) if _launchers(patient) else None


def handshake(patient: Patient) -> Finding | None:
    """Greet the host."""
    try:
        with _host(patient) as host:
            welcome = host.welcome
    except AltlensError as error:
        if isinstance(error, HostRefusedError) and _failed(software.model, patient):
            return None
        return Finding("fail", f"The host does not answer hello: {error.detail}", _mend(patient))
    reason = f"The host {welcome.host_version} speaks version {welcome.version} of the protocol."
    return Finding("pass", reason)


def caption(patient: Patient) -> Finding | None:
    """Have a drawn picture captioned."""
    try:
        host = _host(patient)
    except AltlensError:
        return None
    try:
        with host:
            ((_, reply),) = host.captions([drawn_picture()])
    except AltlensError as error:
        return Finding("fail", f"A drawn picture gets no caption: {error.detail}", _mend(patient))
    if isinstance(reply, ErrorReply):
        if _failed(software.model, patient) or _failed(software.engine, patient):
            return None
        reason = f"A drawn picture gets no caption: error {reply.code}, {plain(reply.message)}"
        return Finding("fail", reason, _mend(patient))
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


def _host(patient: Patient) -> client.Host:
    """Start the host through the launcher if that runs, else by itself, and greet it."""
    command = list(patient.host)
    one = next(iter(_launchers(patient)), None)
    if one and (finding := launcher(patient)) and finding.status == "pass":
        command = [str(one.program), str(one.manifest), manifest.EXTENSION_ID]
    return client.Host(command, patient.environment, patient.patience)


def _failed(check: Callable[[Patient], Finding], patient: Patient) -> bool:
    return check(patient).status == "fail"


def _mend(patient: Patient) -> str:
    """Return what mends a host that starts and does not work."""
    for one in _launchers(patient):
        again = native_messaging.replacing(patient, one.program, one.again)
        if again != one.again:
            return again
    return software.mend_model(patient)


def _launchers(patient: Patient) -> list[_Launcher]:
    """Return what the manifests name that a browser can use, each program once."""
    found: dict[Path, _Launcher] = {}
    for one in patient.installations:
        taken = native_messaging.first_manifest(patient, one)
        if taken is None or native_messaging.denied(taken[1]):
            continue
        data = files.read(taken[1])
        if data is not None and not manifest.faults(data):
            program = Path(json.loads(data)["path"])
            found.setdefault(program, _Launcher(program, taken[1], mending.install_into(one)))
    return list(found.values())


def _asked(patient: Patient, one: _Launcher) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [one.program, "--version"],
        env=dict(patient.environment),
        cwd=one.program.parent,
        capture_output=True,
        timeout=patient.patience,
        check=False,
    )
