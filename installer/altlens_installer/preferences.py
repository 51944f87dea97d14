"""The preferences that let Firefox take the extension from the profile's folder.

They stand in user.js as one marked block, so that exactly it can be taken out again. A line of
the user's own is never changed: if it says the same, it is enough; if it says something else,
that is a conflict.
"""

from __future__ import annotations

import re

from altlens_installer.errors import PreferenceConflictError

SIGNATURES = "xpinstall.signatures.required"

WANTED = {
    SIGNATURES: "false",
    "extensions.autoDisableScopes": "0",
    "extensions.startupScanScopes": "1",
}
"""Each preference and its value as user.js has it: take unsigned extensions; start those found in
the profile's folder; look there also in a profile that was used before."""

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


def add(before: bytes) -> tuple[bytes, bytes]:
    """Add the block to a user.js that has none.

    Args:
        before: The file's bytes, empty if there is none.

    Returns:
        The file's bytes with the block, and the bytes that were added.

    Raises:
        PreferenceConflictError: The user's own lines set one to another value.
    """
    own = _own_lines(before)
    conflicts = [
        f"line {line} sets {name} to {value}, and {WANTED[name]} is needed"
        for name, (value, line) in own.items()
        if value != WANTED[name]
    ]
    if conflicts:
        raise PreferenceConflictError(f"user.js: {'; '.join(conflicts)}.")
    lines = [
        f'user_pref("{name}", {value});\n'.encode()
        for name, value in WANTED.items()
        if name not in own
    ]
    if not lines:
        return before, b""
    gap = b"" if not before or before.endswith(b"\n") else b"\n"
    block = gap + _BEGIN + b"".join(lines) + _END
    return before + block, block


def refresh(content: bytes, block: bytes) -> tuple[bytes, bytes]:
    """Bring a user.js up to date that may have the block already.

    Args:
        content: The file's bytes.
        block: What an earlier installation added, empty if none did.

    Returns:
        As `add`. A block that says what it should stays where it is.

    Raises:
        PreferenceConflictError: As `add`.
    """
    rest = take(content, block) if block else None
    after, added = add(_BLOCK.sub(b"", content) if rest is None else rest)
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


def left_behind(prefs: bytes) -> bool:
    """Say whether Firefox itself still remembers, in prefs.js, to take unsigned extensions."""
    values = _values(prefs)
    return values.get(SIGNATURES, ("true", 0))[0] == WANTED[SIGNATURES]


def _own_lines(content: bytes) -> dict[str, tuple[str, int]]:
    return {name: found for name, found in _values(content).items() if name in WANTED}


def _values(content: bytes) -> dict[str, tuple[str, int]]:
    text = _STRING_OR_COMMENT.sub(_blank, content.decode("utf-8", "replace"))
    return {  # the last line that sets a preference is the one that counts
        match["name"]: (match["value"], text.count("\n", 0, match.start()) + 1)
        for match in _SETTING.finditer(text)
    }


def _blank(match: re.Match[str]) -> str:
    return match["string"] or "\n" * match[0].count("\n")


def complete(content: bytes) -> bool:
    """Say whether a user.js sets every preference to what is needed, in whosever line."""
    values = _values(content)
    return all(values.get(name, ("", 0))[0] == value for name, value in WANTED.items())
