"""What an administrator's policies.json says so that every profile has altlens.

Mozilla's "Policy templates for Firefox" describe ExtensionSettings, 3rdparty and Preferences.
The file belongs to the administrator: what it holds stays, in its order.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from altlens_installer.errors import PoliciesBrokenError, PoliciesConflictError
from altlens_installer.manifest import EXTENSION_ID
from altlens_installer.preferences import SIGNATURES

_EXTENSION = ("policies", "ExtensionSettings", EXTENSION_ID)
_SETTINGS = ("policies", "3rdparty", "Extensions", EXTENSION_ID)
_PREFERENCE = ("policies", "Preferences", SIGNATURES)
_WEAKER = {"Value": False, "Status": "locked"}


def policies(
    existing: bytes | None, xpi: str, managed: Mapping[str, object], unsigned: bool
) -> bytes:
    """Return a policies.json that installs altlens in every profile, and keeps it there.

    Args:
        existing: The file's bytes; None if there is none.
        xpi: The address of the extension, such as "file:///usr/local/lib/altlens/altlens.xpi".
        managed: What the extension finds in `browser.storage.managed`.
        unsigned: Whether it has no signature of Mozilla's.

    Raises:
        PoliciesBrokenError: The file is no policies.json.
        PoliciesConflictError: It says something else about altlens.
    """
    whole = _parsed(existing) if existing is not None and existing.strip() else {}
    wanted: list[tuple[tuple[str, ...], object]] = [
        (_EXTENSION, {"installation_mode": "force_installed", "install_url": xpi}),
    ]
    if managed:
        wanted.append((_SETTINGS, dict(managed)))
    if unsigned:
        wanted.append((_PREFERENCE, dict(_WEAKER)))
    for path, value in wanted:
        _set(whole, path, value)
    whole.setdefault("policies", {})
    return _written(whole, existing)


def taken_out(content: bytes, before: bytes | None = None) -> bytes | None:
    """Return a policies.json that was changed since, without what is still as we wrote it.

    Args:
        content: The file's bytes.
        before: What it was before altlens, if it was there; what it said then is not ours.

    Returns:
        The rest; None if there is none.

    Raises:
        PoliciesBrokenError: The file is no policies.json.
    """
    whole = _parsed(content)
    original = _parsed(before) if before is not None and before.strip() else {}
    ours = _ours(_EXTENSION, _get(whole, _EXTENSION))
    weaker = _get(whole, _PREFERENCE) == _WEAKER
    for path, own in ((_EXTENSION, ours), (_SETTINGS, ours), (_PREFERENCE, weaker)):
        if own and not _holders(original, path):
            _remove(_holders(whole, path))
    return _written(whole, content) if whole else None


def _set(whole: dict[str, Any], path: tuple[str, ...], value: object) -> None:
    at = whole
    for number, key in enumerate(path[:-1], 1):
        at = at.setdefault(key, {})
        if not isinstance(at, dict):
            raise PoliciesConflictError(f"{'.'.join(path[:number])} is no object.")
    found = at.get(path[-1])
    if found is not None and found != value and not _ours(path, found):
        said = json.dumps(found, ensure_ascii=True)
        raise PoliciesConflictError(f"{'.'.join(path)} is {said} already.")
    at[path[-1]] = value


def _ours(path: tuple[str, ...], found: object) -> bool:
    """Say whether an entry is one that an earlier version of altlens may have written."""
    if path == _EXTENSION and isinstance(found, dict):
        address = str(found.get("install_url", ""))
        return found.keys() == {"installation_mode", "install_url"} and address.startswith("file:")
    return False


def _holders(whole: dict[str, Any], path: tuple[str, ...]) -> list[tuple[dict[str, Any], str]]:
    """Return the objects on the way to an entry, each with its key; none if it is not there."""
    at: Any = whole
    found = []
    for key in path:
        if not isinstance(at, dict) or key not in at:
            return []
        found.append((at, key))
        at = at[key]
    return found


def _remove(holders: list[tuple[dict[str, Any], str]]) -> None:
    """Take away an entry, and each object that holds nothing any more."""
    for number, (holder, key) in enumerate(reversed(holders)):
        if not number or not holder[key]:
            del holder[key]


def _get(whole: dict[str, Any], path: tuple[str, ...]) -> Any:
    """Return what stands at a path; None if nothing does."""
    holders = _holders(whole, path)
    return holders[-1][0][holders[-1][1]] if holders else None


def _parsed(content: bytes) -> dict[str, Any]:
    try:
        text = content.decode("utf-8")
        whole = json.loads(
            text, object_pairs_hook=_once, parse_float=_finite, parse_constant=_finite
        )
    except (ValueError, RecursionError) as error:
        raise PoliciesBrokenError(f"It is not JSON: {error}.") from None
    if not isinstance(whole, dict) or not isinstance(whole.get("policies", {}), dict):
        raise PoliciesBrokenError('It is not an object with an object "policies".')
    return whole


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make an object; one of two values of a key would be lost."""
    made = dict(pairs)
    if len(made) < len(pairs):
        raise ValueError("a key stands twice in one object")
    return made


def _finite(text: str) -> float:
    """Return a number that can be written again; JSON has no word for any other."""
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is no number of JSON")
    return number


def _written(whole: dict[str, Any], before: bytes | None) -> bytes:
    indent: int | str = 2
    for line in (before or b"").decode("utf-8").splitlines()[1:]:
        space = line[: len(line) - len(line.lstrip())]
        if space:
            indent = space
            break
    try:
        return (json.dumps(whole, indent=indent, ensure_ascii=False) + "\n").encode()
    except UnicodeEncodeError:  # half of a pair of surrogates, which only an escape can say
        return (json.dumps(whole, indent=indent) + "\n").encode()
