"""Images that their authors left without words get some, however they came into the page."""

import base64
import io
from pathlib import Path

from e2e.browser import Browser, until
from e2e.recorder import Recording
from e2e.website import Website
from PIL import Image


def test_a_photograph_is_described_in_the_tree_that_screen_readers_read(
    firefox: Browser, site: Website
) -> None:
    """The caption is the image's name, its role stays, and a mark says where it came from."""
    firefox.open(site.page('<img id="a" src="/cat.jpg"><img id="b" src="/coffee.jpg">'))

    cat, coffee = firefox.described("a"), firefox.described("b")

    assert cat.name != coffee.name
    assert cat.mark == coffee.mark == "described:lite"
    assert firefox.element("a").computed_role in {"image", "img", "graphic"}
    until(lambda: firefox.graphics() == [cat.name, coffee.name], "both names in the tree")


def test_an_image_of_another_origin_is_described(firefox: Browser, site: Website) -> None:
    """A picture that the page itself may not read gets the same words as one that it may."""
    firefox.open(
        site.page(f'<img id="own" src="/cat.jpg"><img id="a" src="{site.elsewhere}/cat.jpg">')
    )

    label = firefox.described("a")

    assert label == firefox.described("own")


def test_data_and_blob_addresses_are_described(
    firefox: Browser, site: Website, photographs: Path
) -> None:
    """Pictures that the page made itself are described like those from the network."""
    encoded = base64.b64encode((photographs / "cat.jpg").read_bytes()).decode()
    script = """
        fetch("/cat.jpg").then((response) => response.blob()).then((blob) => {
            const address = URL.createObjectURL(blob);
            b.onload = () => URL.revokeObjectURL(address);
            b.src = address;
        });
    """
    firefox.open(
        site.page(
            f'<img id="a" src="data:image/jpeg;base64,{encoded}"><img id="b">'
            f'<img id="own" src="/cat.jpg"><script>{script}</script>'
        )
    )

    own = firefox.described("own")

    assert firefox.described("a") == own
    assert firefox.described("b") == own


def test_other_formats_and_sources_are_described(firefox: Browser, site: Website) -> None:
    """What Firefox can show can be described: WebP, picture elements, srcset, SVG."""
    drawing = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 60 40">
        <rect width="60" height="40" fill="skyblue"/><circle cx="30" cy="20" r="12" fill="red"/>
        </svg>"""
    site.put("/drawing.svg", drawing.encode(), "image/svg+xml")
    firefox.open(
        site.page(
            '<img id="webp" src="/coffee.webp"><img id="set" srcset="/coffee.jpg 1x">'
            '<picture><source srcset="/rocket.jpg"><img id="picture" src="/cat.jpg"></picture>'
            '<img id="svg" src="/drawing.svg" width="120">'
        )
    )

    names = [firefox.described(one).name for one in ("webp", "set", "picture", "svg")]

    assert names[0] == names[1]
    assert len(set(names)) == 3


def test_every_kind_of_frame_is_described(firefox: Browser, site: Website) -> None:
    """Images in frames of this and another origin, of srcdoc and of about:blank are found."""
    inner = site.page('<img src="/cat.jpg">')
    outside = inner.replace(site.here, site.elsewhere)
    image = f"<img src={site.here}/cat.jpg>"
    firefox.open(
        site.page(
            f'<iframe src="{inner}"></iframe><iframe src="{outside}"></iframe>'
            f'<iframe srcdoc="{image}"></iframe><iframe id="blank"></iframe>'
            f"<script>blank.contentDocument.body.innerHTML = '{image}'</script>"
        )
    )

    def all_named() -> list[str] | None:
        found = firefox.graphics()
        return found if len(found) == 4 and all(found) else None

    names = until(all_named, "four named images in frames")

    assert len(set(names)) == 1


def test_an_image_inserted_later_is_described(firefox: Browser, site: Website) -> None:
    """Pages build themselves while they are read: new images are found, also inside others."""
    firefox.open(site.page('<img id="first" src="/coffee.jpg"><main id="main"></main>'))
    firefox.described("first")

    firefox.script("$('main').innerHTML = '<figure><img id=late src=/cat.jpg></figure>'")

    assert firefox.described("late").mark == "described:lite"


def test_an_image_that_had_loaded_before_it_was_inserted_is_described(
    firefox: Browser, site: Website
) -> None:
    """Galleries load their pictures in advance: no load event comes when they are shown."""
    script = """
        const image = new Image();
        image.id = "a";
        image.onload = () => setTimeout(() => document.body.append(image), 0);
        image.src = "/cat.jpg";
    """
    firefox.open(site.page(f"<script>{script}</script>"))

    until(lambda: firefox.script("return $('a') !== null"), "the image in the page")

    assert firefox.described("a").mark == "described:lite"


def test_an_alt_taken_away_later_makes_a_candidate(firefox: Browser, site: Website) -> None:
    """When the page removes the alt, or shows what was hidden, the image needs words."""
    firefox.open(
        site.page(
            '<img id="a" alt="" src="/coffee.jpg">'
            '<div id="hidden" aria-hidden="true"><img id="b" src="/cat.jpg"></div>'
            '<img id="sentinel" src="/rocket.jpg">'
        )
    )
    firefox.described("sentinel")
    before = firefox.attributes("a"), firefox.attributes("b")

    firefox.script("$('a').removeAttribute('alt'); $('hidden').removeAttribute('aria-hidden')")

    assert before == ({"id": "a", "alt": "", "src": "/coffee.jpg"}, {"id": "b", "src": "/cat.jpg"})
    assert firefox.described("a").mark == "described:lite"
    assert firefox.described("b").mark == "described:lite"


def test_what_is_hidden_and_shown_again_and_again_keeps_its_words(
    firefox: Browser, site: Website, recording: Recording
) -> None:
    """Each dialog takes the page behind it out of what is read: our words are there afterwards."""
    firefox.open(site.page('<main id="all"><img id="a" src="/cat.jpg"></main>'))
    name = firefox.described("a").name

    for _ in range(6):
        firefox.script("$('all').setAttribute('aria-hidden', 'true')")
        until(lambda: firefox.graphics() == [], "nothing to read")
        firefox.script("$('all').removeAttribute('aria-hidden')")
        until(lambda: firefox.graphics() == [name], "the image with its words")

    assert len(recording.asked()) == 1


def test_a_swapped_picture_is_asked_about_anew(firefox: Browser, site: Website) -> None:
    """Words for the old picture would be wrong for the new one: they go at once."""
    firefox.open(site.page('<img id="a" src="/cat.jpg"><img id="b" src="/rocket.jpg">'))
    old, other = firefox.described("a"), firefox.described("b")

    firefox.script("$('a').src = '/rocket.jpg'")
    until(lambda: firefox.label("a").name not in {"", old.name}, "another name")

    assert firefox.label("a") == other


def test_a_picture_swapped_while_its_answer_is_on_the_way(
    firefox: Browser, site: Website, recording: Recording
) -> None:
    """The late answer is for a picture that is gone: only the new one's is written, and goes."""
    images = f'<img id="warm" src="{site.drawing()}"><img id="cat" src="/cat.jpg">'
    firefox.open(site.page(images))
    expected = firefox.described("cat")
    firefox.described("warm")
    recording.forget()
    with recording.stopped_workers():
        firefox.open(site.page(f'<img id="a" src="{site.drawing()}">'))
        until(recording.asked, "the first picture at the host")
        firefox.script("$('a').src = '/cat.jpg'")
        until(lambda: len(recording.asked()) == 2, "the second picture at the host")
    until(lambda: len(recording.answered()) == 2, "both answers")

    assert firefox.described("a") == expected
    assert len(recording.asked()) == 2
    firefox.script("$('a').src = '/missing.jpg'")
    until(lambda: firefox.attributes("a") == {"id": "a", "src": "/missing.jpg"}, "no words")


