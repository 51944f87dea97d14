"""The host, once it runs: its greeting, its settings, a caption, and how its worker is shut in."""

from __future__ import annotations

import functools
import io
from pathlib import Path

from altlens_host.errors import AltlensError, NotIsolatedError
from altlens_host.messages import ErrorReply, State, Welcome
from altlens_host.settings import settings_file
from altlens_installer import reading
from altlens_installer.client import Reply
from altlens_installer.doctor import mending, running, software, surroundings
from altlens_installer.doctor.finding import Finding, Patient, failed
from altlens_installer.errors import HostRefusedError
from altlens_installer.terminal import plain

COULD = {
    "no_new_privileges": "gain rights by starting other programs",
    "file_access": "read the files that you may read",
    "system_calls": "open sockets and start programs",
    "limits": "take more memory and open more files than it needs",
    "no_devices": "reach the driver of the graphics card",
}
"""What a worker that a picture has taken over could do, by the promise that is missing."""

PROVIDERS = {"cuda": "CUDA", "directml": "Dml", "openvino": "OpenVINO"}
BUILDS = {
    "cuda": "onnxruntime-gpu",
    "directml": "onnxruntime-directml",
    "openvino": "onnxruntime-openvino",
}
"""Builds of onnxruntime beside the one for the processor (docs/DEVICES.md), by device."""

PAGE = (
    "This page was drawn to see whether it is read.",
    "The ferry leaves at 7 and comes back at 9.",
    "Dogs travel free, and so do children under 6.",
    "Whoever hears this needs no glasses for it.",
)
"""What stands on it: as much as a page needs to be taken for one."""

_READING = """
import zxingcpp
from altlens_host.worker.text.recognition import Recognizer
Recognizer(1)
"""
"""As the worker does it, which goes on without if it fails."""

_WHY = {
    "linux": "The kernel, or a container around it, does not offer more",
    "darwin": "altlens has no sandbox on macOS yet",
    "win32": "altlens has no sandbox on Windows yet",
}


def handshake(patient: Patient) -> Finding | None:
    """Greet the host."""
    said = _greeted(patient)
    if isinstance(said, AltlensError):
        named = (software.model, surroundings.guarded)
        if isinstance(said, HostRefusedError) and any(failed(one, patient) for one in named):
            return None
        reason = f"The host does not answer hello: {said.detail}"
        return Finding("fail", reason, running.mend(patient))
    welcome, _ = said
    reason = f"The host {welcome.host_version} speaks version {welcome.version} of the protocol."
    return Finding("pass", reason)


def settings(patient: Patient) -> Finding | None:
    """Ask the host what is wrong with the user's file of settings."""
    said = _greeted(patient)
    if isinstance(said, AltlensError):
        return None
    _, state = said
    path = settings_file(patient.environment, patient.machine.system)
    if state.problems:
        told = plain(" ".join(state.problems))
        reason = f"In {path.parent}, {told} The usual value is used instead."
        return Finding("warn", reason, mending.aside(path))
    return Finding("pass", _kept(path))


def caption(patient: Patient) -> Finding | None:
    """Have a drawn picture captioned."""
    if isinstance(_greeted(patient), AltlensError):
        return None
    said = _captioned(patient)
    if isinstance(said, AltlensError):
        reason = f"A drawn picture gets no caption: {said.detail}"
        return Finding("fail", reason, running.mend(patient))
    reply, _ = said
    if isinstance(reply, ErrorReply):
        named = (software.model, software.engine)
        if reply.code == NotIsolatedError.code or any(failed(one, patient) for one in named):
            return None
        reason = f"A drawn picture gets no caption: error {reply.code}, {plain(reply.message)}"
        return Finding("fail", reason, running.mend(patient))
    words = plain(reply.text) or reply.kind
    return Finding("pass", f"The model {reply.model or 'was not needed and'} says: {words!r}.")


def device(patient: Patient) -> Finding | None:
    """Look at where the model that made the caption runs, and why not where it was asked to."""
    said = _captioned(patient)
    if isinstance(said, AltlensError):
        return None
    _, state = said
    worker = next((one for one in state.workers if one.get("device")), None)
    if worker is None:
        return None
    where = f"The model runs on {plain(worker['device'])}, with {plain(worker['engine'])}"
    told = worker.get("device_reason")
    if not told:
        return Finding("pass", f"{where}.")
    asked = state.settings.get("device", "auto")
    reason = f"{where}; the setting is {plain(asked)}. {plain(told)}"
    package = BUILDS.get(asked)
    if package and f"{PROVIDERS[asked]}ExecutionProvider" not in software.providers(patient):
        return Finding("warn", reason, mending.over(package, patient.host[0]))
    return Finding("warn", reason)


