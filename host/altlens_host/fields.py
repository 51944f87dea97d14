"""Takes the fields of a JSON object one by one, and says which one is wrong.

Used for what the extension sends and for what the worker sends: both may be hostile.
"""

from __future__ import annotations

import binascii
import json
import math
from collections.abc import Collection
from typing import Any

from altlens_host.errors import BadFieldError, FrameNotJsonError, FrameNotObjectError

MAX_ID = 2**53 - 1
"""The largest integer that JavaScript counts exactly (ECMA-262, Number.MAX_SAFE_INTEGER)."""

_REQUIRED: Any = object()


def decode_object(body: bytes) -> dict[str, Any]:
    """Read the JSON object in a frame.

    Raises:
        FrameNotJsonError: The body is not JSON in UTF-8.
        FrameNotObjectError: It is JSON, but no object.
    """
    try:
        value = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise FrameNotJsonError(f"Not JSON in UTF-8: {type(error).__name__}.") from None
    if not isinstance(value, dict):
        raise FrameNotObjectError(f"JSON, but a {type(value).__name__}.")
    return value


class Fields:
    """The fields of one object, each taken once."""

    def __init__(self, values: dict[str, Any]) -> None:
        """Start with all fields; the caller's object is not changed."""
        self._values = dict(values)

    def integer(self, name: str, low: int, high: int, default: int = _REQUIRED) -> int:
        """Take an integer from low to high."""
        value = self._take(name, default)
        if type(value) is not int or not low <= value <= high:
            raise BadFieldError(f"{name}: not an integer from {low} to {high}.")
        return value

    def optional_integer(self, name: str, low: int, high: int) -> int | None:
        """Take an integer from low to high, or null."""
        if self._values.get(name, _REQUIRED) is None:
            del self._values[name]
            return None
        return self.integer(name, low, high)

    def number(self, name: str) -> float:
        """Take a finite number."""
        value = self._take(name, _REQUIRED)
        if type(value) not in (int, float) or not math.isfinite(value):
            raise BadFieldError(f"{name}: not a finite number.")
        return float(value)

    def share(self, name: str, default: float) -> float:
        """Take a number from 0 to 1."""
        value = self.number(name) if self.has(name) else default
        if not 0 <= value <= 1:
            raise BadFieldError(f"{name}: not a number from 0 to 1.")
        return value

    def boolean(self, name: str, default: bool = _REQUIRED) -> bool:
        """Take true or false."""
        value = self._take(name, default)
        if type(value) is not bool:
            raise BadFieldError(f"{name}: not true or false.")
        return value

    def text(self, name: str, most: int, default: str = _REQUIRED) -> str:
        """Take a string of at most so many characters."""
        value = self._take(name, default)
        if type(value) is not str or len(value) > most:
            raise BadFieldError(f"{name}: not a string of at most {most} characters.")
        return value

    def choice(self, name: str, choices: Collection[str], default: str = _REQUIRED) -> str:
        """Take one of a few strings."""
        value = self._take(name, default)
        if type(value) is not str or value not in choices:
            raise BadFieldError(f"{name}: not one of {', '.join(sorted(choices))}.")
        return value

    def integers(self, name: str, most: int) -> tuple[int, ...]:
        """Take a list of one to so many integers."""
        value = self._take(name, _REQUIRED)
        whole = isinstance(value, list) and all(type(item) is int for item in value)
        if not whole or not 1 <= len(value) <= most:
            raise BadFieldError(f"{name}: not a list of 1 to {most} integers.")
        return tuple(value)

    def data(self, name: str, default: bytes | None = _REQUIRED) -> bytes | None:
        """Take bytes in base64 (RFC 4648, section 4, padded)."""
        value = self._take(name, default)
        if value is default and default is None:
            return None
        if type(value) is not str:
            raise BadFieldError(f"{name}: not a string of base64.")
        try:
            return binascii.a2b_base64(value, strict_mode=True)
        except ValueError:
            raise BadFieldError(f"{name}: not base64.") from None

    def has(self, name: str) -> bool:
        """Say whether a field is there and not yet taken."""
        return name in self._values

    def done(self) -> None:
        """Say that every known field was taken.

        Raises:
            BadFieldError: One is left: the sender means something that would not be done.
        """
        for name in self._values:
            raise BadFieldError(f"{name[:40]!r}: not a field of this message.")

    def _take(self, name: str, default: Any) -> Any:
        value = self._values.pop(name, default)
        if value is _REQUIRED:
            raise BadFieldError(f"{name}: missing.")
        return value
