"""Pictures from the web: decoded within the limits, upright, on white; or refused with a reason."""

import contextlib
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from support.encoding import encoded

from altlens_host.errors import (
    ImageEmptyError,
    ImageError,
    ImageNotRecognisedError,
    ImageTooComplexError,
    ImageTooManyBytesError,
    ImageTooManyPixelsError,
    ImageTruncatedError,
)
from altlens_host.settings import MAX_IMAGE_BYTES
from altlens_host.worker.headers import declared_size, scan_count
from altlens_host.worker.images import MAX_SCANS, ORIENTATION_TAG, decode

SIDE = 64
RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)


def noise(width: int = 96, height: int = 64) -> Image.Image:
    values = np.random.default_rng(7).integers(0, 256, (height, width, 3))
    return Image.fromarray(values.astype(np.uint8))


def png_of_size(width: int, height: int) -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        checked = name + body
        return struct.pack(">I", len(body)) + checked + struct.pack(">I", zlib.crc32(checked))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def jpeg_of_size(width: int, height: int) -> bytes:
    data = bytearray(encoded(noise(), "JPEG"))
    at = data.index(b"\xff\xc0")
    data[at + 5 : at + 9] = struct.pack(">HH", height, width)
    return bytes(data)


def test_a_png_keeps_its_pixels() -> None:
    """What a lossless picture shows is what the model gets."""
    image = noise()

    decoded = decode(encoded(image), SIDE)

    assert decoded.mode == "RGB"
    assert decoded.tobytes() == image.tobytes()


@pytest.mark.parametrize(
    ("data", "error"),
    [
        pytest.param(b"", ImageEmptyError, id="nothing"),
        pytest.param(b"GIF89a", ImageNotRecognisedError, id="gif"),
        pytest.param(
            b"<!doctype html><title>Not found</title>", ImageNotRecognisedError, id="page"
        ),
        pytest.param(b"\xff\xd8", ImageNotRecognisedError, id="start of a marker"),
        pytest.param(b"\xff\xd8\xff", ImageTruncatedError, id="start of a jpeg"),
        pytest.param(b"\xff\xd8\xff\xe0\xff\xff", ImageTruncatedError, id="segment too long"),
        pytest.param(b"\xff\xd8\xff\xda\x00\x02", ImageTruncatedError, id="no size"),
        pytest.param(b"\xff\xd8\xff\xc0\x00\x11\x08\x00", ImageTruncatedError, id="half a size"),
        pytest.param(b"\x89PNG\r\n\x1a\n", ImageTruncatedError, id="png signature"),
        pytest.param(b"\x89PNG\r\n\x1a\n" + bytes(40), ImageTruncatedError, id="png of zeros"),
        pytest.param(png_of_size(0, 0), ImageEmptyError, id="png 0x0"),
        pytest.param(png_of_size(7, 0), ImageEmptyError, id="png 7x0"),
        pytest.param(jpeg_of_size(0, 0), ImageEmptyError, id="jpeg 0x0"),
        pytest.param(png_of_size(50_000, 50_000), ImageTooManyPixelsError, id="png 50,000"),
        pytest.param(png_of_size(64_000_001, 1), ImageTooManyPixelsError, id="png one over"),
        pytest.param(jpeg_of_size(50_000, 50_000), ImageTooManyPixelsError, id="jpeg 50,000"),
        pytest.param(png_of_size(640, 480), ImageTruncatedError, id="png without pixels"),
        pytest.param(b"\xff" * (MAX_IMAGE_BYTES + 1), ImageTooManyBytesError, id="too many bytes"),
    ],
)
def test_what_is_no_usable_picture_is_refused_by_its_own_error(
    data: bytes, error: type[ImageError]
) -> None:
    """Whoever sent it learns what was wrong with it."""
    with pytest.raises(error):
        decode(data, SIDE)


@pytest.mark.parametrize("kind", ["BMP", "GIF", "TIFF", "WEBP", "PPM"])
def test_other_formats_are_refused_and_the_readable_ones_named(kind: str) -> None:
    """Pillow could read these; no such decoder may be reached by a web page."""
    data = encoded(noise(), kind)

    with pytest.raises(ImageNotRecognisedError, match="JPEG nor a PNG"):
        decode(data, SIDE)


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
@pytest.mark.parametrize("kept", [0.2, 0.5, 0.9])
def test_a_picture_that_breaks_off_is_truncated(kind: str, kept: float) -> None:
    """Half a picture must not be captioned: the missing half is grey, and would be described."""
    data = encoded(noise(), kind)

    with pytest.raises(ImageTruncatedError):
        decode(data[: int(len(data) * kept)], SIDE)


