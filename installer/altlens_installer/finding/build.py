"""Reads from a browser's folder which browser it is, and whether it insists on signatures."""

from __future__ import annotations

import mmap
import re
import struct
import zlib
from pathlib import Path
from typing import NamedTuple

from altlens_installer.finding import ini

_CHANNEL = re.compile(rb'pref\("app\.update\.channel",\s*"([^"]*)"\)')
_SIGNING = re.compile(rb"MOZ_REQUIRE_SIGNING:\s*(?://[^\n]*\s*)*(true|false)")
_CONSTANTS = "modules/AppConstants.sys.mjs"
_BRANCHES = {
    "mozilla-esr": "esr",
    "mozilla-release": "release",
    "mozilla-beta": "beta",
    "mozilla-central": "nightly",
}
_WITHOUT = {"esr", "aurora", "nightly"}
"""The channels whose builds by Mozilla can be told to take add-ons without a signature."""

_LARGEST = 64 * 1024 * 1024
"""No part of an omni.ja that is read here is anywhere near this many bytes."""


class Build(NamedTuple):
    """What a browser says of itself.

    Attributes:
        application: Its name, in lower case; empty if it gives none.
        version: As it is shown to people; empty if it gives none.
        channel: Where its updates come from; empty if that is not known.
        unsigned: Whether it can be made to take add-ons without Mozilla's signature.
    """

    application: str
    version: str
    channel: str
    unsigned: bool


UNKNOWN = Build("", "", "", False)
"""What is known of a browser that cannot be looked into."""


def read(folder: Path) -> Build | None:
    """Return what a browser says of itself; None if the folder holds none.

    Args:
        folder: The folder of application.ini, platform.ini and omni.ja.
    """
    try:
        listing = ini.parse((folder / "application.ini").read_bytes())
    except OSError:
        return None
    application = listing.get("App", "Name").lower()
    channel = _channel(folder) or _branch(listing.get("App", "SourceRepository"))
    required = _signing(folder / "omni.ja")
    unsigned = channel in _WITHOUT if required is None else not required
    return Build(application, listing.get("App", "Version"), channel, unsigned)


def _channel(folder: Path) -> str:
    try:
        match = _CHANNEL.search((folder / "defaults" / "pref" / "channel-prefs.js").read_bytes())
    except OSError:
        return ""
    return match[1].decode("utf-8", "replace") if match else ""


def _branch(repository: str) -> str:
    name = repository.rstrip("/").rpartition("/")[2].rstrip("0123456789")
    return _BRANCHES.get(name, "")


def _signing(archive: Path) -> bool | None:
    """Say whether a build insists on signatures; None if it does not say."""
    match = _SIGNING.search(member(archive, _CONSTANTS) or b"")
    return match[1] == b"true" if match else None


def member(archive: Path, name: str) -> bytes | None:
    """Return one file of an omni.ja; None if it is not there, or the archive is broken.

    Python's zipfile takes offsets from where the archive seems to begin, and rejects those of
    Mozilla's builds, whose central directory comes first (python/mozbuild/mozpack/mozjar.py).
    This reads them as they are written (PKWARE's APPNOTE.TXT, 4.3.7, 4.3.12 and 4.3.16).
    """
    try:
        with (
            archive.open("rb") as file,
            mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data,
        ):
            return _member(data, name.encode())
    except (OSError, ValueError, struct.error, zlib.error):
        return None


def _member(data: mmap.mmap, name: bytes) -> bytes | None:
    end = data.rfind(b"PK\x05\x06")
    count, _, start = struct.unpack_from("<HII", data, end + 10)
    for _ in range(count):
        method, packed, size, length, extra, comment, local = struct.unpack_from(
            "<10xH8xIIHHH8xI", data, start
        )
        start += 46
        if data[start : start + length] == name:
            return _unpacked(data, local, method, packed, size)
        start += length + extra + comment
    return None


def _unpacked(data: mmap.mmap, local: int, method: int, packed: int, size: int) -> bytes | None:
    length, extra = struct.unpack_from("<HH", data, local + 26)
    begin = local + 30 + length + extra
    body = data[begin : begin + packed]
    if method == 0:
        return body
    if method != zlib.DEFLATED or size > _LARGEST:
        return None
    return zlib.decompressobj(-zlib.MAX_WBITS).decompress(body, _LARGEST)
