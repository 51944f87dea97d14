"""Pictures made to cost a decoder its time or its memory, each some megabytes at most."""

from __future__ import annotations

import random
import struct
import zlib
from collections.abc import Callable

from PIL import Image
from support.encoding import encoded

PNG_START = b"\x89PNG\r\n\x1a\n"


def gradient(width: int = 320, height: int = 240) -> Image.Image:
    """Draw something that is not flat."""
    return Image.linear_gradient("L").resize((width, height)).convert("RGB")


def chunk(name: bytes, body: bytes) -> bytes:
    """Write a chunk of a PNG."""
    checked = name + body
    return struct.pack(">I", len(body)) + checked + struct.pack(">I", zlib.crc32(checked))


def zeros(count: int) -> bytes:
    """Return so many zeros, deflated, without having them all in memory."""
    deflate = zlib.compressobj(1)
    part = bytes(1 << 20)
    whole = b"".join(deflate.compress(part) for _ in range(count >> 20))
    return whole + deflate.compress(bytes(count % (1 << 20))) + deflate.flush()


def png(width: int, height: int, *, alpha: bool = False, more: bytes = b"") -> bytes:
    """Return a PNG of zeros, with chunks of one's own before the pixels."""
    channels, kind = (4, 6) if alpha else (3, 2)
    header = struct.pack(">IIBBBBB", width, height, 8, kind, 0, 0, 0)
    pixels = zeros(height * (1 + channels * width)) if width * height <= 64_000_000 else b""
    return b"".join(
        (PNG_START, chunk(b"IHDR", header), more, chunk(b"IDAT", pixels), chunk(b"IEND", b""))
    )


def jpeg_of_scans(count: int, size: int) -> bytes:
    """Return a progressive JPEG whose last scan comes again and again."""
    data = encoded(gradient(size, size), "JPEG", progressive=True)
    last = data.rindex(b"\xff\xda")
    return data[:last] + data[last:-2] * count + data[-2:]


def segment(marker: int, body: bytes) -> bytes:
    """Write a segment of a JPEG."""
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def with_segments(*segments: bytes) -> bytes:
    """Return a JPEG with segments of one's own in front."""
    data = encoded(gradient(), "JPEG")
    return data[:2] + b"".join(segments) + data[2:]


def nested_profiles() -> bytes:
    """Return a JPEG with a colour profile that holds a JPEG with a colour profile, and so on."""
    inner = b""
    for _ in range(12):
        inner = encoded(gradient(64, 64), "JPEG", icc_profile=b"acsp" * 32 + inner)
    return inner


def garbage_in_exif() -> bytes:
    """Return a JPEG with tags that point to themselves, and to nowhere, and noise after them."""
    noise = random.Random(5).randbytes(60_000)
    tags = b"".join(struct.pack("<HHII", 0x8769 + at, 4, 1 << 31, 8) for at in range(200))
    tiff = b"II*\0" + struct.pack("<IH", 8, 200) + tags + struct.pack("<I", 8)
    return with_segments(segment(0xE1, b"Exif\0\0" + tiff + noise))


def gif(frames: int, screen: tuple[int, int] = (64, 64), frame: tuple[int, int] = (8, 8)) -> bytes:
    """Return a GIF of so many frames."""
    one = bytearray(encoded(gradient(*(min(side, 512) for side in frame)).quantize(4), "GIF"))
    start = one.index(b"\x2c", 13 + 3 * 2 ** ((one[10] & 7) + 1))
    one[start + 5 : start + 9] = struct.pack("<HH", *frame)
    head = one[:6] + struct.pack("<HH", *screen) + one[10:start]
    return bytes(head + one[start:-1] * frames + b";")


def webp_that_declares(width: int, height: int) -> bytes:
    """Return a WebP whose canvas is said to be so large."""
    data = bytearray(encoded(gradient().convert("RGBA"), "WEBP", exif=b"x"))
    assert data[12:16] == b"VP8X"
    data[24:27], data[27:30] = (width - 1).to_bytes(3, "little"), (height - 1).to_bytes(3, "little")
    return bytes(data)