def text(patient: Patient) -> Finding | None:
    """Have a drawn page read, where the extra for that is installed and not switched off."""
    greeted = _greeted(patient)
    if isinstance(greeted, AltlensError):
        return None
    _, state = greeted
    if state.text == "off":
        return Finding("pass", "Text in pictures is not read: the settings say so (read_text).")
    if state.text != "read":
        how = mending.with_extra("ocr", patient.host[0])
        return Finding("pass", f"Text in pictures is not read; to have it read, run: {how}.")
    captioned = _captioned(patient)
    if isinstance(captioned, AltlensError) or isinstance(captioned[0], ErrorReply):
        return None
    said = _read(patient)
    # The worker goes on without what does not load, and reads pages where only codes are lost.
    why = software.unloadable(patient, _READING)
    if why or isinstance(said, AltlensError | ErrorReply) or said.kind != "text":
        reason = f"Text in pictures is not read as the extra [ocr] should. {why}".strip()
        unread = Finding("warn", reason, mending.with_extra("ocr", patient.host[0], again=True))
        return None if failed(software.engine, patient) else unread
    return _quickness(patient, f"Text in pictures is read; a drawn page says {plain(said.text)!r}")


def _quickness(patient: Patient, read: str) -> Finding:
    """Look whether what reads is the quicker recognizer, made of the one that is installed."""
    how = reading.state(patient.environment)
    if how == "there":
        return Finding("pass", f"{read}.")
    if how == "refused":
        why = plain(reading.why_refused(patient.environment))
        reason = f"{read}, but slowly: the quicker text recognizer was refused on this machine"
        return Finding("pass", f"{reason}: {why}")
    why = {
        "missing": "was not made on this machine yet",
        "stale": "is damaged, or was made of another one than is installed",
    }[how]
    reason = f"{read}, but slowly: the quicker text recognizer {why}."
    return Finding("warn", reason, mending.altlens("model", "install", reading.NAME))


def sandbox(patient: Patient) -> Finding | None:
    """Look at what the worker that made the caption could not be kept from."""
    said = _captioned(patient)
    if isinstance(said, AltlensError):
        return None
    reply, state = said
    if isinstance(reply, ErrorReply) and reply.code == NotIsolatedError.code:
        reason = f"The worker cannot be shut in, so it does not work: {plain(reply.message)}"
        # Whatever disturbs it in this Python's environment is not in a new one.
        return Finding("fail", reason, mending.with_python(".".join(map(str, patient.python))))
    known = (one["missing"] for one in state.workers if one.get("missing") is not None)
    missing = next(known, None)
    if missing is None:
        return None
    if tuple(missing) == ("no_devices",):
        reason = (
            f"The worker is shut in, but a picture that takes it over could {COULD['no_devices']}: "
            'computing there needs that. With "device": "cpu" in settings.json it could not.'
        )
        return Finding("pass", reason)
    if missing:
        could = " and ".join(COULD[one] for one in COULD if one in missing)
        reason = (
            f"The worker is not shut in fully ({plain(', '.join(missing))}): "
            f"a picture that takes it over could {could}."
        )
        return Finding("warn", f"{reason} {_WHY[patient.machine.system]}.")
    return Finding(
        "pass", "The worker is shut in: it writes nothing, opens no socket, starts no program."
    )


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


def drawn_page() -> bytes:
    """Draw a page with a few lines of text, as a PNG."""
    from PIL import Image, ImageDraw, ImageFont

    page = Image.new("RGB", (640, 400), "white")
    pen, font = ImageDraw.Draw(page), ImageFont.load_default(20)
    for row, words in enumerate(PAGE):
        pen.text((40, 40 + 40 * row), words, "black", font)
    packed = io.BytesIO()
    page.save(packed, "PNG")
    return packed.getvalue()


@functools.lru_cache(maxsize=1)
def _greeted(patient: Patient) -> tuple[Welcome, State] | AltlensError:
    """Start a host once for the checks that need no worker, and let it say how it is."""
    try:
        with running.host(patient) as host:
            return host.welcome, host.status()
    except AltlensError as error:
        return error


@functools.lru_cache(maxsize=1)
def _captioned(patient: Patient) -> tuple[Reply, State] | AltlensError:
    """Start one with a worker once, for the checks that need that."""
    try:
        with running.host(patient) as host:
            ((_, reply),) = host.captions([drawn_picture()])
            return reply, host.status()
    except AltlensError as error:
        return error


@functools.lru_cache(maxsize=1)
def _read(patient: Patient) -> Reply | AltlensError:
    """Let a host read the drawn page."""
    try:
        with running.host(patient) as host:
            ((_, reply),) = host.captions([drawn_page()])
            return reply
    except AltlensError as error:
        return error


def _kept(path: Path) -> str:
    if path.exists():
        return f"The host takes all that {path} says."
    return "No settings were chosen; the usual ones are in force."
