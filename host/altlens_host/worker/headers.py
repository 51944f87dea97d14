"""Reads how large a picture says it is, from its first bytes and nothing else.

The limits are checked on this before any decoder sees the data. The formats: PNG, "Portable
Network Graphics Specification (Third Edition)", section 11.2.1; JPEG, ITU-T T.81, annex B.
"""

from __future__ import annotations

import struct

JPEG_START = b"\xff\xd8\xff"
PNG_START = b"\x89PNG\r\n\x1a\n"

_FRAME_MARKERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""SOF0 to SOF15: the markers that carry the size (T.81, table B.1)."""

_BARE_MARKERS = frozenset({0x01, *range(0xD0, 0xD9)})
"""TEM, RST0 to RST7 and SOI: the markers without a length (T.81, table B.1)."""

_SCAN_MARKERS = frozenset({0xD9, 0xDA})
"""EOI and SOS: no size comes after these."""


def declared_size(data: bytes) -> tuple[int, int] | None:
    """Read the width and height that a JPEG or a PNG declares, in pixels.

    Args:
        data: A picture that starts with JPEG_START or PNG_START.

    Returns:
        Width and height, or None where the header breaks off or is damaged.
    """
    if data.startswith(PNG_START):
        return _png_size(data)
    return _jpeg_size(data)


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
