"""altlens caption: what the host says about picture files."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any

from altlens_host.errors import AltlensError, ImageTooManyBytesError
from altlens_host.messages import ErrorReply, Result
from altlens_installer import client
from altlens_installer.errors import PictureUnreadableError
from altlens_installer.terminal import plain, say

_RIGHT = (
    *("kind", "text", "mean_logprob", "tokens", "model", "revision"),
    *("confidence", "level", "calibrated"),
    *("read", "read_confidence", "barcode"),
)
_WRONG = ("code", "name", "message", "hint")


def read(path: Path, most: int) -> bytes | AltlensError:
    """Return a picture's bytes, or the error that is its answer.

    Args:
        path: Its file.
        most: The most bytes that the host takes.
    """
    try:
        if path.exists() and not path.is_file():
            return PictureUnreadableError("It is no file.")
        if path.stat().st_size > most:
            return ImageTooManyBytesError(f"{path.stat().st_size} bytes; {most} are taken.")
        return path.read_bytes()
    except (OSError, ValueError) as error:
        return PictureUnreadableError(f"{getattr(error, 'strerror', error)}.")


def caption(
    names: Sequence[str],
    model: str | None,
    as_json: bool,
    out: IO[str],
    err: IO[str],
    *,
    device: str | None = None,
) -> int:
    """Caption picture files and print the answers, in the order of the files.

    Args:
        names: The files.
        model: The model's name or folder; None for the usual one.
        as_json: Print one JSON object a line instead of "FILE: caption".
        out: Where the captions go.
        err: Where the failures go, unless as JSON, and why another device is used.
        device: Where the model shall run; None for what the user's settings say.

    Returns:
        0, or 1 if a picture has no caption.

    Raises:
        InstallerError: There is no host to ask.
    """
    failed = 0
    with client.Host(client.command(model, device)) as host:
        most = host.welcome.limits["max_image_bytes"]
        pictures = (read(Path(name), most) for name in names)
        for name, reply in zip(names, _in_order(host.captions(pictures)), strict=True):
            failed += isinstance(reply, ErrorReply)
            if as_json:
                say(json.dumps(as_object(name, reply), ensure_ascii=True), out)
            elif isinstance(reply, ErrorReply):
                say(f"{plain(name)}: {plain(reply.message)} {reply.hint}", err)
            else:
                say(f"{plain(name)}: {spoken(reply)}", out)
            out.flush()
        for reason in reasons(host.status().workers) if device else ():
            say(plain(reason), err)
    return 1 if failed else 0


def reasons(workers: Sequence[dict[str, Any]]) -> list[str]:
    """Return why models do not run where they were asked to, as a host's workers say."""
    return [
        f"The model runs on {one['device']}. {one['device_reason']}"
        for one in workers
        if one.get("device_reason")
    ]


def spoken(reply: Result) -> str:
    """Return what a person reads for an answer."""
    silent = {"decorative": "(decorative: nothing to say)", "unsure": "(not sure)"}
    said = silent.get(reply.kind) or plain(reply.text)
    if reply.kind == "text":
        return f"Text: {plain(' '.join(reply.read.split())) or said}"
    beside = f" Text: {plain(' '.join(reply.read.split()))}" if reply.read else ""
    stop = "." if beside and not said.endswith((".", "!", "?")) else ""
    held = f" It holds: {plain(' '.join(reply.barcode.split()))}" if reply.barcode else ""
    return f"{said}{stop}{beside}{held}"


def as_object(name: str, reply: client.Reply) -> dict[str, Any]:
    """Return what a program reads for an answer."""
    if isinstance(reply, ErrorReply):
        return {"file": name, "error": {key: getattr(reply, key) for key in _WRONG}}
    return {"file": name} | {key: getattr(reply, key) for key in _RIGHT}


def _in_order(answers: Iterator[tuple[int, client.Reply]]) -> Iterator[client.Reply]:
    early: dict[int, client.Reply] = {}
    wanted = 0
    for index, reply in answers:
        early[index] = reply
        while wanted in early:
            yield early.pop(wanted)
            wanted += 1
