"""The bytes: small first, sharper when the host asks, and as they are seen."""

from __future__ import annotations

import io
from typing import Any

import pytest
from e2e.browser import Browser, until
from e2e.cases import Script, sentinel
from e2e.pictures import number_of, numbered
from e2e.recorder import Recording
from e2e.website import Numbered, Website
from PIL import Image

PUBLIC, OTHER = "http://news.example", "http://other.example"

# Around the middle of a picture of 96 pixels.
_CORNERS = [(0, 0, 96, 16), (0, 80, 96, 96)]


def see_through() -> bytes:
    """Return a PNG of which only the middle can be seen."""
    file = io.BytesIO()
    image = Image.new("RGBA", (96, 96))
    image.paste((250, 200, 0, 255), (32, 32, 64, 64))
    image.save(file, "PNG")
    return file.getvalue()


def questions(recording: Recording, picture: Numbered) -> list[tuple[dict[str, Any], Image.Image]]:
    """Return each question about a picture, with what was sent, decoded."""
    found = []
    for asked, file in recording.files():
        if number_of(file) == picture.number:
            image = Image.open(io.BytesIO(file))
            image.load()
            found.append((asked, image))
    return found


def test_a_sharper_picture_is_sent_when_the_host_asks(
    scripted: Browser, site: Website, recording: Recording, script: Script
) -> None:
    """First small; then once more, as large as was asked, and its words are those that are said."""
    picture = site.picture((3000, 2250), kind="JPEG")
    script.say(pixels={str(picture.number): 2048}, answers={str(picture.number): {"text": "Sharp"}})

    scripted.open(site.page(f'<img id="a" src="{picture.path}" width="300">'))

    assert scripted.described("a").name == "Sharp"
    (_, small), (asked, sharp) = questions(recording, picture)
    assert (max(small.size), small.format) == (512, "JPEG")
    assert (sharp.size, sharp.format) == ((2048, 1536), "PNG")
    frames = [one for one in recording.asked("part") if one["id"] == asked["id"]]
    assert len(frames) == asked.get("parts", 0)


def test_a_sharper_picture_goes_in_parts_that_the_pipe_takes_quickly(
    scripted: Browser, site: Website, recording: Recording, script: Script
) -> None:
    """Firefox's pipe takes time with the square of a message: no message is longer than 0.5 MB."""
    file = io.BytesIO()
    noise = Image.merge("RGB", [Image.effect_noise((2400, 1800), 80) for _ in range(3)])
    number = site.picture().number
    strip = numbered(number, (2400, 1800)).crop((0, 0, 2400, 300))
    noise.paste(strip, (0, 0))
    noise.save(file, "PNG")
    site.put("/noisy.png", file.getvalue(), "image/png")
    script.say(pixels={str(number): 2048})

    scripted.open(site.page('<img id="a" src="/noisy.png" width="300">'))
    scripted.described("a")

    assert all(len(one["data"]) <= 500_000 for one in recording.asked("part"))
    assert all(len(one.get("image", "")) <= 700_000 for one in recording.asked())
    small, sharp = (Image.open(io.BytesIO(file)) for _, file in recording.files())
    assert (max(small.size), max(sharp.size)) == (512, 2048)
    assert len(recording.files()[1][1]) > 1_000_000, "it needs parts"
    # Lossless it would have 6 MB; what is written there must still be readable (quality 95).
    assert sharp.format == "JPEG"
    assert sum(sharp.quantization[0]) < 500  # type: ignore[attr-defined]