def test_another_source_of_a_picture_element_is_asked_about_anew(
    firefox: Browser, site: Website
) -> None:
    """The picture may change while no attribute of the image does."""
    firefox.open(
        site.page(
            '<picture><source id="source" srcset="/cat.jpg"><img id="a" src="/bee.jpg"></picture>'
            '<img id="b" src="/rocket.jpg">'
        )
    )
    old, other = firefox.described("a"), firefox.described("b")

    firefox.script("$('source').srcset = '/rocket.jpg'")
    until(lambda: firefox.label("a").name not in {"", old.name}, "another name")

    assert firefox.label("a") == other


def test_a_picture_that_cannot_be_loaded_anew_loses_its_old_words(
    firefox: Browser, site: Website
) -> None:
    """An image that now shows nothing must not be called what it showed before."""
    firefox.open(site.page('<img id="a" src="/cat.jpg">'))
    firefox.described("a")

    firefox.script("$('a').src = '/missing.jpg'")

    until(lambda: firefox.attributes("a") == {"id": "a", "src": "/missing.jpg"}, "no words")


def test_one_colour_is_decorative(firefox: Browser, site: Website) -> None:
    """A picture with nothing to say gets an empty alt, so that its address is not read out."""
    flat = io.BytesIO()
    Image.new("RGB", (64, 64), "seagreen").save(flat, "PNG")
    site.put("/flat.png", flat.getvalue(), "image/png")
    firefox.open(site.page('<img id="a" src="/flat.png"><img id="b" src="/cat.jpg">'))

    until(lambda: firefox.attributes("a").get("alt") == "", "an empty alt")

    assert firefox.attributes("a")["data-altlens"] == "decorative"
    name = firefox.described("b").name
    until(lambda: firefox.graphics() == [name], "only the other image in the tree")


def test_a_strict_content_security_policy_changes_nothing(firefox: Browser, site: Website) -> None:
    """What a page may not do itself, the extension still may."""
    policy = {"Content-Security-Policy": f"default-src 'none'; img-src {site.here}; sandbox"}
    firefox.open(site.page('<img id="a" src="/cat.jpg">', policy))

    assert firefox.described("a").mark == "described:lite"


def test_an_area_is_described_though_its_image_has_words_and_is_looked_at_after_it(
    firefox: Browser, site: Website
) -> None:
    """Below what is in view, where Firefox says in its own time what is near: once for both."""
    firefox.open(site.page('<img id="first" src="/coffee.jpg"><div id="below"></div>'))
    firefox.described("first")

    firefox.script(
        "const image = Object.assign(new Image(), {src: '/cat.jpg', alt: 'A map', useMap: '#m'});"
        "const below = $('below');"
        "below.style.marginTop = '110vh';"
        "return new Promise((done) => image.addEventListener('load', done)).then(() => {"
        "  const map = '<map name=m><area id=a href=#x coords=0,0,96,72></map>';"
        "  below.append(document.createRange().createContextualFragment(map), image);"
        "})"
    )

    until(lambda: "aria-label" in firefox.attributes("a"), "words for the area")