def test_a_damaged_png_is_truncated() -> None:
    """A flipped bit in the pixels is found by the checksum."""
    data = bytearray(encoded(noise()))
    data[len(data) // 2] ^= 1

    with pytest.raises(ImageTruncatedError):
        decode(bytes(data), SIDE)


def test_a_png_with_two_sizes_is_damaged() -> None:
    """The size that was checked is the size that is decoded."""
    honest, small = encoded(noise(600, 400)), png_of_size(8, 8)
    header_end = 33

    with pytest.raises(ImageTruncatedError):
        decode(small[:header_end] + honest[8:], SIDE)


def test_a_cmyk_jpeg_has_its_colours() -> None:
    """Print JPEGs hold ink, not light; read as light they would be negatives."""
    image = Image.new("CMYK", (16, 16), (0, 255, 255, 0))

    pixel = decode(encoded(image, "JPEG", quality=95), SIDE).getpixel((8, 8))

    assert np.allclose(pixel, RED, atol=12)


def test_sixteen_bits_become_eight_without_clipping() -> None:
    """A grey of 16 bits keeps its brightness; Pillow alone would make it white."""
    values = np.array([[0, 0x4000], [0x8000, 0xFFFF]], np.uint16)

    decoded = decode(encoded(Image.fromarray(values)), SIDE)

    assert np.asarray(decoded)[:, :, 0].tolist() == [[0, 0x40], [0x80, 0xFF]]


@pytest.mark.parametrize("mode", ["L", "1"])
def test_grey_pictures_become_rgb(mode: str) -> None:
    """The model takes three channels, whatever the picture has."""
    image = Image.new(mode, (8, 8), 255)

    assert decode(encoded(image), SIDE).getpixel((4, 4)) == WHITE


def palette_with_a_hole() -> Image.Image:
    image = Image.new("P", (2, 1))
    image.putpalette([*GREEN, *BLUE])
    image.putdata([0, 1])
    return image


@pytest.mark.parametrize(
    ("data", "colours"),
    [
        pytest.param(encoded(palette_with_a_hole(), transparency=1), [GREEN, WHITE], id="palette"),
        pytest.param(encoded(Image.new("RGBA", (1, 1), (0, 0, 0, 0))), [WHITE], id="clear"),
        pytest.param(
            encoded(Image.new("RGBA", (1, 1), (255, 0, 0, 128))), [(255, 127, 127)], id="half"
        ),
        pytest.param(encoded(Image.new("LA", (1, 1), (0, 0))), [WHITE], id="grey"),
        pytest.param(
            encoded(Image.new("RGB", (1, 1), BLUE), transparency=BLUE), [WHITE], id="one colour"
        ),
    ],
)
def test_transparent_parts_are_shown_on_white(
    data: bytes, colours: list[tuple[int, int, int]]
) -> None:
    """A black logo on nothing is black on white, not black on black."""
    assert np.asarray(decode(data, SIDE))[0].tolist() == [list(one) for one in colours]


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_camera_held_sideways_gives_an_upright_picture(kind: str, orientation: int) -> None:
    """All eight ways that EXIF knows: the red corner comes out where the viewer sees it."""
    stored = Image.new("RGB", (32, 16), WHITE)
    stored.paste(RED, (0, 0, 8, 8))
    exif = Image.Exif()
    exif[ORIENTATION_TAG] = orientation

    decoded = decode(encoded(stored, kind, exif=exif), SIDE)

    corner = {
        1: (2, 2), 2: (29, 2), 3: (29, 13), 4: (2, 13),
        5: (2, 2), 6: (13, 2), 7: (13, 29), 8: (2, 29),
    }[orientation]  # fmt: skip
    assert decoded.size == ((32, 16) if orientation < 5 else (16, 32))
    assert np.allclose(decoded.getpixel(corner), RED, atol=40)


@pytest.mark.filterwarnings("ignore:Corrupt EXIF")
@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
@pytest.mark.parametrize(
    "note",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"no TIFF at all", id="no tiff"),
        pytest.param(b"MM\x00\x2a\x00\x00\xff\xff", id="cut"),
        pytest.param(
            b"MM\x00\x2a\x00\x00\x00\x08\x00\x01\x01\x12\x00\x02\x00\x00\x00\x03up\x00\x00",
            id="a word",
        ),
    ],
)
def test_a_damaged_camera_note_does_not_lose_the_picture(kind: str, note: bytes) -> None:
    """The picture is worth more than the note on how the camera was held."""
    data = encoded(noise(), kind, exif=b"Exif\x00\x00" + note)

    assert decode(data, SIDE).size == (96, 64)


def test_the_first_frame_of_an_animation_is_shown() -> None:
    """What the page shows first is what is described."""
    frames = [Image.new("RGB", (8, 8), colour) for colour in (GREEN, RED)]
    data = encoded(frames[0], save_all=True, append_images=frames[1:])

    assert decode(data, SIDE).getpixel((4, 4)) == GREEN