def test_of_a_sharper_picture_too_a_page_learns_no_text_that_it_cannot_read(
    scripted: Browser, site: Website, recording: Recording, script: Script
) -> None:
    """The host that asks for more pixels is one that reads; the page's own picture is read out."""
    other, own = site.picture((1600, 1200)), site.picture((1600, 1200))
    said = {"kind": "text", "text": "Your code is 4711-QX"}
    script.say(pixels={str(one.number): 2048 for one in (other, own)}, otherwise=said)

    scripted.open(
        site.page(
            f'<img id="a" src="{OTHER}{other.path}" width="300">'
            f'<img id="b" src="{own.path}" width="300">',
            origin=PUBLIC,
        )
    )

    assert scripted.described("a").name == "Picture of text"
    assert scripted.described("b").name == "Text: Your code is 4711-QX"
    for picture in (other, own):
        assert [max(image.size) for _, image in questions(recording, picture)] == [512, 1600]


def test_a_host_that_never_has_enough_is_asked_twice_at_most(
    scripted: Browser, site: Website, recording: Recording, script: Script
) -> None:
    """`more_pixels` again and again costs one more picture, and no reader waits for ever."""
    picture = site.picture((1600, 1200))
    script.say(pixels={str(picture.number): 2048}, pixels_for_ever=True)

    scripted.open(site.page(f'<img id="a" src="{picture.path}" width="300">'))
    until(lambda: len(questions(recording, picture)) >= 2, "the sharper picture")
    sentinel(scripted, site)

    assert len(questions(recording, picture)) == 2
    assert scripted.attributes("a").keys() == {"id", "src", "width"}


@pytest.mark.parametrize(("side", "sent"), [(100_000, 2048), (0, 512)])
def test_a_host_that_asks_for_strange_sizes_gets_no_more_than_is_promised(
    scripted: Browser,
    site: Website,
    recording: Recording,
    script: Script,
    side: int,
    sent: int,
) -> None:
    """2,048 pixels at most, whatever a host says."""
    picture = site.picture((2600, 1950), kind="JPEG")
    script.say(pixels={str(picture.number): side})

    scripted.open(site.page(f'<img id="a" src="{picture.path}" width="300">'))
    until(lambda: questions(recording, picture), "the picture")
    sentinel(scripted, site)

    assert max(max(image.size) for _, image in questions(recording, picture)) <= sent


def test_a_small_picture_is_not_enlarged_when_the_host_asks_for_more(
    scripted: Browser, site: Website, recording: Recording, script: Script
) -> None:
    """There is no more to see: the words are asked for at once, or the image stays as it was."""
    picture = site.picture((320, 240))
    script.say(pixels={str(picture.number): 2048})

    scripted.open(site.page(f'<img id="a" src="{picture.path}">'))
    until(lambda: questions(recording, picture), "the picture")
    sentinel(scripted, site)

    assert {image.size for _, image in questions(recording, picture)} == {(320, 240)}


def test_the_first_frame_of_an_animation_is_sent(
    scripted: Browser, site: Website, recording: Recording, script: Script
) -> None:
    """An animated GIF is described by how it begins, once."""
    script.say()
    picture = site.picture()
    first = numbered(picture.number, (96, 72))
    others = [Image.new("RGB", (96, 72), colour) for colour in ("red", "blue", "green")]
    file = io.BytesIO()
    first.save(file, "GIF", save_all=True, append_images=others, duration=40, loop=0)
    site.put("/moving.gif", file.getvalue(), "image/gif")

    scripted.open(site.page('<img id="a" src="/moving.gif">'))

    assert scripted.described("a").name == picture.caption
    assert len(recording.asked()) == 1


@pytest.mark.parametrize(
    ("ground", "corner"),
    [
        ("#102030", (16, 32, 48)),
        ("transparent", (255, 255, 255)),
        ("rgb(0 0 0 / 50%)", (128, 128, 128)),
    ],
)
def test_a_transparent_picture_stands_on_its_background(
    scripted: Browser,
    site: Website,
    recording: Recording,
    ground: str,
    corner: tuple[int, int, int],
) -> None:
    """White writing on a dark page is seen as such, also sharp and in a shadow root."""
    site.put("/see-through.png", see_through(), "image/png")

    scripted.open(
        site.page(
            f'<div style="background: {ground}"><div><template shadowrootmode="closed">'
            '<img src="/see-through.png"></template></div></div>'
        )
    )
    (picture,) = until(recording.pictures, "the logo at the host")

    pixel = Image.open(io.BytesIO(picture)).convert("RGB").getpixel((8, 8))
    assert isinstance(pixel, tuple)
    assert all(abs(one - other) <= 6 for one, other in zip(pixel, corner, strict=True))


