"""The preferences that let Firefox take the extension from the profile's folder.

They stand in user.js as one marked block, so that exactly it can be taken out again. A line of
the user's own is never changed: if it says the same, it is enough; if it says something else,
that is a conflict.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path

from altlens_installer.errors import PreferenceConflictError

SIGNATURES = "xpinstall.signatures.required"
"""Firefox takes no unsigned extension unless this is false, and where it can be false at all."""

SIDELOAD = {"extensions.autoDisableScopes": "0", "extensions.startupScanScopes": "1"}
"""Start what is found in the profile's folder; look there also in a profile that was used before.
Only a Firefox that has not seen the extension yet needs these."""

_PORTAL = "widget.use-xdg-desktop-portal.native-messaging"
"""Whether Firefox asks the service outside its sandbox to start hosts: 0 never, 2 if it is in one
(Mozilla's native-messaging-portal-design.rst). Unless a build says otherwise, it is 0."""

_BEGIN = b"// altlens begin: written by `altlens install`, taken out by `altlens uninstall`\n"
_END = b"// altlens end\n"
_BLOCK = re.compile(re.escape(_BEGIN) + rb".*?" + re.escape(_END), re.DOTALL)
_STRING_OR_COMMENT = re.compile(
    r"""(?P<string>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')|//[^\n]*|\#[^\n]*|/\*.*?\*/""",
    re.DOTALL,
)
_SETTING = re.compile(
    r"""\b(?:user_pref|sticky_pref|pref)\s*\(\s*(['"])(?P<name>.*?)\1\s*,\s*(?P<value>.*?)\s*\)\s*;"""
)


def needed(unsigned: bool, seen: bool) -> dict[str, str]:
    """Return each preference that Firefox needs now, and its value as user.js has it.

    Args:
        unsigned: Whether the extension has no signature of Mozilla's.
        seen: Whether Firefox has started the extension since it was put there.
    """
    return ({SIGNATURES: "false"} if unsigned else {}) | ({} if seen else SIDELOAD)


def sandboxed(profile: Path) -> dict[str, str]:
    """Return what a browser in a flatpak needs, by where its profile is; Ubuntu's snap has it."""
    return {_PORTAL: "2"} if (".var", "app") in pairwise(profile.parts) else {}


def restored(
    block: bytes, prefs: bytes, before: Mapping[str, str], defaults: Mapping[str, str]
) -> dict[str, str]:
    """Return what must be set once more, so that Firefox forgets what it needed for a while.

    It has copied user.js into its own prefs.js. A preference that user.js sets to its default
    goes from there at the next start.

    Args:
        block: What is in user.js because of us.
        prefs: The bytes of prefs.js.
        before: What prefs.js said before the installation.
        defaults: What this Firefox has where prefs.js says nothing.
    """
    ours, remembered = _values(block), _values(prefs)
    back = {name: before.get(name, defaults[name]) for name in SIDELOAD if name in ours}
    return {
        name: value
        for name, value in back.items()
        if value != SIDELOAD[name] and remembered.get(name, ("", 0))[0] == SIDELOAD[name]
    }


def sideloading(prefs: bytes) -> dict[str, str]:
    """Return the sideload preferences that a file sets, and their values."""
    return {name: value for name, (value, _) in _values(prefs).items() if name in SIDELOAD}


def add(
    before: bytes, wanted: Mapping[str, str], forgotten: Mapping[str, str] | None = None
) -> tuple[bytes, bytes]:
    """Add the block to a user.js that has none.

    Args:
        before: The file's bytes, empty if there is none.
        wanted: The preferences that are needed.
        forgotten: Those that are only set back; a line of the user's own comes first.

    Returns:
        The file's bytes with the block, and the bytes that were added.

    Raises:
        PreferenceConflictError: The user's own lines set one to another value.
    """
    own = _values(before)
    conflicts = [
        f"line {own[name][1]} sets {name} to {own[name][0]}, and {value} is needed"
        for name, value in wanted.items()
        if name in own and own[name][0] != value
    ]
    if conflicts:
        raise PreferenceConflictError(f"user.js: {'; '.join(conflicts)}.")
    lines = [
        f'user_pref("{name}", {value});\n'.encode()
        for name, value in {**wanted, **(forgotten or {})}.items()
        if name not in own
    ]
    if not lines:
        return before, b""
    gap = b"" if not before or before.endswith(b"\n") else b"\n"
    block = gap + _BEGIN + b"".join(lines) + _END
    return before + block, block


def refresh(
    content: bytes,
    block: bytes,
    wanted: Mapping[str, str],
    forgotten: Mapping[str, str] | None = None,
) -> tuple[bytes, bytes]:
    """Bring a user.js up to date that may have the block already.

    Args:
        content: The file's bytes.
        block: What an earlier installation added, empty if none did.
        wanted: As `add`.
        forgotten: As `add`.

    Returns:
        As `add`. A block that says what it should stays where it is.

    Raises:
        PreferenceConflictError: As `add`.
    """
    rest = take(content, block) if block else None
    after, added = add(_BLOCK.sub(b"", content) if rest is None else rest, wanted, forgotten)
    if rest is not None and added.strip() == block.strip():
        return content, block
    return after, added


def take(content: bytes, block: bytes) -> bytes | None:
    """Take out a block; return the rest, or None if it is no longer there as it was written."""
    head, found, tail = content.partition(block)
    return head + tail if found else None


def marked(content: bytes) -> bool:
    """Say whether anything of a block is there."""
    return _BEGIN.strip() in content or _END.strip() in content


def left_behind(prefs: bytes) -> list[str]:
    """Return what Firefox itself remembers, in prefs.js, of what altlens needed."""
    values = _values(prefs)
    return [
        name
        for name, value in ({SIGNATURES: "false"} | SIDELOAD).items()
        if values.get(name, ("", 0))[0] == value
    ]


def unsigned_taken(*contents: bytes) -> bool:
    """Say whether any of these files lets Firefox take unsigned extensions."""
    return any(_values(one).get(SIGNATURES, ("", 0))[0] == "false" for one in contents)


def _values(content: bytes) -> dict[str, tuple[str, int]]:
    text = _STRING_OR_COMMENT.sub(_blank, content.decode("utf-8", "replace"))
    return {  # the last line that sets a preference is the one that counts
        match["name"]: (match["value"], text.count("\n", 0, match.start()) + 1)
        for match in _SETTING.finditer(text)
    }


def _blank(match: re.Match[str]) -> str:
    return match["string"] or "\n" * match[0].count("\n")


def complete(content: bytes, wanted: Mapping[str, str]) -> bool:
    """Say whether a user.js sets every preference to what is needed, in whosever line."""
    values = _values(content)
    return all(values.get(name, ("", 0))[0] == value for name, value in wanted.items())
