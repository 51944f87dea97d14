"""What the host receives: each picture small, as it is seen, once, and when it is needed."""

import io

from e2e.browser import Browser, until
from e2e.recorder import Recording
from e2e.website import Website
from PIL import Image, ImageStat


def test_the_host_gets_a_small_jpeg(firefox: Browser, site: Website, recording: Recording) -> None:
    """A picture is sent at most 512 pixels long, never enlarged, with the page's language."""
    small, large = site.drawing((90, 60)), site.drawing((1024, 1536))

    firefox.open(site.page(f'<p lang="de-CH"><img src="{small}"><p><img src="{large}">'))
    until(lambda: len(recording.answered()) == 2, "two answers")

    sent = [Image.open(io.BytesIO(one)) for one in recording.pictures()]
    assert {one.format for one in sent} == {"JPEG"}
    assert {one.size for one in sent} == {(90, 60), (341, 512)}
    languages = {one["language"] for one in recording.asked()}
    assert languages == {"de-CH", "en"}
    assert {one["private"] for one in recording.asked()} == {False}


def test_a_large_picture_is_averaged(firefox: Browser, site: Website, recording: Recording) -> None:
    """A camera's fine detail becomes grey, and no pattern that the picture does not have."""
    noise = io.BytesIO()
    Image.effect_noise((2800, 2100), 100).save(noise, "PNG")
    site.put("/noise.png", noise.getvalue(), "image/png")

    firefox.open(site.page('<img src="/noise.png" width="300">'))
    (picture,) = until(recording.pictures, "the picture at the host")

    spread = ImageStat.Stat(Image.open(io.BytesIO(picture)).convert("L")).stddev
    assert spread[0] < 0.4 * 100


def test_images_in_view_come_first(firefox: Browser, site: Website, recording: Recording) -> None:
    """What the reader sees does not wait for what stands before it in the page's source."""
    below = "".join(
        f'<img style="position: absolute; top: calc(100vh + 200px)" src="{site.drawing()}">'
        for _ in range(8)
    )
    firefox.open(
        site.page(
            f'<div id="all" aria-hidden="true">{below}<img id="seen" src="{site.drawing()}"></div>'
        )
    )

    firefox.script("$('all').removeAttribute('aria-hidden')")
    firefox.described("seen")
    until(lambda: len(recording.asked()) == 9, "all at the host")

    # Four are drawn at once, and their order is that in which they are encoded.
    assert "visible" in [one["priority"] for one in recording.asked()][:4]


def test_a_link_that_has_no_other_name_comes_first(
    firefox: Browser, site: Website, recording: Recording
) -> None:
    """Without words for its image a reader hears an address, or nothing."""
    images = "".join(f'<img src="{site.drawing()}">' for _ in range(8))
    link = f'<a href="/" lang="fr"><img id="linked" src="{site.drawing()}"></a>'
    firefox.open(site.page(f'<div id="all" aria-hidden="true">{images}{link}</div>'))

    firefox.script("$('all').removeAttribute('aria-hidden')")
    firefox.described("linked")
    until(lambda: len(recording.asked()) == 9, "all at the host")

    # Four are drawn at once, and their order is that in which they are encoded.
    assert "fr" in [one["language"] for one in recording.asked()][:4]


def test_a_logo_is_drawn_on_the_background_that_it_stands_on(
    firefox: Browser, site: Website, recording: Recording
) -> None:
    """A transparent logo reaches the host as it is seen, on paper, dark and translucent grounds."""
    logo = io.BytesIO()
    image = Image.new("RGBA", (64, 64))
    image.paste((255, 255, 0, 255), (16, 16, 48, 48))
    image.save(logo, "PNG")
    site.put("/logo.png", logo.getvalue(), "image/png")
    firefox.open(
        site.page(
            '<img src="/logo.png">'
            '<div style="background: #102030"><p><img src="/logo.png"></p></div>'
            '<div style="background: black"><div style="background: rgb(255 255 255 / 50%)">'
            '<img src="/logo.png"></div></div>'
        )
    )

    until(lambda: len(recording.pictures()) == 3, "three pictures at the host")

    corners = []
    for picture in recording.pictures():
        decoded = Image.open(io.BytesIO(picture)).convert("RGB")
        assert _close(decoded.getpixel((32, 32)), (255, 255, 0))
        corners.append(decoded.getpixel((3, 3)))
    for expected in ((255, 255, 255), (16, 32, 48), (128, 128, 128)):
        assert any(_close(corner, expected) for corner in corners), (expected, corners)


def test_the_same_picture_is_asked_about_once(
    firefox: Browser, site: Website, recording: Recording
) -> None:
    """While an answer is on its way, the same picture elsewhere on the page waits for it too."""
    firefox.open(site.page(f'<img id="warm" src="{site.drawing()}">'))
    firefox.described("warm")
    recording.forget()
    twice, once = site.drawing(), site.drawing()
    with recording.stopped_workers():
        firefox.open(
            site.page(
                f'<img id="a" src="{twice}"><img id="b" src="{twice}"><img id="c" src="{once}">'
            )
        )
        # Questions go out in the order of the page: the last one is there, so the others are.
        until(lambda: len(recording.asked()) >= 2, "the pictures at the host")

    names = [firefox.described(one).name for one in ("a", "b", "c")]

    assert names[0] == names[1]
    assert len(recording.asked()) == 2


def test_images_far_below_are_asked_about_only_when_the_reader_comes_near(
    firefox: Browser, site: Website, recording: Recording
) -> None:
    """A long page costs no more than what is read of it, with and without loading=lazy."""
    firefox.open(
        site.page(
            '<img id="top" src="/rocket.jpg"><div style="height: 20000px"></div>'
            '<img id="eager" src="/coffee.jpg"><img id="lazy" loading="lazy" src="/cat.jpg">'
        )
    )
    firefox.described("top")
    before = len(recording.asked()), firefox.label("eager").name, firefox.label("lazy").name

    firefox.script("$('lazy').scrollIntoView()")

    assert before == (1, "", "")
    assert firefox.described("lazy").mark == "described:lite"
    assert firefox.described("eager").mark == "described:lite"


def _close(one: object, other: tuple[int, int, int]) -> bool:
    assert isinstance(one, tuple)
    return all(abs(a - b) <= 6 for a, b in zip(one, other, strict=True))