def test_nothing_of_the_picture_before_is_seen_through_the_next(
    scripted: Browser, site: Website, recording: Recording
) -> None:
    """Canvases are used again: what was on them must not shine through a transparent picture."""
    before = site.picture((96, 96))
    scripted.open(site.page(f'<img id="a" src="{before.path}">'))
    scripted.described("a")
    site.put("/see-through-later.png", see_through(), "image/png")

    scripted.script(
        "document.body.append(Object.assign(new Image(), {src: '/see-through-later.png'}))"
    )
    _, later = until(lambda: recording.pictures()[1:] and recording.pictures(), "both pictures")

    seen = Image.open(io.BytesIO(later)).convert("L")
    assert all(min(seen.crop(box).tobytes()) > 240 for box in _CORNERS)


def test_what_cannot_be_drawn_is_fetched_without_credentials(
    scripted: Browser, site: Website, recording: Recording
) -> None:
    """An input's picture is downloaded once more, as anybody would get it."""
    picture = site.picture()
    page = site.page(
        f'<input type="image" id="a" src="{picture.path}">',
        {"Set-Cookie": "session=secret; Path=/"},
        PUBLIC,
    )
    site.asked.clear()

    scripted.open(page)
    scripted.described("a")

    again = [headers for path, headers in site.asked if path == picture.path]
    assert "session=secret" in again[0].get("cookie", "")
    assert all("cookie" not in headers for headers in again[1:])
    assert all("referer" not in headers for headers in again[1:])


def test_drawing_downloads_nothing(scripted: Browser, site: Website, recording: Recording) -> None:
    """A picture in the page, of this site or another, is downloaded by Firefox alone, once."""
    own, other = site.picture(), site.picture()
    site.asked.clear()

    scripted.open(
        site.page(
            f'<img id="a" src="{own.path}"><img id="b" src="{OTHER}{other.path}">', origin=PUBLIC
        )
    )
    scripted.described("a")
    scripted.described("b")

    paths = [path for path, _ in site.asked]
    assert (paths.count(own.path), paths.count(other.path)) == (1, 1)


def test_a_picture_behind_a_login_and_one_that_must_not_be_stored(
    scripted: Browser, site: Website
) -> None:
    """What the user is shown is what is described, whoever else could not see it."""
    picture = site.picture(
        headers={"Cache-Control": "no-store", "Cross-Origin-Resource-Policy": "same-origin"}
    )

    scripted.open(site.page(f'<img id="a" src="{picture.path}">', origin=PUBLIC))

    assert scripted.described("a").name == picture.caption


@pytest.mark.parametrize("size", [(9000, 30), (30, 9000), (6000, 4000)])
def test_pictures_of_strange_sizes_are_small_when_they_are_sent(
    scripted: Browser, site: Website, recording: Recording, script: Script, size: tuple[int, int]
) -> None:
    """Panoramas, receipts and a camera's 24 megapixels: 512 pixels at most."""
    script.say()
    file = io.BytesIO()
    Image.linear_gradient("L").resize(size).save(file, "PNG")
    site.put("/strange.png", file.getvalue(), "image/png")

    scripted.open(site.page('<img id="a" src="/strange.png" width="300" height="100">'))
    (picture,) = until(recording.pictures, "the picture at the host")

    width, height = Image.open(io.BytesIO(picture)).size
    assert max(width, height) == 512
    assert min(width, height) >= 1