def many_frames_of_webp() -> bytes:
    """Return a WebP of five hundred frames."""
    frames = [gradient(64, 64).rotate(at) for at in range(500)]
    return encoded(frames[0], "WEBP", save_all=True, append_images=frames[1:], method=0)


def avif_that_declares(width: int, height: int) -> bytes:
    """Return an AVIF that is said to be so large."""
    data = bytearray(encoded(gradient(), "AVIF"))
    at = data.index(b"ispe")
    data[at + 8 : at + 16] = struct.pack(">II", width, height)
    return bytes(data)


def bmp_that_declares(width: int, height: int) -> bytes:
    """Return a BMP that is said to be so large."""
    data = bytearray(encoded(gradient(), "BMP"))
    data[18:26] = struct.pack("<ii", width, height)
    return bytes(data)


ANSWERED = 0
"""Instead of an error's code."""

BOMBS: dict[str, tuple[Callable[[], bytes], set[int]]] = {
    "png of 10^9 pixels": (lambda: png(40_000, 25_000), {304}),
    "png at the limit": (lambda: png(8000, 8000, alpha=True), {ANSWERED}),
    "png with a bomb for a profile": (
        lambda: png(64, 64, more=chunk(b"iCCP", b"x\0\0" + zeros(200 << 20))),
        {ANSWERED, 302},
    ),
    "png with bombs for texts": (
        lambda: png(64, 64, more=chunk(b"zTXt", b"x\0\0" + zeros(20 << 20)) * 100),
        {ANSWERED, 302},
    ),
    "png of 10^5 texts": (
        lambda: png(64, 64, more=chunk(b"tEXt", b"x\0y") * 100_000),
        {ANSWERED, 302},
    ),
    "jpeg of 10^4 scans": (lambda: jpeg_of_scans(10_000, 256), {306}),
    "jpeg of many scans over many pixels": (lambda: jpeg_of_scans(100, 4000), {306}),
    "jpeg of as many scans as are let through": (lambda: jpeg_of_scans(490, 1400), {ANSWERED}),
    "jpeg in a profile of a jpeg": (nested_profiles, {ANSWERED}),
    "jpeg with a profile of 16 MB": (
        lambda: with_segments(
            *(
                segment(0xE2, b"ICC_PROFILE\0" + bytes([at, 255]) + bytes(65_000))
                for at in range(1, 256)
            )
        ),
        {ANSWERED},
    ),
    "jpeg with garbage in exif": (garbage_in_exif, {ANSWERED}),
    "jpeg that breaks off": (lambda: encoded(gradient(2000, 2000), "JPEG")[:9000], {302}),
    "gif of 10^5 frames": (lambda: gif(100_000), {ANSWERED}),
    "gif with a large screen": (lambda: gif(1, (65_535, 65_535)), {304}),
    "gif with a large frame": (lambda: gif(1, (8, 8), (65_535, 65_535)), {302, 304}),
    "webp with a large canvas": (lambda: webp_that_declares(16_383, 16_383), {304}),
    "webp of 500 frames": (many_frames_of_webp, {ANSWERED}),
    "webp that breaks off": (lambda: encoded(gradient(2000, 2000), "WEBP")[:900], {302}),
    "avif": (lambda: encoded(gradient(), "AVIF"), {ANSWERED}),
    "avif that is said to be large": (lambda: avif_that_declares(40_000, 25_000), {302, 304}),
    "avif that breaks off": (lambda: encoded(gradient(), "AVIF")[:200], {302}),
    "bmp of 10^9 pixels": (lambda: bmp_that_declares(40_000, 25_000), {304}),
    "bmp at the limit": (lambda: bmp_that_declares(8000, 8000), {302}),
}
