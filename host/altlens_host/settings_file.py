"""Reads the file in which a user chooses settings: one JSON object, of `settings.CHOICES`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from altlens_host.errors import BadFieldError, FrameNotJsonError, FrameNotObjectError
from altlens_host.fields import Fields, decode_object
from altlens_host.settings import CHOICES, Settings

MAX_BYTES = 65_536
"""More than such a file can need."""


def with_file(chosen: Settings, path: Path) -> Settings:
    """Return settings with what the user's file says; never raises.

    A field that cannot be used keeps its default, and stands in `problems`: a slip in the file
    must not take away the captions.
    """
    try:
        with path.open("rb") as file:
            body = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        return chosen
    except OSError as error:
        return chosen._replace(problems=(f"settings.json: {type(error).__name__}.",))
    try:
        if len(body) > MAX_BYTES:
            raise FrameNotJsonError("too large.")
        given = Fields(decode_object(body))
    except (FrameNotJsonError, FrameNotObjectError) as error:
        return chosen._replace(problems=(f"settings.json: {error.detail}",))
    values: dict[str, Any] = {}
    problems: list[str] = []
    for name, limits in CHOICES.items():
        if given.has(name):
            try:
                values[name] = _value(given, name, limits)
            except BadFieldError as error:
                problems.append(f"settings.json: {error.detail}")
    try:
        given.done()
    except BadFieldError as error:
        problems.append(f"settings.json: {error.detail}")
    return chosen._replace(**values, problems=tuple(problems))


def _value(
    given: Fields, name: str, limits: tuple[float, float] | int | None
) -> float | bool | str:
    if limits is None:
        return given.boolean(name)
    if isinstance(limits, int):
        return given.text(name, limits)
    low, high = limits
    if isinstance(Settings._field_defaults[name], int):
        return given.integer(name, int(low), int(high))
    value = given.number(name)
    if not low <= value <= high:
        raise BadFieldError(f"{name}: not a number from {low:g} to {high:g}.")
    return value