def test_a_large_jpeg_is_decoded_small_but_not_too_small() -> None:
    """A camera's picture costs a fraction; the model still gets twice the pixels it looks at."""
    decoded = decode(encoded(noise(1024, 600), "JPEG"), SIDE)

    assert decoded.size == (256, 150)


def test_the_declared_size_is_read_past_other_segments() -> None:
    """Fill bytes, restart markers, tables and comments before the size are no reason to give up."""
    jpeg = encoded(noise(), "JPEG", comment=b"before the size")
    table = b"\xff\xc4\x00\x09" + bytes(7)
    padded = jpeg[:2] + b"\xff\xd0" + table + b"\xff\xff\xff" + jpeg[3:]

    assert declared_size(jpeg) == (96, 64)
    assert declared_size(padded) == (96, 64)


@given(
    st.sampled_from([encoded(noise(24, 16), kind) for kind in ("PNG", "JPEG")]),
    st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 255)), max_size=6),
    st.integers(3, 3000),
)
def test_damage_never_escapes_as_anything_but_an_image_error(
    data: bytes, changes: list[tuple[int, int]], kept: int
) -> None:
    """Whatever is changed or cut: a small RGB picture, or an error that the page is told."""
    damaged = bytearray(data)
    for at, value in changes:
        damaged[at % len(damaged)] = value

    try:
        decoded = decode(bytes(damaged[:kept]), SIDE)
    except ImageError:
        return

    assert decoded.mode == "RGB"


@pytest.mark.parametrize("kind", ["WEBP", "GIF", "BMP", "AVIF"])
def test_the_command_line_may_send_other_formats(kind: str) -> None:
    """They look as they do anywhere else."""
    image = Image.new("RGB", (96, 64), RED)
    image.paste(BLUE, (48, 0, 96, 64))

    decoded = decode(encoded(image, kind, quality=95), SIDE, any_format=True)

    assert decoded.size == (96, 64)
    assert np.allclose(decoded.getpixel((20, 32)), RED, atol=12)
    assert np.allclose(decoded.getpixel((76, 32)), BLUE, atol=12)


@pytest.mark.parametrize("kind", ["WEBP", "GIF", "PNG"])
def test_of_a_moving_picture_the_first_frame_is_described(kind: str) -> None:
    """It is what a page shows first."""
    frames = [Image.new("RGB", (32, 32), colour) for colour in (RED, GREEN, BLUE)]
    data = encoded(frames[0], kind, save_all=True, append_images=frames[1:])

    pixel = decode(data, SIDE, any_format=True).getpixel((16, 16))

    assert np.allclose(pixel, RED, atol=12)


@pytest.mark.parametrize("options", [{"lossless": True}, {"lossless": False}, {"exif": b"Exif"}])
def test_the_size_of_a_webp_is_read_from_each_kind_of_header(options: dict[str, object]) -> None:
    """Lossless, lossy and extended."""
    assert declared_size(encoded(noise(300, 17), "WEBP", **options)) == (300, 17)


def test_what_is_no_picture_at_all_is_refused_from_the_command_line_too() -> None:
    """With the names of all formats that are read."""
    with pytest.raises(ImageNotRecognisedError, match="AVIF"):
        decode(b"<!doctype html>", SIDE, any_format=True)


def test_the_scans_of_a_jpeg_are_counted() -> None:
    """One in a plain one, ten in a progressive one; those of a thumbnail do not count."""
    thumbnail = encoded(noise(), "JPEG", progressive=True)
    exif = b"\xff\xe1" + struct.pack(">H", len(thumbnail) + 2) + thumbnail
    plain = encoded(noise(), "JPEG")

    assert scan_count(plain) == 1
    assert scan_count(plain[:2] + exif + plain[2:]) == 1
    assert scan_count(encoded(noise(), "JPEG", restart_marker_blocks=2)) == 1
    assert scan_count(plain + thumbnail) == 1
    assert scan_count(thumbnail) == thumbnail.count(b"\xff\xda") > 5


def test_a_jpeg_of_too_many_scans_is_not_decoded() -> None:
    """Each goes over the whole picture; one byte more a scan is one picture more to decode."""
    data = encoded(noise(), "JPEG", progressive=True)
    last = data.rindex(b"\xff\xda")

    decode(data[:last] + data[last:-2] * (MAX_SCANS - 20) + data[-2:], SIDE)
    with pytest.raises(ImageTooComplexError, match="scans over 96 by 64"):
        decode(data[:last] + data[last:-2] * MAX_SCANS + data[-2:], SIDE)


@given(
    st.binary(max_size=200),
    st.sampled_from([b"GIF89a", b"BM", b"RIFF....WEBPVP8 ", b"\0\0\0\x1cftypavif"]),
)
def test_damaged_pictures_of_the_other_formats_are_refused(data: bytes, start: bytes) -> None:
    """By an error of ours, whatever their decoders say."""
    with contextlib.suppress(ImageError):
        decode(start + data, SIDE, any_format=True)
