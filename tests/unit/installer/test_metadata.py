"""Alt text in picture files: put in, and all else byte for byte as it was."""

import io
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from support.encoding import encoded

from altlens_installer.bulk import metadata
from altlens_installer.bulk.packet import alt_in, with_alt
from altlens_installer.errors import NotWritableError, PictureUnreadableError

OTHERS = (
    '<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
    '<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><r:Description r:about="me" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:creator><r:Seq><r:li>Ä. Nonym</r:li></r:Seq>'
    "</dc:creator></r:Description></r:RDF></x:xmpmeta>" + " " * 50 + '<?xpacket end="w"?>'
).encode()

FORMATS = [
    ("JPEG", {"quality": 80, "comment": b"said"}),
    ("PNG", {}),
    ("WEBP", {"quality": 80}),
    ("WEBP", {"lossless": True}),
]


def picture(form: str, mode: str = "RGB", **options: Any) -> bytes:
    """Return a picture of 61 x 43 pixels, no two of a row alike."""
    image = Image.linear_gradient("L").resize((61, 43)).convert(mode)
    if mode == "RGBA":
        image.putalpha(Image.radial_gradient("L").resize((61, 43)))
    return encoded(image, form, **options)


def xmp(path: Path) -> bytes:
    """Return the packet as another program reads it."""
    with Image.open(path) as image:
        image.load()
        packet = image.info.get("xmp") or image.info.get("XML:com.adobe.xmp") or b""
    return packet.encode() if isinstance(packet, str) else packet


@pytest.mark.parametrize(("form", "options"), FORMATS)
@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_alt_text_is_there_and_the_pixels_are_the_same(
    form: str, options: dict[str, Any], mode: str, tmp_path: Path
) -> None:
    """For a picture without any metadata; taken out again, the file is as it was."""
    if form == "JPEG" and mode == "RGBA":
        mode = "L"
    before = picture(form, mode, exif=b"Exif\0\0II*\0\x08\0\0\0\0\0\0\0\0\0", **options)
    path = tmp_path / "picture"
    path.write_bytes(before)
    path.chmod(0o640)

    assert metadata.write(path, "A dog & a “cat” <läuft>", "de")

    assert alt_in(xmp(path)) == "A dog & a “cat” <läuft>"
    assert b'xml:lang="x-default"' in xmp(path)
    assert b'xml:lang="de"' in xmp(path)
    with Image.open(path) as now, Image.open(io.BytesIO(before)) as then:
        assert now.mode == then.mode
        assert now.tobytes() == then.tobytes()
        assert now.info.get("exif") == then.info.get("exif")
        assert now.info.get("comment") == then.info.get("comment")
    assert path.stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize(("form", "options"), FORMATS)
def test_what_else_is_written_stays_as_it_is(
    form: str, options: dict[str, Any], tmp_path: Path
) -> None:
    """A packet of another program keeps each of its bytes."""
    path = tmp_path / "picture"
    path.write_bytes(picture(form, **options))
    with Image.open(path) as image:
        more = {"xmp": OTHERS}
        if form == "PNG":
            from PIL.PngImagePlugin import PngInfo

            info = PngInfo()
            info.add_itxt("XML:com.adobe.xmp", OTHERS.decode(), zip=True)
            info.add_text("Author", "somebody")
            more = {"pnginfo": info}
        image.save(path, form, **{**options, **more})

    assert metadata.write(path, "A dog.", "en")

    packet = xmp(path)
    end = OTHERS.index(b"</r:RDF>")
    assert packet.startswith(OTHERS[:end])
    assert packet.endswith(OTHERS[end:])
    assert b'rdf:about="me"' in packet
    assert (b"somebody" in path.read_bytes()) == (form == "PNG")


@pytest.mark.parametrize(("form", "options"), FORMATS)
def test_an_authors_words_stay_unless_they_are_to_go(
    form: str, options: dict[str, Any], tmp_path: Path
) -> None:
    """Whoever wrote it knew the picture."""
    path = tmp_path / "picture"
    path.write_bytes(picture(form, **options))
    metadata.write(path, "By its author.", "en")
    before = path.read_bytes()

    assert not metadata.write(path, "Another.", "en")
    assert path.read_bytes() == before
    assert metadata.write(path, "Another.", "en", overwrite=True)

    assert alt_in(xmp(path)) == "Another."
    assert b"By its author." not in path.read_bytes()


@pytest.mark.parametrize(("form", "options"), FORMATS)
def test_a_file_that_is_cut_off_is_left_alone(
    form: str, options: dict[str, Any], tmp_path: Path
) -> None:
    """Anywhere in its head; behind that a JPEG's end is not looked for."""
    whole = picture(form, **options)
    path = tmp_path / "picture"
    head = whole.index(b"\xff\xda") if form == "JPEG" else len(whole) - 1
    for length in range(0, head, 7):
        path.write_bytes(whole[:length])

        with pytest.raises(PictureUnreadableError):
            metadata.write(path, "A dog.", "en")

        assert path.read_bytes() == whole[:length]


@pytest.mark.parametrize(
    "packet",
    [
        b"no XML",
        b"<a/>",
        OTHERS.decode().encode("utf-16"),
        b'<!DOCTYPE a [<!ENTITY b "c">]>' + OTHERS[OTHERS.index(b"?>") + 2 :],
        OTHERS[:-40],
        b'<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>',
    ],
)
def test_a_packet_that_cannot_be_read_is_not_written_over(packet: bytes) -> None:
    """What it says is somebody's."""
    with pytest.raises(PictureUnreadableError):
        with_alt(packet[: packet.rindex(b">")] if packet == OTHERS[:-40] else packet, "a", "en")


def test_a_full_packet_of_a_jpeg_is_told(tmp_path: Path) -> None:
    """A segment has 64 KiB at the most."""
    path = tmp_path / "picture"
    large = OTHERS.replace(b" " * 50, b" " * 64_800)
    image = Image.new("RGB", (8, 8))
    image.save(path, "JPEG", xmp=large)

    with pytest.raises(PictureUnreadableError, match="room"):
        metadata.write(path, "A dog." * 30, "en")


def test_other_formats_are_told(tmp_path: Path) -> None:
    """A GIF has a place for XMP too, which hardly any program reads."""
    path = tmp_path / "picture"
    path.write_bytes(picture("GIF", "L"))

    with pytest.raises(PictureUnreadableError, match="JPEG, PNG and WebP only"):
        metadata.write(path, "A dog.", "en")
    with pytest.raises(PictureUnreadableError):
        metadata.write(tmp_path / "none", "A dog.", "en")
    assert issubclass(NotWritableError, Exception)


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1))
def test_any_words_come_back(alt: str) -> None:
    """Whatever a model says, it does not break the XML."""
    alt = alt.strip()
    if not alt or "\ufffe" in alt or "\uffff" in alt:
        return

    made = with_alt(with_alt(OTHERS, "before", "en"), alt, "en")

    assert alt_in(made) == alt
    assert made.count(b"AltTextAccessibility") == 2
