"""Writes alt text into picture files, without touching pixels or what else is written there.

The XMP packet is taken out of the file and put back (XMP specification part 3). Pillow could
only write it by encoding the picture anew, and the libraries that edit it are under the GPL, or
need one that no wheel brings (docs/decisions/0112-alt-text-in-many-files.md).
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from altlens_installer import files
from altlens_installer.bulk.packet import alt_in, with_alt
from altlens_installer.errors import PictureUnreadableError

_JPEG = b"http://ns.adobe.com/xap/1.0/\0"
_MOST_OF_JPEG = 65_533 - len(_JPEG)
_PNG = b"XML:com.adobe.xmp\0"
_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"


class _Place(NamedTuple):
    """Where a packet is, or could be: these bytes of the file make way for it."""

    start: int
    stop: int
    packet: bytes | None


def write(
    path: Path, alt: str, language: str, *, ours: str | None = None, overwrite: bool = False
) -> bool:
    """Write alt text into a picture's file.

    Args:
        path: A JPEG, PNG or WebP.
        alt: The text.
        language: Which language it is in, as BCP 47 has it.
        ours: What altlens has said of it before, which gives way.
        overwrite: Also where there is alt text.

    Returns:
        Whether it was written; False where somebody else's is there.

    Raises:
        PictureUnreadableError: The file cannot be read, or is of another kind or damaged.
        NotWritableError: The system refuses to write.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise PictureUnreadableError(f"{error.strerror}.") from None
    find, put = _format(data)
    try:
        place = find(data)
    except (struct.error, IndexError, ValueError, zlib.error):
        raise PictureUnreadableError("The file is damaged; nothing is written into it.") from None
    there = alt_in(place.packet) if place.packet is not None else None
    if there and there != ours and not overwrite:
        return False
    files.write(path, put(data, place, with_alt(place.packet, alt, language)))
    return True


Finder = Callable[[bytes], _Place]
Putter = Callable[[bytes, _Place, bytes], bytes]


def _format(data: bytes) -> tuple[Finder, Putter]:
    if data.startswith(b"\xff\xd8\xff"):
        return _in_jpeg, _into_jpeg
    if data.startswith(_PNG_SIGNATURE):
        return _in_png, _into_png
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return _in_webp, _into_webp
    raise PictureUnreadableError("Alt text is written into JPEG, PNG and WebP only.")


def _in_jpeg(data: bytes) -> _Place:
    """Find the APP1 segment with XMP, or the place behind JFIF's and Exif's."""
    at, free = 2, 2
    while data[at] == 0xFF and data[at + 1] not in (0xDA, 0xD9):
        if data[at + 1] == 0xFF:  # a byte that fills up
            at += 1
            continue
        marker, (size,) = data[at + 1], struct.unpack_from(">H", data, at + 2)
        body, end = at + 4, at + 2 + size
        if size < 2 or end > len(data):
            raise ValueError
        if marker == 0xE1 and data.startswith(_JPEG, body):
            return _Place(at, end, data[body + len(_JPEG) : end])
        if marker == 0xE0 or (marker == 0xE1 and data.startswith(b"Exif\0", body)):
            free = end
        at = end
    if data[at] != 0xFF:
        raise ValueError
    return _Place(free, free, None)


def _into_jpeg(data: bytes, place: _Place, packet: bytes) -> bytes:
    if len(packet) > _MOST_OF_JPEG:
        raise PictureUnreadableError("Its XMP packet leaves no room for more in a JPEG.")
    segment = b"\xff\xe1" + struct.pack(">H", 2 + len(_JPEG) + len(packet)) + _JPEG + packet
    return data[: place.start] + segment + data[place.stop :]


def _in_png(data: bytes) -> _Place:
    """Find the iTXt chunk with XMP, or the place behind IHDR."""
    at, first = len(_PNG_SIGNATURE), 0
    found = None
    while at < len(data):
        size, kind = struct.unpack_from(">I4s", data, at)
        end = at + 12 + size
        if end > len(data):
            raise ValueError
        first = first or end
        if kind == b"iTXt" and data.startswith(_PNG, at + 8):
            found = _Place(at, end, _png_text(data[at + 8 + len(_PNG) : end - 4]))
        if kind == b"IEND":
            return found or _Place(first, first, None)
        at = end
    raise ValueError


def _png_text(rest: bytes) -> bytes:
    compressed, method = rest[0], rest[1]
    _, _, text = rest[2:].split(b"\0", 2)
    if not compressed:
        return text
    if method:
        raise ValueError
    unpacker = zlib.decompressobj()
    text = unpacker.decompress(text, 16 << 20)
    if not unpacker.eof:
        raise ValueError
    return text


def _into_png(data: bytes, place: _Place, packet: bytes) -> bytes:
    body = b"iTXt" + _PNG + b"\0\0\0\0" + packet
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    return data[: place.start] + chunk + data[place.stop :]


def _chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Return the chunks of a WebP: kind, where its bytes begin, and their number."""
    (whole,) = struct.unpack_from("<I", data, 4)
    if whole + 8 > len(data):
        raise ValueError
    at = 12
    while at < whole + 8:
        kind, size = struct.unpack_from("<4sI", data, at)
        if at + 8 + size > len(data):
            raise ValueError
        yield kind, at + 8, size
        at += 8 + size + size % 2


def _in_webp(data: bytes) -> _Place:
    """Find the chunk with XMP, or the end of the last one."""
    end = 12
    for kind, start, size in _chunks(data):
        end = start + size + size % 2
        if kind == b"XMP ":
            return _Place(start - 8, end, data[start : start + size])
    if end == 12:
        raise ValueError
    return _Place(end, end, None)


def _into_webp(data: bytes, place: _Place, packet: bytes) -> bytes:
    chunk = struct.pack("<4sI", b"XMP ", len(packet)) + packet + b"\0" * (len(packet) % 2)
    body = data[12 : place.start] + chunk + data[place.stop :]
    kind, start, size = next(_chunks(data))
    if kind == b"VP8X":
        flags = data[start] | 0x04  # there is XMP (RFC 9649, 2.7.1.4)
        body = body[:8] + bytes((flags,)) + body[9:]
    else:
        body = _extended(kind, data[start : start + size]) + body
    return b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WEBP" + body


def _extended(kind: bytes, frame: bytes) -> bytes:
    """Return the VP8X chunk that a file with XMP begins with, from its one frame."""
    if kind == b"VP8 " and frame[3:6] == b"\x9d\x01\x2a":  # RFC 6386, 9.1
        width, height = (value & 0x3FFF for value in struct.unpack_from("<HH", frame, 6))
        alpha = 0
    elif kind == b"VP8L" and frame[:1] == b"\x2f":  # RFC 9649, 3.4
        (bits,) = struct.unpack_from("<I", frame, 1)
        width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        alpha = bits >> 28 & 1
    else:
        raise PictureUnreadableError("The file is damaged; nothing is written into it.")
    sizes: bytes = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    flags = bytes((0x04 | alpha << 4, 0, 0, 0))
    return struct.pack("<4sI", b"VP8X", 10) + flags + sizes
