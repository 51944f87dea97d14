"""What the host looks at before it serves anybody: who started it, and who else could change it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from altlens_host.errors import (
    AltlensError,
    ExtensionNotAllowedError,
    ManifestWritableError,
    ModelWritableError,
    StartError,
)
from altlens_host.fields import decode_object
from altlens_host.framing import Frame, Oversized
from altlens_host.messages import ErrorReply, error_reply, request_id
from altlens_host.permissions import replaceable_by_all, writable_by_all

EXTENSIONS = ("altlens@altlens",)
"""The extensions that may start the host. Firefox asks the native manifest; this asks again, for
a manifest can be changed by whatever runs with the user's rights, and be read wrongly."""


def check(arguments: Sequence[str], model: Path | None) -> None:
    """See that the host may serve.

    Args:
        arguments: What Firefox gives: the native manifest's path and the extension's id (MDN,
            "Native messaging"). Empty where a person or the altlens command started the host.
        model: The model's folder; None where there is none, which hello will say.

    Raises:
        ExtensionNotAllowedError: Another extension, or another browser's way of starting.
        ManifestWritableError: Any user of the machine can change or replace the manifest.
        ModelWritableError: Any user of the machine can change a file of the model.
    """
    if arguments:
        _check_extension(arguments)
        _check_manifest(Path(arguments[0]))
    if model is not None:
        _check_model(model)


def refusal(event: Frame | Oversized, error: StartError) -> ErrorReply:
    """Return the answer to anything that is asked of a host that may not serve."""
    number = None
    if isinstance(event, Frame):
        with suppress(AltlensError):
            number = request_id(decode_object(event.body))
    return error_reply(number, error)


def _check_extension(arguments: Sequence[str]) -> None:
    if len(arguments) != 2:
        raise ExtensionNotAllowedError(f"Started with {len(arguments)} arguments, not 2.")
    if arguments[1] not in EXTENSIONS:
        raise ExtensionNotAllowedError("Started for another extension.")


def _check_manifest(path: Path) -> None:
    try:
        refused = replaceable_by_all(path)
    except OSError:  # Firefox has read it before; if it went since, nobody can use it either
        return
    if refused:
        raise ManifestWritableError(f"Everybody may change {path}.")


def _check_model(folder: Path) -> None:
    def give_up(error: OSError) -> None:
        raise error

    try:
        for name, _, files in os.walk(folder, onerror=give_up):
            for path in (Path(name), *(Path(name, file) for file in files)):
                if writable_by_all(path):
                    raise ModelWritableError(f"Everybody may change {path}.")
    except OSError:  # the worker finds out, and says so
        return
