"""Reads how large a picture says it is, and how much work it makes, without decoding it.

The limits are checked on this before any decoder sees the data. The formats: PNG, "Portable
Network Graphics Specification (Third Edition)", section 11.2.1; JPEG, ITU-T T.81, annex B;
WebP, RFC 9649, section 2, with the frame header of RFC 6386, section 9.1.
"""

from __future__ import annotations

import re
import struct

JPEG_START = b"\xff\xd8\xff"
PNG_START = b"\x89PNG\r\n\x1a\n"

_FRAME_MARKERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""SOF0 to SOF15: the markers that carry the size (T.81, table B.1)."""

_BARE_MARKERS = frozenset({0x01, *range(0xD0, 0xD9)})
"""TEM, RST0 to RST7 and SOI: the markers without a length (T.81, table B.1)."""

_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
"""In a scan, 0xFF stands for a pixel's bits where 0 follows it, and RST where a restart does."""

_SCAN_MARKERS = frozenset({0xD9, 0xDA})
"""EOI and SOS: no size comes after these."""


def declared_size(data: bytes) -> tuple[int, int] | None:
    """Read the width and height that a JPEG, a PNG or a WebP declares, in pixels.

    Args:
        data: A picture that starts with JPEG_START or PNG_START, or a WebP.

    Returns:
        Width and height, or None where the header breaks off or is damaged.
    """
    if is_webp(data):
        return _webp_size(data)
    if data.startswith(PNG_START):
        return _png_size(data)
    return _jpeg_size(data)


def is_webp(data: bytes) -> bool:
    """Say whether the data starts like a WebP."""
    return data[:4] == b"RIFF" and data[8:12] == b"WEBP"


def scan_count(data: bytes) -> int:
    """Count the scans of a JPEG: a decoder goes over the whole picture for each of them.

    Args:
        data: A picture that starts with JPEG_START.
    """
    scans, at = 0, 2
    while found := _MARKER.search(data, at):
        marker, at = data[found.start() + 1], found.end()
        if marker == 0xD9:
            break
        if marker not in _BARE_MARKERS:
            scans += marker == 0xDA
            at += int.from_bytes(data[at : at + 2], "big")
    return scans


def _webp_size(data: bytes) -> tuple[int, int] | None:
    if len(data) < 30:
        return None
    kind = data[12:16]
    if kind == b"VP8X":
        return _little(data[24:27]) + 1, _little(data[27:30]) + 1
    if kind == b"VP8L" and data[20] == 0x2F:
        bits = _little(data[21:25])
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8 " and data[23:26] == b"\x9d\x01\x2a":
        return _little(data[26:28]) & 0x3FFF, _little(data[28:30]) & 0x3FFF
    return None


def _little(data: bytes) -> int:
    return int.from_bytes(data, "little")


def _png_size(data: bytes) -> tuple[int, int] | None:
    if data[12:16] != b"IHDR" or len(data) < 24:
        return None
    width, height = struct.unpack_from(">II", data, 16)
    return width, height


def _jpeg_size(data: bytes) -> tuple[int, int] | None:
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:  # a fill byte (T.81, B.1.1.2)
            at += 1
            continue
        if marker in _BARE_MARKERS:
            at += 2
            continue
        if marker in _SCAN_MARKERS:
            return None
        if marker in _FRAME_MARKERS:
            if at + 9 > len(data):
                return None
            height, width = struct.unpack_from(">HH", data, at + 5)
            return width, height
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return None
